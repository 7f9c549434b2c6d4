"""How much may be typed. The API states no limits; these are ours, and messages say so."""

from collections.abc import Mapping, Sequence

from app.campaign.contract.fields import FIELDS, ValueKind
from app.campaign.contract.problems import Code

LONGEST_TEXT = 1000
"""Characters of a name, an id and every other answer on one line."""

LONGEST_ADDRESS = 2000
LONGEST_IN_ALL = 20_000
"""Characters of all answers of one campaign together."""

ABOUT_LEADS = ("audience", "purpose", "own_dates")
"""Answers beside the contract; as lists they may be as long as an address."""

LONGEST = (
    {field.name: LONGEST_TEXT for field in FIELDS}
    | {field.name: LONGEST_ADDRESS for field in FIELDS if field.kind is ValueKind.URL}
    | dict.fromkeys(ABOUT_LEADS, LONGEST_ADDRESS)
)


def find_too_long(answers: Mapping[str, str | Sequence[str]]) -> dict[str, Code]:
    """Find the answers that are too long: ``{field name: code}``.

    If only all answers together are too long, the longest one gets `Code.TOO_MUCH`. Lengths are
    in characters.
    """
    lengths = {name: _count_characters(answers[name]) for name in LONGEST if name in answers}
    too_long = {name: Code.TOO_LONG for name, length in lengths.items() if length > LONGEST[name]}
    if not too_long and sum(lengths.values()) > LONGEST_IN_ALL:
        return {max(lengths, key=lengths.__getitem__): Code.TOO_MUCH}
    return too_long


def _count_characters(typed: str | Sequence[str]) -> int:
    return len(typed) if isinstance(typed, str) else sum(map(len, typed))
