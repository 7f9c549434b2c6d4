"""What a person is asked, for the contract and beside it: worked out once, drawn many times."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.campaign.contract.fields import FIELDS, OUTBOUND, Field, ValueKind, When
from app.campaign.contract.id_kinds import ID_FIELDS
from app.campaign.contract.typed_length import ABOUT_LEADS
from app.campaign.contract.wording import CHOICES, FINAL, NOT_CHOSEN, WORDS

BOOK = frozenset(ID_FIELDS)
"""Fields whose ids a connection's address book offers."""

_INPUT_TYPES = {
    ValueKind.DATE: "date",
    ValueKind.TIME: "time",
    ValueKind.COUNT: "number",
    ValueKind.URL: "url",
}


@dataclass(frozen=True, eq=False)
class Question:
    """One question: its words, its kind of control, and the limits the browser can hold to.

    *options* is the words of each choice by what is posted; *shown_when* reads
    ``name=value``, the answer that this question depends on.
    """

    name: str
    kind: str
    label: str
    variants: Mapping[StrEnum, str]
    hint: str
    is_optional: bool
    input_type: str
    options: Mapping[str, str]
    shown_when: str
    minimum: int | None
    after: str | None
    is_in_book: bool


def _make_question(line: Field) -> Question:
    words = WORDS[line.name]
    return Question(
        name=line.name,
        kind=line.kind.name.lower(),
        label=words.label,
        variants=words.variants,
        hint=f"{words.hint} {FINAL if line.final else ''}".strip(),
        is_optional=not line.required,
        input_type=_INPUT_TYPES.get(line.kind, "text"),
        options=_list_options(line.name),
        shown_when=_write_condition(line.applies),
        minimum=line.minimum,
        after=line.after,
        is_in_book=line.name in BOOK,
    )


def _make_question_about_leads(name: str) -> Question:
    words, options = WORDS[name], _list_options(name)
    return Question(
        name=name,
        kind="choice" if options else "places" if name == "audience" else "text",
        label=words.label,
        variants=words.variants,
        hint=words.hint,
        is_optional=True,
        input_type="text",
        options=options,
        shown_when=_write_condition(OUTBOUND),
        minimum=None,
        after=None,
        is_in_book=False,
    )


def _list_options(name: str) -> Mapping[str, str]:
    not_chosen = {"": NOT_CHOSEN[name]} if name in NOT_CHOSEN else {}
    return not_chosen | CHOICES.get(name, {})


def _write_condition(depends: bool | When) -> str:
    return f"{depends.field}={depends.value}" if isinstance(depends, When) else ""


QUESTIONS = {
    **{line.name: _make_question(line) for line in FIELDS},
    **{name: _make_question_about_leads(name) for name in ABOUT_LEADS},
}
