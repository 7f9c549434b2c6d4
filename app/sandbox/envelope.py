"""The one shape of every answer of the API, errors included, whatever went wrong."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from app.campaign.contract.fields import CAMPAIGNS_PATH

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_SAID = {
    400: "Send the request again: it did not come whole.",
    404: f"There is nothing at this address. Send campaigns to {CAMPAIGNS_PATH}.",
    405: "This address does not know this method; the header Allow says which it knows.",
    413: "Send less: a campaign is a few hundred bytes.",
}
_OTHER_HOST = "Send the request to a host name that this sandbox answers to."
UNWRITABLE = "The sandbox cannot use its database just now. Nothing was created."
_FAILED = "The sandbox failed, which it should not. Look at its log."


def write_error(message: str) -> str:
    """Write an error as the API would, for what is refused before it is asked."""
    return json.dumps({"status": "error", "message": message}, ensure_ascii=False)


def answer_success(status: int, message: str, data: Mapping[str, Any]) -> Response:
    """Answer as the API's page documents a success."""
    return _make_answer(status, {"status": "success", "message": message, "data": data})


def answer_error(
    status: int, message: str, errors: Mapping[str, Sequence[str]] | None = None
) -> Response:
    """Answer with an error; *errors* are sentences by field."""
    content: dict[str, Any] = {"status": "error", "message": message}
    if errors:
        content["errors"] = errors
    answer = _make_answer(status, content)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def install(sandbox: Flask) -> None:
    """Put whatever the framework refuses, or fails at, into the envelope."""
    sandbox.register_error_handler(HTTPException, _answer_refused)
    sandbox.register_error_handler(SecurityError, lambda _error: answer_error(400, _OTHER_HOST))
    sandbox.register_error_handler(SQLAlchemyError, _answer_unwritable)
    sandbox.register_error_handler(Exception, _answer_failed)
    sandbox.after_request(_guard)


def _make_answer(status: int, content: Mapping[str, Any]) -> Response:
    answer = jsonify(content)
    answer.status_code = status
    return answer


def _answer_refused(error: HTTPException) -> Response:
    status = error.code or 500
    answer = answer_error(status, _SAID.get(status, error.name))
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _answer_unwritable(error: Exception) -> Response:
    current_app.logger.error("The sandbox cannot use its database", exc_info=error)
    return answer_error(503, UNWRITABLE)


def _answer_failed(error: Exception) -> Response:
    current_app.logger.error("Unexpected", exc_info=error)
    return answer_error(500, _FAILED)


def _guard(answer: Response) -> Response:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer
