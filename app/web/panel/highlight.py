"""Colour JSON for the eye: the same characters, with classes around the tokens.

JSON has so few kinds of tokens that one pattern knows them all. A general highlighter
takes longer than the rest of a live preview together.
"""

import re
from html import escape

from markupsafe import Markup

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(:?)|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*')


def mark_up(text: str) -> Markup:
    """Mark up keys, texts and other values; the text content stays as it is."""
    return Markup(_TOKEN.sub(_mark, escape(text, quote=False)))  # noqa: S704  Escaped here.


def _mark(match: re.Match[str]) -> str:
    text, colon = match.groups()
    kind = "value" if text is None else "key" if colon else "text"
    return f'<b class="{kind}">{text or match[0]}</b>{colon or ""}'
