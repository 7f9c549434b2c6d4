"""Make a text shorter, so that it still reads as words."""

import re


def shortened(text: str, longest: int) -> str:
    """Cut a text between two words, and say so by “…”; only a single long word is cut itself."""
    if len(text) <= longest:
        return text
    words = re.match(rf"(?s).{{1,{longest - 2}}}(?=\s)", text)
    return f"{words[0].rstrip()} …" if words else f"{text[: longest - 1]}…"
