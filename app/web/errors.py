"""The pages for what went wrong: a sentence, a next step, never a stack trace."""

import sqlite3

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from app.logs import describe_error
from app.sending.resolution import NoSuchSubmission
from app.store.accounts import NoSuchAccount
from app.store.batches import NoSuchBatch
from app.store.comments import NoSuchComment
from app.store.drafts import AlreadySubmitted, NoSuchDraft
from app.store.hooks import NoSuchHook
from app.store.join_links import NoSuchLink
from app.store.request_log import NoSuchCall
from app.store.saved_connections import NoSuchConnection
from app.store.vault import BadKeys
from app.web import security_lines
from app.web.access import find_person
from app.web.problems import describe_status, make_problem
from app.web.refusals import (
    NoSecondFactor,
    NotAllowed,
    NotFresh,
    NoToken,
    NotOpen,
    NotSignedIn,
    TooManyTries,
)
from app.web.second_factor import find_second_factor_page, has_passkey
from app.web.security import is_from_here
from app.web.token_access import is_for_api

_SAID = {
    400: ("This request could not be read", "Go back, reload the page and try again."),
    404: ("There is no such page", "The address may be mistyped, or what was here is gone."),
    405: ("This cannot be opened like that", "Start from the list of campaigns."),
    413: ("That is too much at once", "Shorten what you typed: go back, where it still stands."),
}
_TRY_AGAIN = "Try again in a moment."
_OTHERWISE = ("Something went wrong here", _TRY_AGAIN)
_FAILED = (
    "Something went wrong here",
    "This was not done, or not all of it. What you typed is kept on this page.",
)
_STRANGE_HOST = (
    "This host name is not known here",
    "Ask for the name by which the app is reached: the setting TRUSTED_HOSTS has it.",
)
_UNREADABLE = "This cannot be shown just now"
_UNWRITABLE = "This could not be written down"
_NOTHING_SENT = "Nothing was sent, and what you typed is kept on this page."
_OTHER_REASON = "The database cannot be used; the log says why."
_REASONS = (
    ("malformed", "The database is damaged: look at the log, and bring a backup back."),
    ("I/O error", "The disk cannot be read or written."),
    ("locked", "Another program has locked the database."),
    ("full", "The disk is full."),
    ("readonly", "The database may not be written by this program."),
    ("deleted or replaced", "The database file was deleted or replaced: start the app again."),
    ("moved to PostgreSQL", "Everything was moved: start the app again, with DATABASE_URL."),
    ("being brought back", "A backup is being brought back just now."),
    ("lock timeout", "Somebody else is writing about the same just now."),
    ("statement timeout", "The database took too long."),
    ("read-only", "The database may not be written just now."),
    ("QueuePool limit", "All connections to the database are in use just now."),
    ("connection", "The database cannot be reached just now."),
)
_NOT_CARRIED = {
    "again",
    "code",
    "credential",
    "csrf_token",
    "new_password",
    "new_password_confirm",
    "password",
    "token",
}
"""What is typed again, as no page shows it."""

_BEARER = 'Bearer realm="Campaign Builder"'
_BAD_TOKEN = f'{_BEARER}, error="invalid_token"'
_EXPIRED = ("This page is from an older visit", "Go back and reload the page.")
_SIGNED_OUT = (
    "You are signed out",
    "Nothing was done, and what you typed is kept here. Sign in in another tab, then try again.",
)
_NOT_FRESH = (
    "Prove that it is you",
    "Nothing was done yet. Prove it in another tab, then try again here.",
)
_NO_SECOND_FACTOR = (
    "Set up a second step first",
    "Nothing was done yet. Set it up in another tab, then try again here.",
)
_PASSKEY_FIRST = (
    "Use your passkey first",
    "Nothing was done yet. Prove in another tab that it is you, then try again here.",
)
_NOT_OPEN = (
    "Nobody can sign in here yet",
    "Open the link that was printed when Campaign Builder was started: it makes the first account.",
)
_USED_LINK = (
    "This link does not work any more",
    "It was used, or is too old. Sign in if your password is set; else ask for another link.",
)
_NO_ROLE = (
    "You have no role yet",
    "Ask an administrator of Campaign Builder for one, and sign in again.",
)
_OVERTAKEN = (
    "That was done already",
    "Another press, or another window, was quicker. Go on from there.",
)
_OLDER = (
    "This page is from an older visit",
    "Nothing was done, and what you typed is kept on this page. Try again.",
)


