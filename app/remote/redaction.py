"""Take out of a text whatever must not be kept: the token, and anything that looks like one."""

import re
from collections.abc import Mapping

from app.remote import spellings

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


def redact(text: str, token: str = "", *, is_whole: bool = True) -> str:
    """Replace the token, in any spelling, and anything that looks like a secret.

    A text that is not whole also loses its end, from where a token may have begun. A NUL, which
    PostgreSQL keeps in no text, is written as the sign for one.
    """
    text = redact_token(text, token)
    text = text if is_whole or not token else _redact_start(text, token)
    text = _SCHEME.sub(rf"\1\2{SECRET}", text)
    text = _IN_JSON.sub(_keep_placeholder, text)
    text = _IN_QUERY.sub(rf"\1{SECRET}", text)
    return _KEY.sub(SECRET, _WEB_TOKEN.sub(SECRET, text))


def redact_token(text: str, token: str) -> str:
    """Replace the token, in any spelling, and nothing else but a NUL, as `redact` does."""
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return spellings.compile_whole(token).sub(TOKEN, text) if token else text


def redact_headers(headers: Mapping[str, str], token: str = "") -> dict[str, str]:
    """Replace the token in all headers, and the values of headers that carry secrets."""
    return {
        redact(name, token): _redact_header(name, value, token) for name, value in headers.items()
    }


def _redact_header(name: str, value: str, token: str) -> str:
    if not _SECRET_HEADER.search(name):
        return redact(value, token)
    scheme, space, _ = value.partition(" ")
    has_scheme = space and name.casefold() == "authorization"
    return f"{redact(scheme, token)} {TOKEN}" if has_scheme else SECRET


def _redact_start(text: str, token: str) -> str:
    earliest = max(0, len(text) - spellings.LONGEST_SIGN * len(token))
    begun = spellings.compile_start(token).search(text, earliest)
    return text[: begun.start()] + TOKEN if begun else text


def _keep_placeholder(match: re.Match[str]) -> str:
    secret = match[2] if match[2] in {TOKEN, SECRET} else SECRET
    return match[1] + secret + match[3]
