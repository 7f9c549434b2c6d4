"""The request log: every call to an API, searched, and read a page at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, column, literal_column, select, table, text
from sqlalchemy.orm import Session

from app.store.records import Exchange
from app.store.search_words import SHORTEST, NotSearchable, quoted, split_search_words

PAGE = 50
_index = table("exchange_search", column("rowid"), column("text"))
_OVER_THE_WIRE = ("at", "duration_ms", "method", "url", "request_body", "status", "response_body")


class NoSuchExchange(LookupError):
    """The log has no call under this number."""


@dataclass(frozen=True)
class Query:
    """What to read: words that must all occur, and one connection.

    A page has the newest numbers below *before*, or the next ones above *after*.
    """

    search: str = ""
    connection_key: str = ""
    before: int | None = None
    after: int | None = None


def check(query: Query) -> None:
    """Raise `NotSearchable` for a query that cannot be answered."""
    _matching(query)


def find(session: Session, exchange_id: int) -> Exchange:
    """Find one call; raises `NoSuchExchange`."""
    exchange = session.get(Exchange, exchange_id)
    if exchange is None:
        raise NoSuchExchange(exchange_id)
    return exchange


def page(session: Session, query: Query) -> tuple[list[Exchange], int | None, int | None]:
    """Read the calls of a page, newest first, and the numbers between which it lies.

    The next newer page begins above the first number, the next older one below the second;
    `None` if there is none. What would reach over the newest call is the newest page.
    """
    if query.after is not None:
        exchanges, more = _read(session, query)
        if more:
            return exchanges[::-1], exchanges[-1].id, exchanges[0].id
        query = replace(query, after=None, before=None)
    exchanges, more = _read(session, query)
    is_newest = query.before is None or not exchanges
    return exchanges, None if is_newest else exchanges[0].id, exchanges[-1].id if more else None


def _read(session: Session, query: Query) -> tuple[list[Exchange], bool]:
    """Read as many as a page holds, and whether there are more."""
    exchanges = list(session.scalars(_matching(query).limit(PAGE + 1)))
    return exchanges[:PAGE], len(exchanges) > PAGE


def every(session: Session, query: Query) -> Iterator[dict[str, Any]]:
    """Read all calls that match, as JSON has them, the newest first."""
    for exchange in session.scalars(_matching(query).execution_options(yield_per=200)):
        yield as_document(exchange)


def as_document(exchange: Exchange) -> dict[str, Any]:
    """Write one call out as JSON has it; times are ISO 8601 in UTC.

    Digests in the trail bind these names, so they outlive those of the columns.
    """
    return {
        "id": exchange.id,
        "submission_id": exchange.submission_id,
        "at": exchange.at.isoformat(),
        "duration_ms": exchange.duration_ms,
        "connection": exchange.connection,
        "destination": exchange.connection_key,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "outcome": exchange.outcome,
        "request_headers": exchange.request_headers,
        "request_body": exchange.request_body,
        "response_headers": exchange.response_headers,
        "response_body": exchange.response_body,
    }


def of_submission(session: Session, submission_id: int) -> Exchange | None:
    """Find the call that a submission made."""
    return session.scalar(select(Exchange).where(Exchange.submission_id == submission_id))


def last_test(session: Session, connection_key: str) -> Exchange | None:
    """Find the last call that tested a connection."""
    tests = select(Exchange).where(
        Exchange.connection_key == connection_key, Exchange.submission_id.is_(None)
    )
    return session.scalars(tests.order_by(Exchange.id.desc()).limit(1)).first()


def complete(exchange: Exchange, known: Mapping[str, Any]) -> None:
    """Fill in a call, written down before it was made, with how it went over the wire."""
    for name in _OVER_THE_WIRE:
        setattr(exchange, name, known[name])
    exchange.request_headers = dict(known["request_headers"])
    exchange.response_headers = dict(known["response_headers"])


def index(session: Session, exchange: Exchange) -> None:
    """Make a call findable by everything in it; once more after it has changed."""
    session.flush()
    session.execute(text("DELETE FROM exchange_search WHERE rowid = :id"), {"id": exchange.id})
    session.execute(
        text("INSERT INTO exchange_search (rowid, connection_key, text) VALUES (:id, :to, :words)"),
        {"id": exchange.id, "to": exchange.connection_key, "words": _words(exchange)},
    )


def _words(exchange: Exchange) -> str:
    parts = (exchange.connection, exchange.method, exchange.url, exchange.status, exchange.outcome)
    headers = (*exchange.request_headers.values(), *exchange.response_headers.values())
    return "\n".join(
        str(part)
        for part in (*parts, *headers, exchange.request_body, exchange.response_body)
        if part
    )


def _matching(query: Query) -> Select[Exchange]:
    """Find the newest first, or the next ones above a number.

    By words it is the index that has the order and the connection.

    Raises `NotSearchable`: to look for short words alone, every call would have to be read.
    """
    words = split_search_words(query.search)
    long_words = [word for word in words if len(word) >= SHORTEST]
    if words and not long_words:
        raise NotSearchable(f"Search for a word of {SHORTEST} characters or more.")
    if not words:
        selection, number = select(Exchange), Exchange.id.expression
        if query.connection_key:
            selection = selection.where(Exchange.connection_key == query.connection_key)
    else:
        number = _index.c.rowid
        selection = select(Exchange).join(_index, number == Exchange.id)
        phrases = [f"text : {quoted(word)}" for word in long_words]
        if query.connection_key:
            phrases.append(f"connection_key : {quoted(query.connection_key)}")
        selection = selection.where(
            literal_column("exchange_search").op("MATCH")(" AND ".join(phrases))
        )
        for word in words:
            if len(word) < SHORTEST:
                selection = selection.where(_index.c.text.icontains(word, autoescape=True))
    if query.after is not None:
        return selection.where(number > query.after).order_by(number)
    if query.before is not None:
        selection = selection.where(number < query.before)
    return selection.order_by(number.desc())
