"""The rules: is this a campaign that the API would accept.

Typed values in, problems out: all of them at once, in the contract's order, and no
sentences. Only fields that are in use are judged.
"""

from collections.abc import Iterator
from typing import Any

from rfc3986_validator import validate_rfc3986

from app.campaign.contract import Field, Kind, Values, used_fields
from app.campaign.problems import Code, Problem
from app.campaign.reading import Reading
from app.campaign.zones import ZONE_NAMES


def find_problems(reading: Reading) -> list[Problem]:
    """Find what could not be read and every broken rule, among the fields in use.

    A field that could not be read gets that one problem and is not judged further.
    """
    unread = {problem.field: problem for problem in reading.problems}
    found = [problem for problem in reading.problems if problem.code is Code.UNKNOWN_FIELD]
    for field in used_fields(reading.values):
        if field.name in unread:
            found.append(unread[field.name])
        else:
            found.extend(check_field(field, reading.values))
    return found


def check(values: Values) -> list[Problem]:
    """Find every broken rule among the fields that are in use."""
    return find_problems(Reading(values, ()))


def check_field(field: Field, values: Values) -> Iterator[Problem]:
    """Find what is wrong with one field in use, given all the others."""
    value: Any = values.get(field.name)
    if is_blank(value):
        if field.is_required(values):
            yield Problem(field.name, Code.MISSING)
        return

    if field.minimum is not None and value < field.minimum:
        yield Problem(field.name, Code.TOO_SMALL)

    earlier: Any = values.get(field.after) if field.after else None
    if earlier is not None and value <= earlier:
        yield Problem(field.name, Code.NOT_AFTER)

    if field.kind is Kind.ZONE and value not in ZONE_NAMES:
        yield Problem(field.name, Code.NOT_A_ZONE)

    if field.kind is Kind.URL and not validate_rfc3986(value, rule="URI"):
        yield Problem(field.name, Code.NOT_A_URL)


def is_blank(value: Any) -> bool:
    """Tell whether a value says nothing: absent, white space only, or no days."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())
