"""Whether a text is visible: one pattern for the form, the schema and everything with a name.

Characters that Unicode calls ignorable, fillers and the blank Braille pattern show nothing, as
spaces do. They are listed here, because `str.isprintable` is false for new visible characters.
"""

import re
from unicodedata import normalize

VISIBLE = (
    r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""A regular expression for one visible character, for Python and for JSON Schema."""

_VISIBLE = re.compile(VISIBLE)


def can_be_encoded(text: str) -> bool:
    """Tell a text from one with half of a surrogate pair, which can neither be kept nor sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def can_be_seen(text: str) -> bool:
    """Tell whether a text has a visible character."""
    return _VISIBLE.search(text) is not None


JOINERS = "\u200c\u200d\ufe0e\ufe0f"
"""Signs that show nothing themselves and decide how those beside them are shown."""


def is_plain(text: str) -> bool:
    """Tell whether a text has only visible characters, spaces between them, and `JOINERS`."""
    return (
        can_be_encoded(text)
        and can_be_seen(text)
        and all(sign == " " or sign in JOINERS or can_be_seen(sign) for sign in text)
    )


def tidy(text: str) -> str:
    """Compose the letters of a name (NFC), with single spaces between words."""
    return " ".join(normalize("NFC", text).split())


def read_name(text: str) -> str:
    """Read a name as a person does, who sees nothing invisible in it and types it again."""
    return tidy(drop_invisible(tidy(text)))


def make_name_key(text: str) -> str:
    """Make what names are told apart by: those that look alike have one key, in any case."""
    return read_name(text).casefold()


def drop_invisible(text: str) -> str:
    """Take out every character that shows nothing but a space, and the spaces at both ends."""
    return "".join(sign for sign in text if sign == " " or can_be_seen(sign)).strip()
