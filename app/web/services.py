"""What the views work with, as the present app has it, and who is at the browser."""

from dataclasses import replace
from typing import cast

from flask import current_app, request
from werkzeug.wrappers import Response

from app.connections import SANDBOX, Connection, ConnectionRegistry
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Faults
from app.sending.background import Sender
from app.sending.journal import Journal
from app.store.database import Store
from app.store.models import Draft, Submission

_NAME = "who"
_LONGEST_NAME = 80
_YEAR = 365 * 24 * 60 * 60


def store() -> Store:
    return cast(Store, current_app.extensions["store"])


def sender() -> Sender:
    return cast(Sender, current_app.extensions["sender"])


def journal() -> Journal:
    return cast(Journal, current_app.extensions["journal"])


def connections() -> ConnectionRegistry:
    return cast(ConnectionRegistry, current_app.extensions["connections"])


def ledger() -> Ledger:
    return cast(Ledger, current_app.extensions["ledger"])


def faults() -> Faults:
    return cast(Faults, current_app.extensions["faults"])


def connection_of(draft: Draft) -> Connection:
    """Find where a draft goes."""
    return connections().find(draft.destination)


def sent_to(submission: Submission) -> Connection:
    """Tell where a submission went, as it was called then, whatever has become of it."""
    key = submission.destination or (SANDBOX if submission.is_sandbox else "")
    return replace(
        connections().find(key), name=submission.connection, is_sandbox=submission.is_sandbox
    )


def who() -> str:
    """Name the person at the browser, as they gave it with this request or an earlier one."""
    given = request.form.get(_NAME, request.cookies.get(_NAME, ""))
    return "".join(sign for sign in given.strip() if sign.isprintable())[:_LONGEST_NAME]


def remember_who(response: Response) -> Response:
    """Keep the name that came with this request, so that it need not be typed again."""
    if _NAME in request.form:
        response.set_cookie(_NAME, who(), max_age=_YEAR, samesite="Lax", httponly=True)
    return response
