"""The built-in sandbox as programs reach it: by tokens of their own, once people have accounts.

The app itself asks it within the process, and not through here. Alone, whoever uses this machine
may ask it with the token that its page names.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Request, Response

from app.rights import Scope
from app.sandbox import TOKEN
from app.sandbox.envelope import write_error
from app.services import find_services
from app.store import accounts, api_tokens
from app.web.gate import may_be_elsewhere

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_API = "/api/"
_OWN = "Send a token of yours that may write, as “Authorization: Bearer cb_…”."
_NOBODY_YET = "Nobody has an account here yet, so only this machine is answered."
_NOT_NOW = "The database cannot be used just now. Nothing was created."


class SandboxGate:
    """A WSGI application in front of the sandbox's API; its pages are for everybody."""

    def __init__(self, sandbox: "WSGIApplication", app: Flask) -> None:
        self._sandbox, self._app = sandbox, app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let a program in, or say what it needs."""
        request = Request(environ)
        if request.path.startswith(_API) and (refusal := self._find_refusal(request)):
            return refusal(environ, start_response)
        return self._sandbox(environ, start_response)

    def _find_refusal(self, request: Request) -> Response | None:
        """Find why a program is not let in; one that is gets the sandbox's own token."""
        try:
            with find_services(self._app).store.reading() as session:
                if not accounts.is_any_active(session):
                    is_strange = may_be_elsewhere(self._app, request)
                    return _refuse(403, _NOBODY_YET) if is_strange else None
                sent = request.authorization
                key = (sent.token or "") if sent and sent.type == "bearer" else ""
                token_and_account = api_tokens.find(session, key, datetime.now(UTC))
        except SQLAlchemyError:
            return _refuse(503, _NOT_NOW)
        if token_and_account is None or token_and_account[0].scope != Scope.WRITE:
            return _refuse(401, _OWN)
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
        return None


def _refuse(status: int, message: str) -> Response:
    answer = Response(write_error(message), status, mimetype="application/json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
