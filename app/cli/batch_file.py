"""A file with the JSON of a campaign on each line, read as strictly as what is sent needs it."""

import hashlib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from app.campaign.compliance.evidence import Severity
from app.campaign.contract.payload import build_payload, write_values_as_answers
from app.campaign.contract.reading import Reading, read_json
from app.campaign.contract.strict_json import Malformed, parse_object
from app.campaign.contract.validation import find_problems_of_document
from app.campaign.contract.wording import WORDS, describe_all_problems, join_words
from app.campaign.explanation import Explanation, explain
from app.connections import Connection
from app.forms.draft_document import read_draft

_NO_LIST = "This file is a list. Write each campaign on a line of its own, without commas between."
_ELSEWHERE = "It is for “{}”, and not for {}: send it there, or leave its connection out."


@dataclass(frozen=True)
class Line:
    """A campaign in the file: its place there, what it says, and what is wrong with it.

    `name` is the same for the same campaign, whichever line it is on, and `earlier_name` is what
    such a line was called by versions that counted its place as well. `broken` are the titles of
    the laws that it breaks.
    """

    number: int
    problem: str
    name: str = ""
    earlier_name: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    calling_days: int = 0
    findings: Mapping[Severity, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()


def read_lines(file: BinaryIO, to: Connection) -> Iterator[Line]:
    """Read the campaigns of a file that go to a connection; blank lines are left out.

    Each is what the API takes, or a draft as `draft_document` reads it. Raises `Malformed` for a
    file that has no campaign on a line of its own.
    """
    now, first = datetime.now(UTC), dict[str, int]()
    for number, line_as_is in enumerate(file, 1):
        # Some editors tell the encoding of a file at its start.
        content = line_as_is.removeprefix(BOM_UTF8) if number == 1 else line_as_is
        if content := content.strip():
            if content.startswith(b"["):
                raise Malformed(_NO_LIST)
            line = _read_line(number, content, to, now)
            if line.problem == "" and first.setdefault(line.digest, number) != number:
                same = f"It is the same as line {first[line.digest]}."
                line = replace(line, problem=same)
            yield line


def _read_line(number: int, content: bytes, to: Connection, now: datetime) -> Line:
    try:
        document = parse_object(content)
        answers = _read_answers(document, to)
        reading = read_json(document.get("payload", document))
    except Malformed as error:
        return Line(number, str(error))
    if problems := find_problems_of_document(reading):
        return Line(number, describe_all_problems(problems))
    meaning = explain(answers, now)
    if problem := _find_difference(reading, meaning):
        return Line(number, problem)
    high = [finding.rule for finding in meaning.findings if finding.severity is Severity.HIGH]
    return Line(
        number,
        "",
        name=_hash(f"{to.key}\n{meaning.digest}".encode()),
        earlier_name=_hash(f"{to.key}\n{number}\n".encode() + content),
        answers=answers,
        digest=meaning.digest,
        calling_days=meaning.overview.calling_days if meaning.overview else 0,
        findings=Counter(finding.severity for finding in meaning.findings),
        broken=tuple(dict.fromkeys(rule.title for rule in high)),
    )


def _read_answers(document: Mapping[str, Any], to: Connection) -> Mapping[str, Any]:
    """Read the answers of a campaign that goes to a connection; raises `Malformed`."""
    if "payload" not in document:
        return write_values_as_answers(read_json(document).values) | {"connection": to.key}
    if document.get("connection") not in (None, "", to.key, to.name):
        raise Malformed(_ELSEWHERE.format(document["connection"], to.name))
    draft = read_draft({**document, "connection": to.key}, {to.key: to.key})
    if others := [fault.message for fault in draft.faults if "payload" not in fault.path[:-1]]:
        raise Malformed(others[0])
    return draft.answers


def _hash(words: bytes) -> str:
    """Make the id of a draft that stands for these words."""
    return hashlib.sha256(words).hexdigest()[:16]


def _find_difference(reading: Reading, meaning: Explanation) -> str:
    """Say what keeps a line from being saved and sent exactly as it stands; nothing if it can."""
    if meaning.problems:
        return describe_all_problems(meaning.problems)
    stands = build_payload(reading.values)
    changed = [name for name, value in stands.items() if meaning.payload.get(name) != value]
    if not changed:
        return ""
    things = join_words([WORDS[name].thing for name in changed])
    return f"Take the spaces at both ends out of {things}: they would not be sent."
