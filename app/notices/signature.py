"""Signatures of webhooks, in the form of Standard Webhooks 1.0 (standardwebhooks.com).

Whoever receives a call holds the id, the time and the body to the signature, and refuses what is
older than some minutes: nobody else can make such a call, nor make one again later.
"""

import base64
import hmac
from secrets import token_bytes

_PREFIX = "whsec_"


def make_secret() -> str:
    """Draw a secret of 256 bits."""
    return _PREFIX + base64.b64encode(token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a body; *timestamp* is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
