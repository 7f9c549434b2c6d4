"""The token is found in each encoding in which a server may repeat it, and in two at once."""

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape, unescape
from random import Random
from string import ascii_letters, digits
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.remote.redaction import redact

pytestmark = pytest.mark.slow

PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)
TOKENS = st.text(PRINTABLE, min_size=8, max_size=60)
LONG = "".join(Random(7).choices(ascii_letters + digits + "+/=&", k=2_000))  # noqa: S311

Spell = Callable[[str], str]


def each(pattern: str) -> Spell:
    return lambda token: "".join(pattern.format(ord(sign)) for sign in token)


def in_json(token: str) -> str:
    return json.dumps(token)[1:-1]


def base64(token: str, before: str = "") -> str:
    return b64encode(f"{before}{token}".encode()).decode()


def from_base64(text: str) -> str:
    """Decode whatever in a text may be base64, at each of the places where it may begin."""
    runs = re.findall(r"[\w+/-]{4,}", unquote(text))
    plain = str.maketrans("-_", "+/")
    pieces = (run.translate(plain)[at:] for run in runs for at in range(4))
    return " ".join(
        b64decode(piece[: len(piece) // 4 * 4]).decode("latin-1")
        for piece in pieces
        if piece.isascii()
    )


def from_hex(text: str) -> str:
    runs = re.findall(r"(?:[0-9a-f]{2}[ :]?)+", text, re.IGNORECASE)
    return " ".join(bytes.fromhex(run.replace(":", " ")).decode("latin-1") for run in runs)


def from_json(text: str) -> str:
    text = re.sub(r"\\u00([0-9a-f]{2})", _sign, text, flags=re.IGNORECASE)
    return re.sub(r"\\([^u])", r"\1", text)


def _sign(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))


SPELLINGS: dict[str, Spell] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "hex": lambda token: token.encode().hex(),
    "hex in upper case": lambda token: token.encode().hex().upper(),
    "hex in pairs": lambda token: token.encode().hex(":"),
    "JSON": in_json,
    "JSON in JSON": lambda token: in_json(in_json(token)),
    "JSON with slashes escaped": lambda token: in_json(token).replace("/", r"\/"),
    "JSON with all escaped": each(r"\u{:04x}"),
    "JSON with all escaped, in JSON": each(r"\\u{:04X}"),
    "JSON with all escaped, twice in JSON": each(r"\\\\u{:04x}"),
    "a string of C": each(r"\x{:02x}"),
    "a URL": lambda token: quote(token, safe=""),
    "a URL in a URL": lambda token: quote(quote(token, safe=""), safe=""),
    "a URL with all escaped": each("%{:02x}"),
    "a URL with all escaped, in a URL": each("%25{:02X}"),
    "HTML": escape,
    "HTML in HTML": lambda token: escape(escape(token)),
    "HTML in JSON": lambda token: in_json(escape(token)).replace("&", r"\u0026"),
    "HTML in a URL": lambda token: quote(escape(token), safe=""),
    "HTML by number": each("&#{};"),
    "HTML by long number": each("&#{:04};"),
    "HTML by hex": each("&#x{:x};"),
    "HTML by upper hex": each("&#X{:04X};"),
    "HTML by number, in HTML": each("&amp;#{};"),
    "HTML by number, in a URL": lambda token: quote(each("&#{};")(token), safe=""),
    "base64": base64,
    "base64 for URLs": lambda token: urlsafe_b64encode(token.encode()).decode(),
    "base64 without padding": lambda token: base64(token).rstrip("="),
    "base64 in a URL": lambda token: quote(base64(token), safe=""),
    "base64 in a URL in a URL": lambda token: quote(quote(base64(token), safe="")),
    "base64 in JSON": lambda token: base64(token).replace("/", r"\/"),
    "base64 of the header": lambda token: base64(token, "Bearer "),
    "base64 of a text": lambda token: base64(f"{token}, it seems.", "I do not know "),
    "base64 one byte later": lambda token: base64(f"{token}, it seems.", "I do not know: "),
    "base64 two bytes later": lambda token: base64(f"{token}, it seems.", "I do not know its "),
}
DECODINGS: dict[str, Spell] = {
    "plain": str,
    "JSON": from_json,
    "JSON twice": lambda text: from_json(from_json(text)),
    "a URL": unquote,
    "a URL twice": lambda text: unquote(unquote(text)),
    "HTML": unescape,
    "HTML twice": lambda text: unescape(unescape(text)),
    "HTML in JSON": lambda text: unescape(from_json(text)),
    "HTML in a URL": lambda text: unescape(unquote(text)),
    "hex": from_hex,
    "base64": from_base64,
}


@settings(max_examples=25)
@given(token=TOKENS)
def test_no_decoding_finds_the_token(token: str) -> None:
    assume(token.strip("\\"))  # Else it is in each text that has an escape.
    assume(token.lower() not in '{"said": "who is <[token]>?"}')
    for spelling, spell in SPELLINGS.items():
        left = redact(f'{{"said": "Who is <{spell(token)}>?"}}', token)
        for decoding, decode in DECODINGS.items():
            assert token.lower() not in decode(left).lower(), (spelling, decoding)


@pytest.mark.parametrize("token", ["t0ken/of+a=customer&co", LONG], ids=["usual", "long"])
def test_the_token_goes_and_what_is_around_it_stays(token: str, subtests: pytest.Subtests) -> None:
    for name, spell in SPELLINGS.items():
        with subtests.test(name):
            left = redact(f"Who is {spell(token)}?", token)
            assert re.fullmatch(r"Who is [\w+/]*\[token\][\w+/=]*\?", left)
            assert len(left) < 60


def test_a_text_that_was_cut_does_not_end_in_half_a_token(subtests: pytest.Subtests) -> None:
    token = "t0ken/of+a=customer&co"
    for name, spell in SPELLINGS.items():
        with subtests.test(name):
            spelling = spell(token)
            half = spelling[: len(spelling) * 3 // 4]

            left = redact(f"Who is {half}", token, is_whole=False)
            assert left.endswith("[token]")
            assert len(left) < 40


def test_a_long_text_of_all_but_the_token_is_gone_through_at_once(
    subtests: pytest.Subtests,
) -> None:
    token = "t0ken/of+a=customer&co"
    for name, spell in SPELLINGS.items():
        with subtests.test(name):
            text = (spell(token[:-1]).rstrip("=") + " ") * 10_000
            assert redact(text[:1_000_000], token)


@pytest.mark.parametrize("token", ["\\" * 60, "a\\" * 30, "%25" * 20, "&amp;" * 12, "a" * 60])
def test_a_token_that_looks_like_escapes_is_no_trap(token: str) -> None:
    text = token[:-1] * (30_000 // len(token)) + "!"
    assert redact(text, token)
