"""Try a connection out: one call that can create nothing, written to the request log."""

from datetime import datetime

from app.connections import Connection, ConnectionRegistry
from app.remote.connection import BadConnection
from app.remote.errors import BadKey, NotSent, RemoteError
from app.remote.exchange import Exchange
from app.sending.call_record import complete_call
from app.store import audit_trail, records, request_log
from app.store.audit_trail import EventKind, name_connection_chain
from app.store.chains import hash_document
from app.store.database import Store


def test_connection(
    connections: ConnectionRegistry, to: Connection, began: datetime, store: Store
) -> None:
    """Call the API of a connection, and log the call with its result in a sentence or two.

    *began* is an instant (aware) before *to* was read: the test says nothing of later changes.
    Errors of the call become the result; raises `DatabaseError` if the log cannot be written.
    """
    exchange: Exchange | None = None
    try:
        exchange = connections.open_api(to.key).probe()
        words = _describe_answer(exchange)
    except BadConnection as error:
        words = str(error)
    except RemoteError as error:
        exchange, words = error.exchange, _describe_failure(error)
    with store.writing(name_connection_chain(to.key)) as session:
        call = records.LoggedCall(
            connection_key=to.key,
            connection=to.name,
            at=began,
            method="GET",
            url=to.campaigns_url,
            outcome=words,
        )
        if exchange:
            complete_call(call, exchange)
            call.at = began  # The connection was read before the call began, and may have changed.
        session.add(call)
        request_log.index_call(session, call)
        audit_trail.record(
            session,
            EventKind.CONNECTION_TESTED,
            name_connection_chain(to.key),
            call=call.id,
            call_digest=hash_document(request_log.write_document(call)),
        )


def _describe_answer(exchange: Exchange | None) -> str:
    status = exchange.status if exchange else None
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
