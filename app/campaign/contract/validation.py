"""The contract's checks: whether the API would accept a campaign.

They take typed values and return all problems at once, in the contract's order, as codes
without sentences. Only fields that are in use are checked.
"""

from collections.abc import Callable, Iterable
from typing import Any

from app.campaign.contract.fields import FIELD, FIELDS, Field, ValueKind, Values, list_used_fields
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import Reading
from app.campaign.contract.visible import can_be_seen
from app.campaign.contract.web_address import is_web_address
from app.campaign.timezones.zones import ZONE_NAMES


def find_problems(reading: Reading) -> list[Problem]:
    """Find what could not be read and every broken rule, among the fields in use.

    A field that could not be read gets that one problem and is not checked further.
    """
    return _collect_problems(reading, list_used_fields(reading.values))


def find_problems_of_document(reading: Reading) -> list[Problem]:
    """Find problems among all fields, because a document is sent with its unused fields."""
    return _collect_problems(reading, FIELDS)


def _collect_problems(reading: Reading, fields: Iterable[Field]) -> list[Problem]:
    unread = {problem.field: problem for problem in reading.problems}
    problems = [problem for problem in reading.problems if problem.field not in FIELD]
    for field in fields:
        if field.name in unread:
            problems.append(unread[field.name])
        else:
            problems += check_field(field, reading.values)
    return problems


def check(values: Values) -> list[Problem]:
    """Find every broken rule among the fields that are in use."""
    return find_problems(Reading(values, ()))


def check_field(field: Field, values: Values) -> list[Problem]:
    """Find the problems of one field in use, given the values of all fields."""
    name: str = field.name
    value: Any = values.get(name)
    if is_blank(value):
        if field.is_required(values):
            return [Problem(name, Code.MISSING)]
        if isinstance(value, str) and name in _FORM:  # Blank, but a document would send it.
            return [Problem(name, _FORM[name][1])]
        return []

    problems = []
    if field.minimum is not None and value < field.minimum:
        problems.append(Problem(name, Code.TOO_SMALL))
    earlier = values.get(field.after) if field.after else None
    if earlier is not None and value <= earlier:
        problems.append(Problem(name, Code.NOT_AFTER))
    if name in _FORM:
        is_well_formed, code = _FORM[name]
        if not is_well_formed(value):
            problems.append(Problem(name, code))
    return problems


def is_blank(value: Any) -> bool:
    """Tell whether a value is blank: absent, a text without a visible character, or no days."""
    if isinstance(value, str):
        return not can_be_seen(value)
    return value is None or value == ()


_FORMS: dict[ValueKind, tuple[Callable[[Any], bool], Code]] = {
    ValueKind.ZONE: (ZONE_NAMES.__contains__, Code.NOT_A_ZONE),
    ValueKind.URL: (is_web_address, Code.NOT_A_URL),
}
_FORM = {field.name: _FORMS[field.kind] for field in FIELDS if field.kind in _FORMS}
