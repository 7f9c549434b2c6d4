"""The pages for what went wrong: a sentence, a next step, never a stack trace."""

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.store.drafts import AlreadySubmitted, NoSuchDraft
from app.store.log import NoSuchExchange
from app.store.saved_connections import NoSuchConnection
from app.submission import NoSuchSubmission

_SAID = {
    400: ("This request could not be read", "Go back, reload the page and try again."),
    404: ("There is no such page", "The address may be mistyped, or what was here is gone."),
    405: ("This cannot be opened like that", "Start from the list of drafts."),
    413: ("That is too much at once", "Send less than 256 kB."),
}
_OTHERWISE = ("Something went wrong here", "Your draft is kept. Try again in a moment.")
_UNWRITABLE = (
    "This could not be written down",
    (
        "The database cannot be used just now: it is locked, or the disk is full. Nothing was "
        "sent, and what you typed is kept on this page."
    ),
)
_EXPIRED = (
    "This page is from an older visit",
    "Go back and reload the page. What you typed is kept in this browser.",
)


def install(app: Flask) -> None:
    """Show these pages instead of the framework's."""
    for missing in (NoSuchDraft, NoSuchSubmission, NoSuchConnection, NoSuchExchange):
        app.register_error_handler(missing, _missing)
    app.register_error_handler(AlreadySubmitted, _sent)
    app.register_error_handler(CSRFError, lambda _error: _page(400, _EXPIRED))
    app.register_error_handler(OperationalError, _unwritable)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _failed)


def _missing(_error: Exception) -> tuple[str | Response, int]:
    return _page(404, _SAID[404])


def _sent(error: AlreadySubmitted) -> ResponseReturnValue:
    return redirect(url_for("submissions.latest", draft_id=error.draft_id))


def _refused(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    return _page(error.code, _SAID.get(error.code, _OTHERWISE))


def _unwritable(error: OperationalError) -> tuple[str | Response, int]:
    """Say that the database cannot be used, and keep what was posted ready to be posted again."""
    current_app.logger.error("The database cannot be used: %s", error.orig)
    if _is_for_a_script():
        return _page(503, _UNWRITABLE)
    title, advice = _UNWRITABLE
    posted = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return render_template(
        "errors/again.html", title=title, advice=advice, posted=posted, address=request.full_path
    ), 503


def _failed(error: Exception) -> tuple[str | Response, int]:
    current_app.logger.error("Unexpected", exc_info=error)
    return _page(500, _OTHERWISE)


def _page(status: int, said: tuple[str, str]) -> tuple[str | Response, int]:
    title, advice = said
    if _is_for_a_script():
        return jsonify(title=title, advice=advice), status
    return render_template("errors/page.html", status=status, title=title, advice=advice), status


def _is_for_a_script() -> bool:
    """Tell whether a script asks, and shows what it is told."""
    return request.accept_mimetypes.best == "application/json"
