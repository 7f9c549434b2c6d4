"""The request log: every call to an API, searched, and read a page at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, insert, select
from sqlalchemy.orm import Session

from app.store import newest_first
from app.store.dialects import queries
from app.store.newest_first import Bounds
from app.store.records import LoggedCall
from app.store.search_index import CALL_INDEX, replace_rows
from app.store.search_words import SHORTEST, NotSearchable, split_search_words

PAGE = 50


class NoSuchCall(LookupError):
    """The log has no call under this number."""


@dataclass(frozen=True)
class LogQuery:
    """What to read: words that must all occur, one connection, and those that may be looked at.

    A page has the newest numbers below *before*, or the next ones above *after*.
    """

    search: str = ""
    connection_key: str = ""
    keys: frozenset[str] | None = None
    before: int | None = None
    after: int | None = None


def check_query(query: LogQuery) -> None:
    """Raise `NotSearchable` for a query that cannot be answered."""
    _split_words(query)


def begin(session: Session, calls: Sequence[Mapping[str, Any]]) -> None:
    """Log calls that are about to be made, each as its columns; the search finds them later."""
    session.connection().execute(insert(LoggedCall), calls)


def find(session: Session, call_id: int) -> LoggedCall:
    """Find one call; raises `NoSuchCall`."""
    call = session.get(LoggedCall, call_id)
    if call is None:
        raise NoSuchCall(call_id)
    return call


def read_page(session: Session, query: LogQuery) -> newest_first.Page[LoggedCall]:
    """Read the calls of a page, the newest first; raises `NotSearchable`."""

    def read(bounds: Bounds) -> list[LoggedCall]:
        within = replace(query, before=bounds.before, after=bounds.after)
        return list(session.scalars(_select(session, within).limit(PAGE + 1)))

    bounds = Bounds(query.before, query.after)
    return newest_first.read_page(read, attrgetter("id"), bounds, PAGE)


def iterate_documents(session: Session, query: LogQuery) -> Iterator[dict[str, Any]]:
    """Yield all matching calls as JSON has them, the newest first; raises `NotSearchable`."""
    with session.scalars(_select(session, query).execution_options(yield_per=200)) as calls:
        for call in calls:
            yield write_document(call)


def write_document(call: LoggedCall) -> dict[str, Any]:
    """Write one call out as JSON has it; times are ISO 8601 in UTC.

    Digests in the trail bind these names, so they outlive those of the columns.
    """
    return {
        "id": call.id,
        "submission_id": call.submission_id,
        "at": call.at.isoformat(),
        "duration_ms": call.duration_ms,
        "connection": call.connection,
        "destination": call.connection_key,
        "method": call.method,
        "url": call.url,
        "status": call.status,
        "outcome": call.outcome,
        "request_headers": call.request_headers,
        "request_body": call.request_body,
        "response_headers": call.response_headers,
        "response_body": call.response_body,
    }


def find_of_submission(session: Session, submission_id: int) -> LoggedCall | None:
    """Find the call of a submission; `None` for one from before there was a log."""
    return session.scalar(select(LoggedCall).where(LoggedCall.submission_id == submission_id))


def find_of_submissions(session: Session, ids: Iterable[int]) -> dict[int, LoggedCall]:
    """Find the calls of these submissions, by the submission's id."""
    calls = session.scalars(_OF_SUBMISSIONS, {"ids": list(ids)})
    return {call.submission_id: call for call in calls if call.submission_id is not None}


_OF_SUBMISSIONS = select(LoggedCall).where(
    LoggedCall.submission_id.in_(bindparam("ids", expanding=True))
)


def find_last_test(session: Session, connection_key: str) -> LoggedCall | None:
    """Find the latest test of a connection; `None` if it was never tested."""
    tests = select(LoggedCall).where(
        LoggedCall.connection_key == connection_key, LoggedCall.submission_id.is_(None)
    )
    return session.scalars(tests.order_by(LoggedCall.id.desc()).limit(1)).first()


def find_check(session: Session, call_id: int, key: str) -> LoggedCall | None:
    """Find a check that was logged under this key; `None` if the call is another, or none."""
    call = session.get(LoggedCall, call_id)
    return call if call and call.connection_key == key else None


def index_call(session: Session, call: LoggedCall) -> None:
    """Index a call for the search; to be repeated after each change of it."""
    index_calls(session, [call])


def index_calls(session: Session, calls: Sequence[LoggedCall]) -> None:
    """Index calls for the search, if there are any."""
    session.flush()
    rows = [
        {"rowid": call.id, "connection_key": call.connection_key, "text": join_words(call)}
        for call in calls
    ]
    if rows:
        replace_rows(session, CALL_INDEX, [call.id for call in calls], rows)


def join_words(call: LoggedCall) -> str:
    """Join all of a call that it is found by."""
    parts = (call.connection, call.method, call.url, call.status, call.outcome)
    headers = (*call.request_headers.values(), *call.response_headers.values())
    return "\n".join(
        str(part) for part in (*parts, *headers, call.request_body, call.response_body) if part
    )


def _split_words(query: LogQuery) -> tuple[list[str], list[str]]:
    """Give all words of a query, and those of them that the index knows.

    Raises `NotSearchable`: to look for short words alone, every call would have to be read.
    """
    words = split_search_words(query.search)
    long_words = [word for word in words if len(word) >= SHORTEST]
    if words and not long_words:
        raise NotSearchable(f"Search for a word of {SHORTEST} characters or more.")
    return words, long_words


def _select(session: Session, query: LogQuery) -> Select[LoggedCall]:
    """Find the newest first, or the next ones above a number.

    By words it is the index that has the order and the connection. Raises `NotSearchable`.
    """
    words, long_words = _split_words(query)
    if not words:
        selection, number = select(LoggedCall), LoggedCall.id.expression
        if query.connection_key:
            selection = selection.where(LoggedCall.connection_key == query.connection_key)
    else:
        number = CALL_INDEX.c.rowid
        contains = queries(session).contains(CALL_INDEX, long_words, query.connection_key)
        selection = select(LoggedCall).join(CALL_INDEX, number == LoggedCall.id).where(contains)
        for word in words:
            if len(word) < SHORTEST:
                selection = selection.where(CALL_INDEX.c.text.icontains(word, autoescape=True))
    if query.keys is not None:
        selection = selection.where(LoggedCall.connection_key.in_(query.keys))
    if query.after is not None:
        return selection.where(number > query.after).order_by(number)
    if query.before is not None:
        selection = selection.where(number < query.before)
    return selection.order_by(number.desc())
