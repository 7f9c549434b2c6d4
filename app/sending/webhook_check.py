"""Try a webhook address out: one event that is marked as a test, written to the request log.

The event says nothing of the campaign or of anybody in it. What the address answers is not kept,
and of the address itself neither a user name nor a query, where many receivers have a secret.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from ssl import SSLCertVerificationError
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

from requests.exceptions import Timeout

from app.campaign.formatting import format_count
from app.connections import Network
from app.remote.addresses import NoPublicAddress
from app.remote.call import Broken, Call, describe_unread
from app.remote.redaction import SECRET
from app.sending.call_record import complete_call
from app.store import audit_trail, request_log, throttles
from app.store.audit_trail import EventKind, name_connection_chain
from app.store.chains import hash_document
from app.store.database import Store
from app.store.dialects import queries
from app.store.records import LoggedCall
from app.store.throttles import Pace
from app.version import VERSION

WEBHOOK = throttles.WEBHOOK_CHECK
"""The key under which the log has these calls, in the place of a connection's."""

DEADLINE = 5.0
"""Seconds that somebody waits for the form to come back."""

_PACE = Pace(rate=0.5, burst=1, concurrency=1)
_DAY = 24 * 60 * 60


class TooSoon(Exception):
    """Another check began less than two seconds ago."""


def check_webhook(url: str, network: Network, store: Store) -> int:
    """Send a test event to an address, and give the number of the call in the request log.

    Errors of the call become its outcome. Raises `TooSoon`, and `DatabaseError` if the log cannot
    be written.
    """
    _take_turn(store)
    call, seconds = Call("POST", url, _write_event(), _HEADERS), min(DEADLINE, network.deadline)
    try:
        call.make(network.adapters, seconds, network.allowed)
        words = _describe_answer(call)
    except Broken as error:
        words = _describe_failure(call, error, seconds)
    return _log(call, words, store)


def was_received(call: LoggedCall) -> bool:
    """Tell whether the address took the event of a check."""
    return call.status is not None and 200 <= call.status < 300


def _take_turn(store: Store) -> None:
    """Hold all processes together to one check in two seconds: it calls whatever is typed."""
    with store.writing(throttles.name_subject(WEBHOOK)) as session:
        throttle = throttles.find(session, WEBHOOK, _PACE)
        may_go = throttles.take_up_to(throttle, 1, queries(session).read_clock(session))
    if not may_go:
        raise TooSoon


_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": f"CampaignBuilder/{VERSION}",
    "X-Campaign-Builder": "test",
    "Connection": "close",
}


def _write_event() -> bytes:
    event = {
        "test": True,
        "message": "A test of this address by Campaign Builder. Nothing has happened.",
        "sent_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(event, indent=2).encode()


def _describe_answer(call: Call) -> str:
    status = call.status or 0
    answered = f"It answers with status {status}"
    if 300 <= status < 400:
        answered += ", a redirect, which may not be followed: enter the address that it leads to"
    elif not 200 <= status < 300:
        answered += ", not with one of 200 to 299: whatever receives events there did not take it"
    took = call.to_exchange("").duration_ms
    return f"{answered}. It took {took:,} ms. {_describe_tls(call)}"


def _describe_tls(call: Call) -> str:
    if call.tls is None:
        return "The address is not encrypted: anybody on the way can read the events."
    days = int((call.tls.expires - datetime.now(UTC).timestamp()) // _DAY)
    end = "expires within a day" if days < 1 else f"expires in {format_count(days, 'day')}"
    return f"{call.tls.version}; the certificate {end}."


def _describe_failure(call: Call, error: Broken, seconds: float) -> str:
    cause = error.__cause__
    if isinstance(cause, NoPublicAddress):
        return "It could not be reached: its host has no public address."
    if certificate := _find_certificate_error(cause):
        return f"Its certificate is not accepted: {certificate.verify_message}. Nothing was sent."
    # At the deadline a connection is shut, which looks as if the other side had done it.
    if isinstance(cause, Timeout) or monotonic() - call.began >= seconds:
        return f"It did not answer within {seconds:g} seconds."
    if words := describe_unread(error):
        return words
    if call.status is not None or error.was_sent:
        return "It broke the connection off before its answer was complete."
    return "It could not be reached. Check the host name and the port."


def _find_certificate_error(error: BaseException | None) -> SSLCertVerificationError | None:
    while error:
        if isinstance(error, SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _log(call: Call, words: str, store: Store) -> int:
    exchange = replace(
        call.to_exchange(""), url=hide_secrets(call.url), response_headers={}, response_body=""
    )
    chain = name_connection_chain(WEBHOOK)
    with store.writing(chain) as session:
        logged = LoggedCall(connection_key=WEBHOOK, connection="Webhook", outcome=words)
        complete_call(logged, exchange)
        session.add(logged)
        request_log.index_call(session, logged)
        audit_trail.record(
            session,
            EventKind.CONNECTION_TESTED,
            chain,
            call=logged.id,
            call_digest=hash_document(request_log.write_document(logged)),
        )
        return logged.id


def hide_secrets(url: str) -> str:
    """Write an address as it is logged: without who signs in there, and without its query.

    The path stays, by which it is recognized; whoever may read the log may read the campaign.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    netloc = f"{SECRET if user else user}{at}{host}"
    return urlunsplit((parts.scheme, netloc, parts.path, SECRET if parts.query else "", ""))
