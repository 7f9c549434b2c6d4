"""What a schema cannot say, told to Schemathesis for the payload of a draft; see `fuzzing`.

Besides what that says, a host name is no longer than 253 characters, however long an address is.
"""

import re
from typing import Any

import schemathesis

from tests.sandbox import fuzzing

_LONG_HOST = re.compile(r"https://[\w.]{254,}")
_BEGIN = "https://example.com/"


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Put what comes in the wrong order within a payload right, and hosts that cannot be."""
    payload = case.body.get("payload") if isinstance(case.body, dict) else None
    if not isinstance(payload, dict):
        return case
    changed = fuzzing.map_body(context, payload)
    url = changed.get("webhook_url")
    if isinstance(url, str) and _LONG_HOST.fullmatch(url):
        changed["webhook_url"] = _BEGIN.ljust(len(url), "x")
    case.body = case.body | {"payload": changed}
    return case
