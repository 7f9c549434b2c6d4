"""The pages for what went wrong: a sentence, a next step, never a stack trace."""

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.store.drafts import AlreadySubmitted, NoSuchDraft
from app.submission import NoSuchSubmission

_SAID = {
    400: ("This request could not be read", "Go back, reload the page and try again."),
    404: ("There is no such page", "The address may be mistyped, or what was here is gone."),
    405: ("This cannot be opened like that", "Start from the list of drafts."),
    413: ("That is too much at once", "Send less than 256 kB."),
}
_OTHERWISE = ("Something went wrong here", "Your draft is kept. Try again in a moment.")
_EXPIRED = (
    "This page is from an older visit",
    "Go back and reload the page. What you typed is kept in this browser.",
)


def install(app: Flask) -> None:
    """Show these pages instead of the framework's."""
    app.register_error_handler(NoSuchDraft, _missing)
    app.register_error_handler(AlreadySubmitted, _sent)
    app.register_error_handler(NoSuchSubmission, _missing)
    app.register_error_handler(CSRFError, lambda _error: _page(400, _EXPIRED))
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


def _failed(error: Exception) -> tuple[str | Response, int]:
    current_app.logger.error("Unexpected", exc_info=error)
    return _page(500, _OTHERWISE)


def _page(status: int, said: tuple[str, str]) -> tuple[str | Response, int]:
    title, advice = said
    if request.accept_mimetypes.best == "application/json":  # A script asks, and shows this.
        return jsonify(title=title, advice=advice), status
    return render_template("errors/page.html", title=title, advice=advice), status
