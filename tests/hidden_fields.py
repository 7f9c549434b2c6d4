"""The hidden fields of a page, read from its text by clients that take no time to parse it."""

import re

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


def find_token(page: str) -> str:
    """Find the token that every form of the session posts; raises `LookupError`."""
    token = _TOKEN.search(page)
    if token is None:
        raise LookupError("The page has no token.")
    return token[1]


def read_hidden(page: str) -> dict[str, str]:
    """Read the hidden fields of a page, the token among them."""
    return dict(_HIDDEN.findall(page))
