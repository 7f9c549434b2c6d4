"""Global IDs: the base64 of ``Type:key``, read only to notice one of the wrong type.

To a client every id is opaque (the vendor documents no form). The samples carry
``VoiceCampaign:123``; ids of the live dashboard had letters in the key, and a type that
ends in ``Type``.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from enum import StrEnum


class GlobalIdType(StrEnum):
    """The types that an id in a campaign, or of one, carries."""

    PROVIDER = "TenantVoiceProvider"
    POOL = "VoicePhoneNumberPool"
    CAMPAIGN = "VoiceCampaign"


_GLOBAL_ID = re.compile(r"([A-Z][A-Za-z]+?)(?:Type)?:([ -~]+)")


def write_global_id(kind: str, key: str | int) -> str:
    """Write the Global ID of the thing of this type that has this key."""
    return b64encode(f"{kind}:{key}".encode()).decode()


def read_global_id_type(text: str) -> str | None:
    """Read the type in a Global ID, without a final ``Type``; `None` for any other text."""
    try:
        match = _GLOBAL_ID.fullmatch(b64decode(text, validate=True).decode("ascii"))
    except (Error, ValueError):
        return None
    return match[1] if match else None
