"""Convert a campaign, from JSON or from the text of a form, to typed values.

Both give the same values. JSON must have the API's own types; text is what a person
typed, so white space around it is dropped, a blank counts as no answer, and a city
is accepted for a zone.

Python's own parsers accept more than the API documents (`date.fromisoformat` reads
``20270104``, `time.fromisoformat` reads ``09``, `int` reads ``1_0``), hence the patterns.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeAlias

from app.campaign.contract.fields import (
    FIELDS,
    OUTBOUND,
    TIME_PATTERN,
    Field,
    ValueKind,
    Values,
    Weekday,
)
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.typed_length import ABOUT_LEADS, find_too_long
from app.campaign.contract.visible import can_be_encoded
from app.campaign.timezones.zones import find_zone

Answers: TypeAlias = Mapping[str, str | Sequence[str]]
"""What a person typed, by field name: a text, or for DAYS the names of the ticked days."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(TIME_PATTERN)
MOST_DIGITS = 18
"""Of a whole number that somebody types."""

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_FLAGS = {"true": True, "false": False}
_CHOICES = {field.name: dict(field.choices.__members__) for field in FIELDS if field.choices}
_WEEK = tuple(Weekday.__members__.items())
_DAY_NAMES = frozenset(Weekday.__members__)


class Unreadable(ValueError):
    """A text or a JSON value that is not of its field's kind."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Reading:
    """The values that could be read, and a problem for each that could not."""

    values: Values
    problems: Sequence[Problem]


def read_json(document: Mapping[str, Any]) -> Reading:
    """Read a decoded JSON object; `null` counts as no answer, an unknown name as a problem."""
    values, problems = {}, []
    for name, raw in document.items():
        if name not in _JSON_READERS:
            problems.append(Problem(name, Code.UNKNOWN_FIELD))
        elif raw is not None:
            field, read = _JSON_READERS[name]
            try:
                values[name] = read(field, raw)
            except Unreadable as error:
                problems.append(Problem(name, error.code))
    return Reading(values, problems)


def read_answers(answers: Answers) -> Reading:
    """Read what a person typed into the contract's fields; the `ABOUT_LEADS` are only measured."""
    values, problems = {}, []
    too_long = find_too_long(answers)
    for field in FIELDS:
        if field.name in too_long:
            problems.append(Problem(field.name, too_long[field.name]))
            continue
        try:
            value = read_answer(field, answers.get(field.name, ""))
        except Unreadable as error:
            problems.append(Problem(field.name, error.code))
        else:
            if value is not None:
                values[field.name] = value
    if OUTBOUND.holds(values):
        problems += [Problem(name, too_long[name]) for name in ABOUT_LEADS if name in too_long]
    return Reading(values, problems)


def read_answer(field: Field, typed: str | Sequence[str]) -> Any:
    """Convert one answer to the value of its field (see `Values`); a blank one is `None`.

    Raises `Unreadable` if the text is not of the field's kind.
    """
    if field.kind is ValueKind.DAYS:
        return _read_days([typed] if isinstance(typed, str) else typed) if typed else None
    text = typed.strip() if isinstance(typed, str) else " ".join(typed).strip()
    return _FROM_TEXT[field.kind](field, text) if text else None


def _read_text(_field: Field, raw: Any) -> str:
    if type(raw) is not str:
        raise Unreadable(Code.NOT_TEXT)
    if not (raw.isascii() or can_be_encoded(raw)):
        raise Unreadable(Code.NOT_TEXT)
    return raw


def _read_url(field: Field, raw: Any) -> str:
    text = _read_text(field, raw)
    if not text.strip():  # A form drops a blank as no answer; in JSON it is not a URI.
        raise Unreadable(Code.NOT_A_URL)
    return text


def _read_zone(field: Field, raw: Any) -> str:
    text = _read_text(field, raw)
    return find_zone(text) or text


def _read_choice(field: Field, raw: Any) -> Any:
    chosen = _CHOICES[field.name].get(raw) if type(raw) is str else None
    if chosen is None:
        raise Unreadable(Code.NOT_A_CHOICE)
    return chosen


def _read_days(raw: Any) -> tuple[Weekday, ...]:
    if not isinstance(raw, list | tuple):
        raise Unreadable(Code.NOT_DAYS)
    try:
        names = frozenset(raw)
    except TypeError as error:
        raise Unreadable(Code.NOT_DAYS) from error
    if not names <= _DAY_NAMES:
        raise Unreadable(Code.NOT_DAYS)
    return tuple([day for name, day in _WEEK if name in names])


def _read_date(_field: Field, raw: Any) -> date:
    if type(raw) is not str or not _DATE.fullmatch(raw):
        raise Unreadable(Code.NOT_A_DATE)
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise Unreadable(Code.NOT_A_DATE) from error


def _read_time(_field: Field, raw: Any) -> time:
    if type(raw) is not str or not _TIME.fullmatch(raw):
        raise Unreadable(Code.NOT_A_TIME)
    return time.fromisoformat(raw)


def _read_whole_number(_field: Field, raw: Any) -> int:
    if type(raw) is not int:  # True is an int to isinstance, and must not be.
        raise Unreadable(Code.NOT_A_WHOLE_NUMBER)
    return raw


def _read_whole_number_in_text(_field: Field, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Unreadable(Code.NOT_A_WHOLE_NUMBER)
    if len(text.lstrip("+-")) > MOST_DIGITS:
        raise Unreadable(Code.NOT_A_WHOLE_NUMBER if text[0] == "-" else Code.TOO_MANY_DIGITS)
    return int(text)


def _read_flag(_field: Field, raw: Any) -> bool:
    if type(raw) is not bool:
        raise Unreadable(Code.NOT_YES_OR_NO)
    return raw


def _read_flag_in_text(_field: Field, text: str) -> bool:
    if text not in _FLAGS:
        raise Unreadable(Code.NOT_YES_OR_NO)
    return _FLAGS[text]


_Reader: TypeAlias = Callable[[Field, Any], Any]

_FROM_JSON: dict[ValueKind, _Reader] = {
    ValueKind.TEXT: _read_text,
    ValueKind.URL: _read_url,
    ValueKind.ZONE: _read_text,
    ValueKind.CHOICE: _read_choice,
    ValueKind.DAYS: lambda _field, raw: _read_days(raw),
    ValueKind.DATE: _read_date,
    ValueKind.TIME: _read_time,
    ValueKind.COUNT: _read_whole_number,
    ValueKind.FLAG: _read_flag,
}
_JSON_READERS = {field.name: (field, _FROM_JSON[field.kind]) for field in FIELDS}
_FROM_TEXT = _FROM_JSON | {
    ValueKind.ZONE: _read_zone,
    ValueKind.COUNT: _read_whole_number_in_text,
    ValueKind.FLAG: _read_flag_in_text,
}
