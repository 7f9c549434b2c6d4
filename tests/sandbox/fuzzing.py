"""What a schema cannot say, told to Schemathesis: zones, whole numbers, and what comes after what.

Its command loads this module by `SCHEMATHESIS_HOOKS`. Only values that the schema allows are
changed, so that what it allows has to be accepted, and what it does not has to be refused.
"""

from typing import Any

import schemathesis
from hypothesis import strategies as st

from app.campaign.contract.fields import FIELDS, ValueKind
from app.campaign.contract.json_schema import ZONE_FORMAT
from app.campaign.contract.reading import read_json
from app.campaign.timezones.zones import ZONE_NAMES

_IN_ORDER = {ValueKind.DATE: ("2027-01-04", "2027-03-31"), ValueKind.TIME: ("09:00", "17:00")}

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
    values = read_json(changed).values
    for field in FIELDS:
        earlier = field.after or ""
        if {field.name, earlier} <= values.keys() and values[field.name] <= values[earlier]:
            changed[earlier], changed[field.name] = _IN_ORDER[field.kind]
    return changed
