"""Try a connection out: one call that can create nothing, written to the request log."""

from dataclasses import asdict
from datetime import UTC, datetime

from app.connections import Connections, Destination
from app.remote.connection import BadConnection
from app.remote.errors import BadKey, NotSent, RemoteError
from app.remote.exchange import Exchange
from app.store import log, records, saved_connections
from app.store.database import Store


def try_out(connections: Connections, to: Destination, store: Store) -> str:
    """Call the API of a connection, keep what came of it, and say it in a sentence or two."""
    try:
        api = connections.api(to.key)
    except BadConnection as error:
        return str(error)
    try:
        exchange: Exchange | None = api.probe()
        said = _answered(exchange)
    except RemoteError as error:
        exchange, said = error.exchange, _failed(error)
    with store.writing() as session:
        call = records.Exchange(
            destination=to.key,
            connection=to.name,
            at=datetime.now(UTC),
            method="GET",
            url=to.campaigns_url,
            outcome=said,
        )
        if exchange:
            log.complete(call, asdict(exchange))
        session.add(call)
        log.index(session, call)
        if not to.is_fixed:
            saved_connections.keep_test(session, to.key, said)
    return said


def _answered(exchange: Exchange | None) -> str:
    status = exchange.status if exchange else None
    return (
        f"It answers (status {status}), and did not refuse the token. The API publishes no call "
        "that would prove the token without creating a campaign."
    )


def _failed(error: RemoteError) -> str:
    if isinstance(error, NotSent):
        return f"{error.message} Check the base URL and the network."
    if isinstance(error, BadKey):
        return f"It answers, and does not accept the token. It said: {error.message}"
    return error.message
