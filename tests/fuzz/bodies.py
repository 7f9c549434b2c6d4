"""The same fields as three kinds of body, each of them now and then broken."""

import json
from collections.abc import Sequence
from random import Random

from tests.fuzz.odd import encoded

Fields = Sequence[tuple[str, str]]
_FORM = "application/x-www-form-urlencoded"


def urlencoded(chance: Random, fields: Fields) -> tuple[str, bytes]:
    """Write an ordinary form, and sometimes another name for it."""
    body = "&".join(f"{name}={encoded(value)}" for name, value in fields).encode()
    if chance.random() < 0.05:
        body += chance.choice((b"&%zz=%", b"&&&=", b"\xff\xfe", b"&" + b"a=1&" * 2000, b"\0"))
    kinds = (_FORM, f"{_FORM}; charset=utf-16", f"{_FORM};charset=none", _FORM.upper())
    return (_FORM if chance.random() < 0.9 else chance.choice(kinds)), body


def multipart(chance: Random, fields: Fields) -> tuple[str, bytes]:
    """Write the form in parts: whole, cut, with no boundary, or with files among them."""
    parts = [
        f'--odd\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    if chance.random() < 0.3:
        disposition = 'Content-Disposition: form-data; name="name"; filename="a\r\n.txt"'
        parts.append(f"--odd\r\n{disposition}\r\nContent-Type: x/y\r\n\r\n\0\r\n")
    body = ("".join(parts) + "--odd--\r\n").encode("utf-8", "surrogatepass")
    if chance.random() < 0.4:
        body = chance.choice(
            (body[: len(body) // 2], body[:-8], b"", b"--odd", body + b"--odd\r\n")
        )
    kinds = ("", "; boundary=", "; boundary=other", "; boundary=" + "x" * 300, '; boundary="odd')
    kind = "; boundary=odd" if chance.random() < 0.8 else chance.choice(kinds)
    return f"multipart/form-data{kind}", body


def as_json(chance: Random, fields: Fields) -> tuple[str, bytes]:
    """Write JSON, where no form is."""
    body = json.dumps(dict(fields)).encode()
    if chance.random() < 0.4:
        body = chance.choice((body[:-5], b"[1, 2]", b"null", b'"x"', b"", b"\xff", b"[" * 5000))
    kinds = ("application/json", "application/json; charset=latin-1", "text/plain", "x", "*/*")
    return chance.choice(kinds), body
