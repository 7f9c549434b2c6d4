"""Colour JSON for the eye: the same characters, with classes around the tokens.

JSON has so few kinds of tokens that one pattern knows them all. A general highlighter
takes longer than the rest of a live preview together.
"""

import re
from functools import lru_cache
from html import escape

from markupsafe import Markup

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(:?)|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*')


def highlighted(text: str) -> Markup:
    """Mark up keys, texts and other values; the text content stays as it is."""
    return Markup("\n".join(map(_line, text.split("\n"))))  # noqa: S704  Escaped below.


@lru_cache(maxsize=4096)
def _line(text: str) -> str:
    """Mark up one line; of two previews in a row most lines are the same."""
    return _TOKEN.sub(_marked, escape(text, quote=False))


def _marked(found: re.Match[str]) -> str:
    text, colon = found.groups()
    kind = "value" if text is None else "key" if colon else "text"
    return f'<b class="{kind}">{text or found[0]}</b>{colon or ""}'
