"""Submissions that somebody has to know of, whatever page they look at."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError

from app.people.sign_in import WITHOUT_ACCOUNT
from app.sending.recording import recover
from app.services import find_services, store
from app.store import submissions
from app.store.base import State
from app.store.submissions import OpenSubmission
from app.web.access import find_keys
from app.web.gate import LIKE_NOTHING


@dataclass(frozen=True)
class Attention:
    """Submissions that nobody knows the outcome of, and those that are under way: id and name."""

    unknown: list[tuple[int, str]]
    sending: list[tuple[int, str]]


def install(app: Flask) -> None:
    """Find what was left behind before a page is made, so that drawing one never writes."""
    app.before_request(_find_left_behind)


def find_attention(told_below: int = 0) -> Attention:
    """Name the submissions that are open, as they were when the request began.

    The one with the id *told_below* is left out: the page itself tells it.
    """
    if g.get("person") is None:
        return Attention([], [])
    if "open_submissions" not in g:
        g.open_submissions = _read_open(find_keys())
    return Attention(
        unknown=_name(State.UNKNOWN, told_below), sending=_name(State.SENDING, told_below)
    )


def _name(state: State, told_below: int) -> list[tuple[int, str]]:
    return [
        (submission.id, submission.name)
        for submission in g.open_submissions
        if submission.state is state and submission.id != told_below
    ]


def _find_left_behind() -> None:
    """Settle what a dead process was sending; when that cannot be written, the next time.

    Only before a page is looked at: what is posted is judged by what it does itself.
    """
    if request.method == "POST" or request.endpoint in WITHOUT_ACCOUNT | LIKE_NOTHING:
        return
    with suppress(SQLAlchemyError):
        open_submissions, journal = _read_open(), find_services().journal
        if any(submission.is_overdue for submission in open_submissions) or any(
            journal.read_entries()
        ):
            recover(store(), journal)
            open_submissions = _read_open()
        keys = find_keys() if g.get("person") else frozenset()
        g.open_submissions = open_submissions if keys is None else _read_open(keys)


def _read_open(keys: frozenset[str] | None = None) -> list[OpenSubmission]:
    with store().reading() as session:
        return submissions.find_open(session, keys)
