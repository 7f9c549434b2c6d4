"""Try a connection out: one call that can create nothing, written to the request log.

The call is in the log before it is made, without an outcome; so every process of the app knows
that a test is under way, and no second one is begun. If its process dies, the call stays as it is,
and after its deadline the test is over: its result can no longer come.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from sqlalchemy.orm import Session

from app.connections import Connection, ConnectionRegistry
from app.remote.connection import BadConnection
from app.remote.errors import BadKey, NotSent, RemoteError
from app.remote.exchange import Exchange
from app.sending.call_record import complete_call
from app.sending.submission import GRACE
from app.store import audit_trail, request_log
from app.store.audit_trail import EventKind, name_connection_chain
from app.store.chains import hash_document
from app.store.database import Store
from app.store.records import LoggedCall
from app.store.saved_connections import NoSuchConnection


def is_under_way(test: LoggedCall, connections: ConnectionRegistry) -> bool:
    """Tell whether the result of a test can still come; a clock that is set back ends it, too."""
    longest = timedelta(seconds=connections.network.deadline) + GRACE
    return not test.outcome and abs(datetime.now(UTC) - test.at) < longest


def begin_test(
    connections: ConnectionRegistry, to: Connection, began: datetime, store: Store
) -> int | None:
    """Log the call of a test before it is made, and give its number; `None` if one is under way.

    *began* is an instant (aware) before *to* was read: the test says nothing of later changes.
    """
    with store.writing(name_connection_chain(to.key)) as session:
        last = request_log.find_last_test(session, to.key)
        if last and is_under_way(last, connections):
            return None
        call = LoggedCall(
            connection_key=to.key,
            connection=to.name,
            at=began,
            method="GET",
            url=to.campaigns_url,
            outcome="",
        )
        session.add(call)
        _record(session, EventKind.CONNECTION_TEST_BEGUN, call)
        return call.id


def test_connection(connections: ConnectionRegistry, key: str, call_id: int, store: Store) -> None:
    """Call the API of a connection, and log what came of it in a sentence or two.

    *call_id* is what `begin_test` has given. Errors of the call become the result; raises
    `DatabaseError` if the log cannot be written.
    """
    exchange: Exchange | None = None
    try:
        exchange = connections.open_api(key).probe()
        words = _describe_answer(exchange)
    except BadConnection as error:
        words = str(error)
    except NoSuchConnection:
        words = "This connection is gone."
    except RemoteError as error:
        exchange, words = error.exchange, _describe_failure(error)
    with store.writing(name_connection_chain(key)) as session:
        call = request_log.find(session, call_id)
        call.outcome, began = words, call.at
        if exchange:
            complete_call(call, exchange)
            call.at = began  # The connection was read before the call began, and may have changed.
        request_log.index_call(session, call)
        _record(session, EventKind.CONNECTION_TESTED, call)


def _record(session: Session, kind: EventKind, call: LoggedCall) -> None:
    """Bind a call, as it is now, to the chain of its connection."""
    session.flush()
    audit_trail.record(
        session,
        kind,
        name_connection_chain(call.connection_key),
        call=call.id,
        call_digest=hash_document(request_log.write_document(call)),
    )


def _describe_answer(exchange: Exchange | None) -> str:
    status = exchange.status if exchange else None
    if status == HTTPStatus.NOT_FOUND:
        return (
            "It answers (status 404), so nothing seems to be at this address. Check the base URL, "
            "unless the API answers so to whatever it does not offer."
        )
    return (
        f"It answers (status {status}), and did not refuse the token. The API publishes no call "
        "that would prove the token without creating a campaign."
    )


def _describe_failure(error: RemoteError) -> str:
    if isinstance(error, NotSent):
        return f"{error.message} Check the base URL and the network."
    if isinstance(error, BadKey):
        return f"It answers, and does not accept the token. It says: {error.message}"
    return error.message
