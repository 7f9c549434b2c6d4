"""Numbers of rows, as they stand in an address or a form."""

import re

_NUMBERS = range(2**31)  # What a database counts to: PostgreSQL's INTEGER.


def read_number(text: str) -> int:
    """Read a row's number; raises `ValueError` for any other text."""
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) not in _NUMBERS:
        raise ValueError(text)
    return int(text)
