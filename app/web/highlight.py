"""Colour JSON for the eye: the same characters, with classes around the tokens.

Only JSON that this program wrote comes here, so one pattern knows every token of it.
A general highlighter takes longer than the rest of a live preview together.
"""

import re
from re import Match

from markupsafe import Markup, escape

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(:)?|true|false|null|-?\d+')


def highlighted(text: str) -> Markup:
    """Mark up keys, texts and other values; the text content stays as it is."""
    return Markup(_TOKEN.sub(_marked, text))  # noqa: S704  Every token is escaped below.


def _marked(token: Match[str]) -> str:
    if token[1] is None:
        return f'<b class="value">{token[0]}</b>'
    kind = "key" if token[2] else "text"
    return f'<b class="{kind}">{escape(token[1])}</b>{token[2] or ""}'
