"""What a schema cannot say, told to Schemathesis for the payload of a draft; see `fuzzing`.

Besides what that says, a host name is no longer than 253 characters, however long an address is,
and places and days are those that there are.
"""

import re
from typing import Any

import schemathesis

from app.campaign.contract.typed_length import LONGEST
from tests.sandbox import fuzzing

_LONG_HOST = re.compile(r"https://[\w.]{254,}")
_BEGIN = "https://example.com/"
_KNOWN = {"audience": "France", "own_dates": "2027-01-04"}


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Put what comes in the wrong order right, hosts that cannot be, and words without meaning."""
    payload = case.body.get("payload") if isinstance(case.body, dict) else None
    if not isinstance(payload, dict):
        return case
    changed = fuzzing.map_body(context, payload)
    url = changed.get("webhook_url")
    if isinstance(url, str) and _LONG_HOST.fullmatch(url):
        changed["webhook_url"] = _BEGIN.ljust(len(url), "x")
    known = {
        name: known
        for name, known in _KNOWN.items()
        if isinstance(text := case.body.get(name), str) and len(text) <= LONGEST[name]
    }
    case.body = case.body | known | {"payload": changed}
    return case
