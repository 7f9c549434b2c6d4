r"""Patterns for a token in all the spellings in which a server may repeat it.

A form is a list of pieces, one for each sign, so that its first pieces find a token that
was cut. Where two encodings lie over each other, the sign that starts the inner one is
itself written in several ways: ``%2541``, ``\\\\u0041``, ``&amp;#65;``, ``\u0026#65;``.

All repetitions are bounded, and no two neighbours can share out the same signs: what is
searched may be large and hostile, and the time must grow with its length only.
"""

import re
from base64 import b64encode
from functools import lru_cache
from html.entities import html5

LONGEST_SIGN = 24
"""How many signs one sign of a token may take, with all its encodings."""

_ENOUGH = 6  # So many first signs of a token are taken for it where a text was cut.
_SHORTEST = 4  # An encoding that is shorter than this is found all over ordinary text.

_FLAGS = re.ASCII | re.IGNORECASE
_PERCENT = r"(?:%|u0025)(?:25){0,4}"
_AND = rf"(?:&|u0026|{_PERCENT}26)(?:amp(?:;|{_PERCENT}3b)){{0,4}}"
_HASH = rf"(?:\#|{_PERCENT}23)"
_END = rf"(?:;|{_PERCENT}3b)?"


@lru_cache(maxsize=64)
def compile_whole(token: str) -> re.Pattern[str]:
    """Compile a pattern that finds a token in any spelling."""
    forms = ("".join(form) for form in _list_forms(token))
    return re.compile("|".join([re.escape(token), *forms]), _FLAGS)


@lru_cache(maxsize=64)
def compile_start(token: str) -> re.Pattern[str]:
    """Compile a pattern for a token's first characters in any spelling: half of it, six at most."""
    forms = (form[: min(_ENOUGH, (len(form) + 1) // 2)] for form in _list_forms(token))
    return re.compile("|".join("".join(form) for form in forms), _FLAGS)


def _list_forms(token: str) -> list[list[str]]:
    encoded = [_spell_hex(token), *(_spell_inside_base64(token, shift) for shift in range(3))]
    return [
        _spell_escaped(token),
        _spell_base64(b64encode(token.encode()).decode().rstrip("=")),
        *(form for form in encoded if len(form) >= _SHORTEST),
    ]


def _spell_escaped(token: str) -> list[str]:
    """Spell each sign; backslashes in a row are one piece, or they could be shared out."""
    return [
        _spell_backslashes(len(run)) if run[0] == "\\" else _spell_sign(run)
        for run in re.findall(r"\\+|[^\\]", token)
    ]


def _spell_backslashes(count: int) -> str:
    return rf"(?:{_spell(chr(92))}){{{count},{8 * count}}}+"


@lru_cache(maxsize=256)
def _spell_sign(sign: str) -> str:
    """Spell a sign, behind the backslashes of JSON within JSON, which double each time."""
    return rf"\\{{0,16}}+(?:{_spell(sign)})"


def _spell(sign: str) -> str:
    code = ord(sign)
    names = "".join(f"|{name}" for name in _name_entities(sign))
    percent = "".join(f"{_PERCENT}{byte:02x}" for byte in sign.encode())
    return (
        rf"{re.escape(sign)}|u{code:04x}|x{code:02x}|{percent}"
        rf"|{_AND}(?:{_HASH}(?:0{{0,6}}{code}|x0{{0,6}}{code:x}){names}){_END}"
    )


def _name_entities(sign: str) -> list[str]:
    """Name a sign as HTML does, the longest name first."""
    names = {name.rstrip(";").lower() for name, text in html5.items() if text == sign}
    return sorted(names, key=len, reverse=True)


def _spell_hex(token: str) -> list[str]:
    first, *others = (f"{byte:02x}" for byte in token.encode())
    return [first, *(f"[ :-]?{other}" for other in others)]


def _spell_inside_base64(token: str, shift: int) -> list[str]:
    """Spell what a token makes of the base64 of a longer text, *shift* bytes into a group.

    The sign at either end that also holds bits of the text around it is left out.
    """
    text = bytes(shift) + token.encode()
    encoded = b64encode(text).decode()
    first, last = -(-shift * 8 // 6), len(text) * 8 // 6
    return _spell_base64(encoded[first:last], mixed=len(text) % 3 > 0)


def _spell_base64(encoded: str, *, mixed: bool = False) -> list[str]:
    """Spell base64 in either alphabet; *mixed* if one more sign holds bits of the last byte."""
    others = {"+": f"(?:{_spell_sign('+')}|-)", "/": f"(?:{_spell_sign('/')}|_)"}
    pieces = [others.get(sign, sign) for sign in encoded]
    end = ("[a-z0-9+/_-]?" if mixed else "") + rf"(?:{_spell_sign('=')}){{0,2}}"
    return [*pieces[:-1], pieces[-1] + end] if pieces else []
