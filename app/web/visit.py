"""Who is at the browser, and where what they look at goes."""

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from app.connections import SANDBOX, Connection
from app.sending.confirmation import clean_sender
from app.services import connections
from app.store.models import Draft, Submission
from app.web.access import find_person
from app.web.remembered import remember

_NAME = "who"


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
    """Name the person at the browser: the account, or on one person's machine what they typed."""
    person = find_person()
    return _read_typed_name() if person.is_local else person.label


def _read_typed_name() -> str:
    """Read the name as it was given with this request or an earlier one."""
    return clean_sender(request.form.get(_NAME, request.cookies.get(_NAME, "")))


def remember_who(response: Response) -> Response:
    """Keep the name that came with this request, so that it need not be typed again."""
    if _NAME in request.form and find_person().is_local:
        remember(response, _NAME, _read_typed_name())
    return response
