"""A draft as a program writes it: one JSON object, read into the answers that the form keeps.

What is left out can be filled in later, in the form; what is there has to be right, so that
nothing is kept which the form could not show.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.campaign.compliance.audience import find_unread, read_audience
from app.campaign.contract.fields import FIELD, OUTBOUND, Purpose, Values
from app.campaign.contract.payload import write_values_as_answers
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import read_answers, read_json
from app.campaign.contract.typed_length import ABOUT_LEADS, LONGEST
from app.campaign.contract.validation import find_problems_of_document
from app.campaign.contract.visible import can_be_encoded
from app.campaign.contract.wording import describe_problem, describe_problem_in_json

PARTS = ("connection", "payload", *ABOUT_LEADS)
"""What a draft's document can hold."""

_PAYLOAD = ("payload",)


@dataclass(frozen=True)
class Fault:
    """Something that has to be changed in a document: *path* are the names that lead there."""

    path: tuple[str, ...]
    code: str
    message: str

    def write(self) -> dict[str, str]:
        """Write it as JSON has it, with a JSON Pointer (RFC 6901) as a fragment."""
        steps = (name.replace("~", "~0").replace("/", "~1") for name in self.path)
        pointer = "#" + "".join(f"/{quote(step, safe='~')}" for step in steps)
        return {
            "field": self.path[-1],
            "code": self.code,
            "message": self.message,
            "pointer": pointer,
        }


@dataclass(frozen=True)
class DraftReading:
    """The answers of a draft, as typed ones, and what is wrong with its document."""

    answers: Mapping[str, Any]
    faults: list[Fault]


def read_draft(document: Mapping[str, Any], connection_keys: Mapping[str, str]) -> DraftReading:
    """Read a draft; *connection_keys* has the key of a connection by what it can be called."""
    payload, connection = document.get("payload"), document.get("connection")
    key = connection_keys.get(connection) if isinstance(connection, str) else None
    about_leads = {
        name: document[name] for name in ABOUT_LEADS if document.get(name) not in (None, "")
    }
    faults = [_note_strange(name) for name in document if name not in PARTS]
    if key is None:
        message = "Name a connection at which you may make campaigns, by its key or its name."
        faults.append(Fault(("connection",), "not_a_connection", message))
    about_leads_faults = list(_find_faults_about_leads(about_leads))
    faults += about_leads_faults
    if not isinstance(payload, dict):
        message = "Put the fields of the campaign into an object."
        return DraftReading({}, [*faults, Fault(_PAYLOAD, "not_an_object", message)])
    values = read_json(payload).values
    answers = write_values_as_answers(values)
    faults += _find_faults(payload, answers)
    if OUTBOUND.holds(values) and not about_leads_faults:
        faults += _find_unread(about_leads, values)
    return DraftReading(answers | about_leads | {"connection": key or ""}, faults)


def _find_faults(payload: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what the contract says against what is there, or else what the form cannot hold."""
    problems: dict[str, Problem] = {}
    for problem in (
        *find_problems_of_document(read_json(payload)),
        *read_answers(answers).problems,
    ):
        if problem.code is not Code.MISSING or payload.get(problem.field) is not None:
            problems.setdefault(problem.field, problem)
    for problem in problems.values():
        message = describe_problem_in_json(problem)
        yield Fault((*_PAYLOAD, problem.field), problem.code, message)


def _find_faults_about_leads(typed: Mapping[str, Any]) -> Iterable[Fault]:
    for name, text in typed.items():
        if not isinstance(text, str) or not can_be_encoded(text):
            yield Fault((name,), Code.NOT_TEXT, "Write a text, or leave it out.")
        elif len(text) > LONGEST[name]:
            yield _note((name,), Code.TOO_LONG)
        elif name == "purpose" and text not in set(Purpose):
            message = f"Choose one of {', '.join(Purpose)}, or leave it out."
            yield Fault((name,), Code.NOT_A_CHOICE, message)


def _find_unread(about_leads: Mapping[str, Any], values: Values) -> Iterator[Fault]:
    """Find the words that are no places and no days."""
    for problem in find_unread(read_audience(about_leads, values.get("timezone"))):
        yield Fault((problem.field,), problem.code, describe_problem(problem))


def _note_strange(name: str) -> Fault:
    if name not in FIELD:
        return _note((name,), Code.UNKNOWN_FIELD)
    message = f"Put “{name}” into “payload”, with the other fields of the campaign."
    return Fault((name,), Code.UNKNOWN_FIELD, message)


def _note(path: tuple[str, ...], code: Code) -> Fault:
    return Fault(path, code, describe_problem(Problem(path[-1], code)))
