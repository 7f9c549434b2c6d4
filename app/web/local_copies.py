"""The key by which a browser encrypts what was typed and not saved yet, as it keeps it meanwhile.

Whoever reads what the browser has stored learns nothing without a page of the same person's: the
key is theirs, the same at each sign-in, so that a copy can be put back after the next one.
"""

import hmac
from secrets import token_bytes

from flask import current_app

from app.web.access import find_person


def write_copy_key() -> str:
    """Write the key in hexadecimal digits, after as many random ones that it is masked by.

    It is another text in each page, as no secret may stand there beside what somebody else chose
    and be compressed with it (BREACH).
    """
    purpose = f"copies of account {find_person().account_id or 0}"
    key = hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), purpose.encode(), "sha256")
    mask = token_bytes(32)
    return (mask + bytes(left ^ right for left, right in zip(key, mask, strict=True))).hex()
