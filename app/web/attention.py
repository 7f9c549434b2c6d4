"""Submissions that somebody has to know of, whatever page they look at."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, request
from sqlalchemy.exc import DatabaseError

from app.sending.recording import recover
from app.services import services, store
from app.store import submissions
from app.store.base import State

_WITHOUT_DATABASE = {None, "static", "style", "about.healthy"}


@dataclass(frozen=True)
class Attention:
    """Submissions that nobody knows the outcome of, and those that are under way: id and name."""

    unknown: list[tuple[int, str]]
    sending: list[tuple[int, str]]


def install(app: Flask) -> None:
    """Find what was left behind before a page is made, so that drawing one never writes."""
    app.before_request(_find_left_behind)


def find_attention() -> Attention:
    """Find the submissions that are open."""
    with store().reading() as session:
        rows = submissions.find_open(session)
    return Attention(
        unknown=[(number, name) for number, state, name in rows if state is State.UNKNOWN],
        sending=[(number, name) for number, state, name in rows if state is State.SENDING],
    )


def _find_left_behind() -> None:
    """Settle what a dead process was sending; when that cannot be written, the next time."""
    if request.endpoint in _WITHOUT_DATABASE:
        return
    with suppress(DatabaseError):
        recover(store(), services().journal)
