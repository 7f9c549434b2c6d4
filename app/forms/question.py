"""What a person is asked for one line of the contract: worked out once, drawn many times."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.campaign.contract import FIELDS, Field, Kind, When
from app.campaign.wording import CHOICES, FINAL, NOT_CHOSEN, WORDS

_INPUT_TYPES = {
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.COUNT: "number",
    Kind.URL: "url",
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


def _question(line: Field) -> Question:
    words, depends = WORDS[line.name], line.applies
    not_chosen = {"": NOT_CHOSEN[line.name]} if line.name in NOT_CHOSEN else {}
    return Question(
        name=line.name,
        kind=line.kind.name.lower(),
        label=words.label,
        variants=words.variants,
        hint=f"{words.hint} {FINAL if line.final else ''}".strip(),
        is_optional=not line.required,
        input_type=_INPUT_TYPES.get(line.kind, "text"),
        options=not_chosen | CHOICES.get(line.name, {}),
        shown_when=f"{depends.field}={depends.value}" if isinstance(depends, When) else "",
        minimum=line.minimum,
        after=line.after,
    )


QUESTIONS = {line.name: _question(line) for line in FIELDS}
