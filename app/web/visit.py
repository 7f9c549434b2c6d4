"""Who is at the browser, and where what they look at goes."""

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from app.connections import SANDBOX, Connection
from app.services import connections
from app.store.models import Draft, Submission

_NAME = "who"
_LONGEST_NAME = 80
_YEAR = 365 * 24 * 60 * 60


def find_connection(draft: Draft) -> Connection:
    """Find where a draft goes."""
    return connections().find(draft.connection_key)


def find_sent_connection(submission: Submission) -> Connection:
    """Tell where a submission went, as it was called then, whatever has become of it."""
    key = submission.connection_key or (SANDBOX if submission.is_sandbox else "")
    return replace(
        connections().find(key), name=submission.connection, is_sandbox=submission.is_sandbox
    )


def name_person() -> str:
    """Name the person at the browser, as they gave it with this request or an earlier one."""
    name = request.form.get(_NAME, request.cookies.get(_NAME, ""))
    return "".join(sign for sign in name.strip() if sign.isprintable())[:_LONGEST_NAME]


def remember_who(response: Response) -> Response:
    """Keep the name that came with this request, so that it need not be typed again."""
    if _NAME in request.form:
        response.set_cookie(
            _NAME,
            name_person(),
            max_age=_YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response
