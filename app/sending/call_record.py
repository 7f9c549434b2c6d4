"""How a call went over the wire, copied into its row of the request log."""

from app.remote.exchange import Exchange
from app.store.records import LoggedCall


def complete_call(call: LoggedCall, exchange: Exchange) -> None:
    """Fill in a call, written down before it was made, with how it went over the wire."""
    call.at = exchange.at
    call.duration_ms = exchange.duration_ms
    call.method = exchange.method
    call.url = exchange.url
    call.request_headers = dict(exchange.request_headers)
    call.request_body = exchange.request_body
    call.status = exchange.status
    call.response_headers = dict(exchange.response_headers)
    call.response_body = exchange.response_body
