"""What a password has to be: long, and not one that is tried first.

NIST SP 800-63B (3.1.1.2): length counts, kinds of signs do not, and what is commonly used is
refused. How easily one is guessed, its dictionaries included, zxcvbn knows.
"""

import re
from collections.abc import Iterable
from typing import Any

from flask import current_app
from flask_security import PasswordUtil, hash_password
from zxcvbn import zxcvbn

from app.people.breaches import Breaches

SHORTEST, LONGEST = 12, 128
"""Characters of a password."""

_LEAST_SCORE = 3
"""Of 4: safely unguessable where each try takes time (Wheeler, USENIX Security 2016)."""

APP = "campaign builder"
_WORD = r"[^\W\d_]{4,}"
_SHORTEST_WHOLE = 3
_LOOKED_AT = 72
"""Characters that zxcvbn takes; what is strong so far is not weaker for what follows."""


def find_password_problem(password: str, about: Iterable[str] = ()) -> str:
    """Say what to change in a password; empty if it will do.

    *about* are words that a guesser would try for this person, such as their name.
    """
    if len(password) < SHORTEST:
        return f"Use {SHORTEST} characters or more. A few words of your own are easy to keep."
    if len(password) > LONGEST:
        return f"Use {LONGEST} characters or fewer."
    rest = _take_out(password, [*about, APP])[:_LOOKED_AT]
    if not rest or zxcvbn(rest)["score"] < _LEAST_SCORE:
        return "This password is easy to guess. Use a few words that have nothing in common."
    return ""


def check_password(password: str, about: Iterable[str] = ()) -> str:
    """Say what to change, like `find_password_problem`, and ask whether the password is known.

    It is looked at as it is hashed, however its signs were typed.
    """
    breaches: Breaches = current_app.extensions["breaches"]
    normal = _normalize(password)
    return find_password_problem(normal, about) or breaches.find_problem(normal)


def hash_as_signed_in(password: str) -> str:
    """Hash a password in the form that a sign-in brings it to, however its signs were typed."""
    hashed: str = hash_password(_normalize(password))
    return hashed


def _normalize(password: str) -> str:
    util: PasswordUtil = current_app.extensions["security"].password_util
    normal: str = util.normalize(password)
    return normal


def _take_out(password: str, about: Iterable[str]) -> str:
    """Leave what is in a password besides words that a guesser tries first.

    To zxcvbn they are words like any other, and two of them seem strong.
    """
    parts = {part for text in about for part in (text, *text.split("@"))}
    whole = {part for part in parts if len(part) >= _SHORTEST_WHOLE}
    words = whole | {word for text in about for word in re.findall(_WORD, text)}
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return re.sub("|".join(longest_first), "", password, flags=re.IGNORECASE)


class Passwords(PasswordUtil):
    """Applies `check_password` in Flask-Security's own forms."""

    def validate(
        self, password: str, is_register: bool, **options: Any
    ) -> tuple[list[str] | None, str]:
        """Give what is wrong, and the password as it is hashed."""
        account = options.get("user")
        about = (account.name, account.email) if account else ()
        problem = check_password(password, about)
        return [problem] if problem else None, self.normalize(password)