def install(app: Flask) -> None:
    """Show these pages instead of the framework's."""
    for missing in (
        NoSuchAccount,
        NoSuchHook,
        NoSuchBatch,
        NoSuchComment,
        NoSuchDraft,
        NoSuchSubmission,
        NoSuchConnection,
        NoSuchCall,
    ):
        app.register_error_handler(missing, _show_missing)
    app.register_error_handler(NoSuchLink, _show_used_link)
    app.register_error_handler(StaleDataError, _show_overtaken)
    app.register_error_handler(AlreadySubmitted, _lead_to_submission)
    app.register_error_handler(NotSignedIn, _offer_again_signed_out)
    app.register_error_handler(NoToken, _ask_for_token)
    app.register_error_handler(TooManyTries, _show_too_many_tries)
    app.register_error_handler(NotFresh, _offer_again_not_fresh)
    app.register_error_handler(NoSecondFactor, _offer_again_with_one_factor)
    app.register_error_handler(NotAllowed, _show_not_allowed)
    app.register_error_handler(NotOpen, _show_not_open)
    app.register_error_handler(CSRFError, _offer_again_expired)
    for unusable in (SQLAlchemyError, sqlite3.Error):
        app.register_error_handler(unusable, _show_unwritable)
    app.register_error_handler(BadKeys, _show_without_keys)
    app.register_error_handler(HTTPException, _show_refused)
    app.register_error_handler(Exception, _show_failed)


def _show_used_link(_error: NoSuchLink) -> tuple[str | Response, int]:
    return _draw_page(404, _USED_LINK)


def _show_overtaken(error: StaleDataError) -> tuple[str | Response, int]:
    """Answer the second of two presses that the first has overtaken."""
    current_app.logger.warning("Overtaken by another request: %s", describe_error(error))
    return _draw_page(409, _OVERTAKEN)


def _show_missing(_error: Exception) -> tuple[str | Response, int]:
    return _draw_page(404, _SAID[404])


def _offer_again_expired(_error: CSRFError) -> tuple[str | Response, int]:
    """Offer what a page of ours posted once more; what comes from elsewhere is not offered."""
    security_lines.note(security_lines.FORGED)
    return _offer_again(400, _OLDER) if is_from_here() else _draw_page(400, _EXPIRED)


def _offer_again_signed_out(_error: NotSignedIn) -> tuple[str | Response, int]:
    return _offer_again(401, _SIGNED_OUT, ("Sign in", url_for("security.login")))


def _ask_for_token(error: NoToken) -> Response:
    """Say how a token is sent (RFC 6750)."""
    if error.was_sent:
        security_lines.note(security_lines.WRONG_TOKEN)
        sentence = ("This token does not work", "It has ended, or never existed. Make another.")
    else:
        sentence = ("A token is needed", "Send the header “Authorization: Bearer cb_…”.")
    answer = make_problem(401, sentence)
    answer.headers["WWW-Authenticate"] = _BAD_TOKEN if error.was_sent else _BEARER
    return answer


def _show_too_many_tries(error: TooManyTries) -> tuple[str | Response, int, dict[str, str]]:
    security_lines.note(security_lines.TOO_MANY)
    advice = f"Wait for {error.seconds} seconds, then try again."
    return *_draw_page(429, ("Too many tries", advice)), {"Retry-After": str(error.seconds)}


def _offer_again_not_fresh(_error: NotFresh) -> tuple[str | Response, int]:
    return _offer_again(401, _NOT_FRESH, ("Prove that it is you", url_for("security.verify")))


