"""Takes what browsers report of pages that wanted what the policy forbids, and logs it.

Anybody can post here, so little is read, little is logged, and nothing is answered. A line has the
directive, the rule of the page's route and where the refused thing is from: a path and a query can
hold what was typed.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.web.headers import REPORTS

LARGEST = 16 * 1024
"""Bytes of a post; a browser sends about one KB for each report."""

MOST = 30
"""Reports that a process logs in a minute."""

_MINUTE = 60
_DIRECTIVE = re.compile(r"[a-z-]{1,40}")
_WORD = re.compile(r"[a-z-]{1,20}")  # Such as inline, eval or data.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{0,20}://[a-z0-9._-]{1,253}(:[0-9]{1,5})?")
_OTHER = "other"
_log = logging.getLogger(__name__)

bp = Blueprint("policy_reports", __name__)


class Allowance:
    """So many in each minute, over all threads of this process."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock, self._lock = most, clock, Lock()
        self._began, self._used = clock(), 0

    def take(self) -> bool:
        """Take one, if there is one left in this minute."""
        with self._lock:
            if (now := self._clock()) - self._began >= _MINUTE:
                self._began, self._used = now, 0
            self._used += 1
            return self._used <= self._most


@bp.record
def _begin(state: Any) -> None:
    state.app.extensions[bp.name] = Allowance(MOST)


@bp.post(REPORTS)
def take() -> ResponseReturnValue:
    request.max_content_length = LARGEST
    for report in _list_reports(request.get_data(cache=False)):
        if not current_app.extensions[bp.name].take():
            return "", HTTPStatus.TOO_MANY_REQUESTS
        _log.warning("A browser has refused what a page wanted", extra=_find_facts(report))
    return "", HTTPStatus.NO_CONTENT


def _list_reports(body: bytes) -> Iterator[dict[str, Any]]:
    """List the reports, which come one by one (`report-uri`) or several at once (`report-to`)."""
    try:
        posted = json.loads(body)
    except (ValueError, RecursionError):
        return
    for entry in posted if isinstance(posted, list) else [posted]:
        report = entry.get("csp-report", entry.get("body")) if isinstance(entry, dict) else None
        if isinstance(report, dict):
            yield report


def _find_facts(report: dict[str, Any]) -> dict[str, str | None]:
    def read(*names: str) -> str:
        value = next((report[name] for name in names if name in report), "")
        return value if isinstance(value, str) else ""

    directive = read("effective-directive", "effectiveDirective", "violated-directive")
    return {
        "directive": directive if _DIRECTIVE.fullmatch(directive) else _OTHER,
        "refused": _name_origin(read("blocked-uri", "blockedURL")),
        "page": _name_rule(read("document-uri", "documentURL")),
    }


def _name_origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return _OTHER
    if _ORIGIN.fullmatch(origin):
        return origin
    return address if _WORD.fullmatch(address) else _OTHER


def _name_rule(address: str) -> str | None:
    """Name the rule of the route that leads to a page of ours, if one does."""
    try:
        rule, _ = current_app.url_map.bind("").match(urlsplit(address).path, return_rule=True)
    except (HTTPException, RequestRedirect, ValueError):
        return None
    return rule.rule
