"""Whether a password is known from a breach, asked of a service that never learns which it is.

Of the SHA-1 of a password only the first five hexadecimal digits leave the app, and what comes
back lists the rest of all that begin so, each with how often it was seen: the range API of *Have
I Been Pwned*, which others serve from its lists as well.
"""

import hashlib
import logging

from app.remote.addresses import AllowedHosts
from app.remote.call import Broken, Call
from app.version import VERSION

DEADLINE = 5.0
"""Seconds that an answer may take, for which somebody waits."""

KNOWN = "This password is known from a breach elsewhere. Choose one that you use nowhere else."
NOT_CHECKED = (
    "Whether this password is known from a breach cannot be found out now. Try again in a minute."
)

_SENT = 5

log = logging.getLogger(__name__)


class Breaches:
    """What a service knows; without one, nothing."""

    def __init__(self, url: str, allowed: AllowedHosts) -> None:
        """Ask at *url*, which ends in a slash; a host that is not public has to be *allowed*."""
        self._url = url
        self._allowed = allowed

    def find_problem(self, password: str) -> str:
        """Say what to do about a password; empty if it is not known from a breach."""
        if not self._url:
            return ""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        headers = {"Add-Padding": "true", "User-Agent": f"CampaignBuilder/{VERSION}"}
        call = Call("GET", self._url + digest[:_SENT], headers=headers)
        try:
            call.make({}, DEADLINE, self._allowed)
        except Broken as error:
            log.warning("Breached passwords cannot be asked for: %s", error.__cause__)
            return NOT_CHECKED
        if call.status != 200:
            log.warning("Breached passwords cannot be asked for: status %s", call.status)
            return NOT_CHECKED
        return KNOWN if _is_listed(digest[_SENT:], call.text) else ""


def _is_listed(rest: str, answer: str) -> bool:
    """Look a digest up; one that was never seen only pads the answer."""
    for line in answer.splitlines():
        digest, _, seen = line.partition(":")
        if digest.strip().upper() == rest:
            return seen.strip() != "0"
    return False