def _offer_again_with_one_factor(_error: NoSecondFactor) -> tuple[str | Response, int]:
    if has_passkey():
        return _offer_again(403, _PASSKEY_FIRST, ("Use a passkey", find_second_factor_page()))
    return _offer_again(403, _NO_SECOND_FACTOR, ("Set it up", find_second_factor_page()))


def _show_not_allowed(error: NotAllowed) -> tuple[str | Response, int]:
    security_lines.note(security_lines.NOT_ALLOWED)
    has_role = is_for_api() or bool(find_person().roles) or find_person().is_local
    sentence = ("You may not do this", str(error)) if has_role else _NO_ROLE
    return _offer_again(403, sentence) if request.method == "POST" else _draw_page(403, sentence)


def _show_not_open(_error: NotOpen) -> tuple[str | Response, int]:
    security_lines.note(security_lines.NOT_OPEN)
    return _draw_page(403, _NOT_OPEN)


def _lead_to_submission(error: AlreadySubmitted) -> ResponseReturnValue:
    return redirect(url_for("submissions.latest", draft_id=error.draft_id))


def _show_refused(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        return (
            (make_problem(400, _STRANGE_HOST), 400)
            if is_for_api()
            else _draw_page(400, _STRANGE_HOST)
        )
    original = getattr(error, "original_exception", None)
    if isinstance(original, StaleDataError):  # It was written after the view had ended.
        return _show_overtaken(original)
    page, status = _draw_page(error.code, _SAID.get(error.code, _OTHERWISE))
    if isinstance(page, Response) and isinstance(error, MethodNotAllowed):
        page.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return page, status


def _show_unwritable(error: Exception) -> tuple[str | Response, int]:
    """Say why the database cannot be used, and keep what was posted ready to be posted again."""
    reason = str(getattr(error, "orig", None) or error)
    current_app.logger.error("The database cannot be used: %s", describe_error(error))
    words = next((words for part, words in _REASONS if part in reason), _OTHER_REASON)
    if request.method == "GET":
        return _draw_page(503, (_UNREADABLE, f"{words} {_TRY_AGAIN}"))
    return _offer_again(503, (_UNWRITABLE, f"{words} {_NOTHING_SENT}"))


def _show_without_keys(error: BadKeys) -> tuple[str | Response, int]:
    current_app.logger.error("%s", error)
    return _offer_again(503, (_UNWRITABLE, f"{error} {_NOTHING_SENT}"))


def _show_failed(error: Exception) -> tuple[str | Response, int]:
    current_app.logger.error("Unexpected", exc_info=error)
    return _offer_again(500, _FAILED) if request.method == "POST" else _draw_page(500, _OTHERWISE)


def _offer_again(
    status: int, sentence: tuple[str, str], first: tuple[str, str] | None = None
) -> tuple[str | Response, int]:
    """Show a page from which the same can be posted again; a token is typed again instead.

    What has to be done *first* is a link, by its words, that opens beside it.

    What another site posted is not offered: the form would be one of ours.
    """
    if is_for_api() or _is_for_a_script() or (request.method == "POST" and not is_from_here()):
        return _draw_page(status, sentence)
    title, advice = sentence
    try:
        posted = [pair for pair in request.form.items(multi=True) if pair[0] not in _NOT_CARRIED]
    except HTTPException:  # Of a form that is too large, or was cut off, nothing is offered.
        return _draw_page(status, sentence)
    return render_template(
        "errors/again.html",
        title=title,
        advice=advice,
        first=first,
        posted=posted,
        address=request.full_path,
    ), status


def _draw_page(status: int, sentence: tuple[str, str]) -> tuple[str | Response, int]:
    title, advice = sentence
    if is_for_api():
        return make_problem(status, describe_status(status, sentence)), status
    if _is_for_a_script():
        return jsonify(title=title, advice=advice), status
    return render_template("errors/page.html", status=status, title=title, advice=advice), status


def _is_for_a_script() -> bool:
    """Tell whether a script asks, and shows what it is told."""
    return request.accept_mimetypes.best == "application/json"
