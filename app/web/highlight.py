"""Colour JSON for the eye: the same characters, with classes around the tokens.

Only JSON that this program wrote comes here, one value to a line, so two patterns know
all of it. A general highlighter takes longer than the rest of a live preview together.
"""

import re
from html import escape

from markupsafe import Markup

_TEXT = r'("[^"\\]*(?:\\.[^"\\]*)*")'
_KEY = re.compile(rf"^( +){_TEXT}:", re.MULTILINE)
_VALUE = re.compile(rf"(^ +|: )(?:{_TEXT}|(true|false|-?\d+))(,?)$", re.MULTILINE)


def highlighted(text: str) -> Markup:
    """Mark up keys, texts and other values; the text content stays as it is."""
    marked = _VALUE.sub(_value, escape(text, quote=False))
    return Markup(_KEY.sub(r'\1<b class="key">\2</b>:', marked))  # noqa: S704  Escaped above.


def _value(found: re.Match[str]) -> str:
    before, text, other, comma = found.groups()
    if text:
        return f'{before}<b class="text">{text}</b>{comma}'
    return f'{before}<b class="value">{other}</b>{comma}'
