"""Global IDs: the base64 of ``Type:key``, decoded only to notice one of the wrong type.

To a client every id is opaque (the vendor documents no form). The samples carry
``VoiceCampaign:123``; ids of the live dashboard had letters in the key, and a type that
ends in ``Type``.
"""

import re
from base64 import b64decode
from binascii import Error

CAMPAIGN = "VoiceCampaign"

_GLOBAL_ID = re.compile(r"([A-Z][A-Za-z]+?)(?:Type)?:([ -~]+)")


def read_global_id_type(text: str) -> str | None:
    """Read the type in a Global ID, without a final ``Type``; `None` for any other text."""
    try:
        match = _GLOBAL_ID.fullmatch(b64decode(text, validate=True).decode("ascii"))
    except (Error, ValueError):
        return None
    return match[1] if match else None
