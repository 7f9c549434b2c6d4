"""Take out of a text whatever must not be kept: the token, and anything that looks like one."""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache

TOKEN = "[token]"  # noqa: S105  It stands where one was.
SECRET = "[secret]"  # noqa: S105

_WORDS = "token|secret|passw(?:or)?d|api[_-]?key|authorization|credential|session"
_NAMES = rf"[\w.-]{{0,40}}(?:{_WORDS})[\w.-]{{0,40}}"
_IN_JSON = re.compile(rf'("{_NAMES}"\s{{0,8}}:\s{{0,8}}")((?:[^"\\]|\\.)+)(")', re.IGNORECASE)
_IN_QUERY = re.compile(rf"([?&;]{_NAMES}=)([^&;\s\"'<>]+)", re.IGNORECASE)
_SCHEME = re.compile(
    r"\b(Bearer|Basic)(\s{1,8})(?!\[)(?=\S{0,200}[\d_=.-])[\w.~+/=-]{6,}", re.IGNORECASE
)
_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_KEY = re.compile(r"\b[sprw]k[-_](?:live|test|proj)?[-_]?[A-Za-z0-9]{16,}\b")
_SECRET_HEADER = re.compile(r"authorization|cookie|token|secret|api-?key|signature", re.IGNORECASE)


def redacted(text: str, token: str = "") -> str:
    """Take the token out of a text, however it is written there, and anything like one."""
    if token:
        text = _spellings(token).sub(TOKEN, text)
    text = _SCHEME.sub(rf"\1\2{SECRET}", text)
    text = _IN_JSON.sub(_keep_placeholder, text)
    text = _IN_QUERY.sub(rf"\1{SECRET}", text)
    return _KEY.sub(SECRET, _WEB_TOKEN.sub(SECRET, text))


def redacted_headers(headers: Mapping[str, str], token: str = "") -> dict[str, str]:
    """Take the token, and the values of all headers that carry one, out of headers."""
    return {
        name: _header_value(name, value) if _SECRET_HEADER.search(name) else redacted(value, token)
        for name, value in headers.items()
    }


def _header_value(name: str, value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {TOKEN}" if space and name.casefold() == "authorization" else SECRET


def _keep_placeholder(found: re.Match[str]) -> str:
    said = found[2] if found[2] in {TOKEN, SECRET} else SECRET
    return found[1] + said + found[3]


@lru_cache(maxsize=64)
def _spellings(token: str) -> re.Pattern[str]:
    """Find a token as it is, with any sign escaped as JSON or a URL may do it, and as base64."""
    escaped = "".join(_any_spelling(sign) for sign in token)
    encoded = re.escape(b64encode(token.encode()).decode().rstrip("=")) + "={0,2}"
    return re.compile(f"{escaped}|{encoded}", re.ASCII)


def _any_spelling(sign: str) -> str:
    code = f"{ord(sign):02x}"
    ways = [rf"\\?{re.escape(sign)}", rf"\\u00(?i:{code})", f"%(?i:{code})"]
    return f"(?:{'|'.join(ways)})"
