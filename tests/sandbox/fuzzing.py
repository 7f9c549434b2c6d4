"""What a schema cannot say, told to Schemathesis: zones, whole numbers, and what comes after what.

Its command loads this module by `SCHEMATHESIS_HOOKS`. Only data that the schema allows is
changed, so that all of it has to be accepted.
"""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import schemathesis
from hypothesis import strategies as st

from app.campaign.contract import FIELDS, Kind
from app.campaign.schema import ZONE_FORMAT
from app.campaign.zones import ZONE_NAMES

_READ: dict[Kind, Callable[[str], Any]] = {
    Kind.DATE: date.fromisoformat,
    Kind.TIME: time.fromisoformat,
}
_IN_ORDER = {Kind.DATE: ("2027-01-04", "2027-03-31"), Kind.TIME: ("09:00", "17:00")}

schemathesis.openapi.format(ZONE_FORMAT, st.sampled_from(sorted(ZONE_NAMES)))


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Put what comes in the wrong order right, and write 3.0, an integer to the standard, as 3."""
    if not isinstance(body, dict):
        return body
    changed = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in body.items()
    }
    for field in FIELDS:
        if field.after and _is_not_after(changed, field.name, field.after):
            changed[field.after], changed[field.name] = _IN_ORDER[field.kind]
    return changed


def _is_not_after(body: dict[str, Any], name: str, earlier: str) -> bool:
    kind = next(field.kind for field in FIELDS if field.name == name)
    try:
        later, before = (_READ[kind](body[one]) for one in (name, earlier))
    except (KeyError, TypeError, ValueError):
        return False
    return bool(later <= before)
