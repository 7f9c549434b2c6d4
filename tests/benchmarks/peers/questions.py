"""What all peers ask: the words and the choices of the contract's fields, and the zones."""

from collections.abc import Mapping
from typing import Any

from app.campaign.contract.fields import FIELDS
from app.campaign.contract.wording import CHOICES, NOT_CHOSEN, WORDS
from app.campaign.timezones.zones import ZONE_NAMES

LABELS = {field.name: WORDS[field.name].label for field in FIELDS}
HINTS = {field.name: WORDS[field.name].hint for field in FIELDS}
ZONES = ("", *sorted(ZONE_NAMES))
"""The options of a `<select>` of zones; the first is none."""

AFTER = {field.name: field.after for field in FIELDS if field.after}
"""What has to be later, by name, than which other field."""


def choices_of(name: str) -> dict[str, str]:
    """Give the words of each choice by what is posted; the empty one leaves it open."""
    not_chosen = {"": NOT_CHOSEN[name]} if name in NOT_CHOSEN else {}
    return not_chosen | {str(value): words for value, words in CHOICES[name].items()}


def as_posted(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Write decoded JSON as a browser posts it, since that is what a form reads."""
    return {name: _texts(value) for name, value in document.items() if value is not None}


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(part) for part in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]
