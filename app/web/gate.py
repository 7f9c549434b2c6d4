"""The gate before every view: who asks is found out, and denied what the view does not allow.

Where an address names something that belongs to a connection, the right has to be given there.
What somebody may not see is not there for them: the answer is the one for what does not exist.

While there are no accounts, whoever reaches this machine may do everything, and only from itself.
"""

from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from math import ceil
from typing import Any

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Request

from app.people.sign_in import WITHOUT_ACCOUNT, find_account, renew_key
from app.rights import Person, Right, make_local_person
from app.services import connections, store
from app.store import accounts, sign_in_pace
from app.store.batch_models import Batch
from app.store.drafts import make_id
from app.store.models import Draft, Submission
from app.store.records import LoggedCall
from app.store.sign_in_pace import SIGN_INS, Tried
from app.web import security_lines
from app.web.access import SIGNED_IN, describe_missing, is_fresh
from app.web.onward import read_onward
from app.web.refusals import NotAllowed, NotFresh, NotOpen, NotSignedIn, TooManyTries
from app.web.second_factor import (
    check_passkey_deletion,
    is_past_code,
    lacks_second_factor,
    lead_to_second_factor,
    may_set_up_second_factor,
    note_second_factor,
)
from app.web.token_access import find_program, is_for_api

LIKE_NOTHING = frozenset({None, "metrics.show"})
"""No page, and what looks like none to who has no token for it; both without a database."""

_OPEN = frozenset(
    {
        "joining.join",
        "policy_reports.take",
        "joining.take_link",
        "provider.back",
        "provider.start",
        "recovery.ask",
        "recovery.send",
        "security.login",
        "security.mf_recovery",
        "security.tf_select",
        "security.two_factor_token_validation",
        "security.wan_signin",
        "security.wan_signin_response",
    }
)
"""What can be asked without having signed in."""

MAKES_SURE = {
    "joining.take_link": Tried.PASSWORD,
    "provider.start": Tried.PROVIDER,
    "recovery.send": Tried.RECOVERY,
    "security.change_password": Tried.AGAIN,
    "security.login": Tried.PASSWORD,
    "security.mf_recovery": Tried.CODE,
    "security.two_factor_token_validation": Tried.CODE,
    "security.verify": Tried.AGAIN,
    "security.wan_signin_response": Tried.PASSKEY,
    "security.wan_verify_response": Tried.PASSKEY,
}
"""Where somebody proves who they are, and somebody else could try to."""

_AGAIN = frozenset({"security.verify", "security.wan_verify_response"})
"""Where who is signed in proves anew who they are."""

_CLOSED = frozenset({"security.two_factor_rescue"})
"""What Flask-Security offers, and nobody needs here: rescue by e-mail."""

_FIRST = frozenset({"joining.join", "joining.take_link"})
"""What makes the first account."""

_MAKING = frozenset({"editing.autosave", "editing.blank", "editing.save"})
"""What is asked about a draft that need not be there yet."""

_TABLES: Mapping[str, type[Any]] = {
    "draft_id": Draft,
    "submission_id": Submission,
    "batch_id": Batch,
    "exchange_id": LoggedCall,
}
"""What belongs to a connection, by the name of its id in addresses."""

_OF_ACCOUNTS = frozenset({"account", "provider", "recovery", "security"})
"""Parts of the app that are about an account, and not there while nobody has one."""


def install(app: Flask, *, is_reachable: bool, wants_second_factor: bool) -> None:
    """Look at who asks before anything else.

    *is_reachable* tells whether other machines can reach the app, and *wants_second_factor* whether
    everybody has to sign in with two factors.
    """
    app.config["IS_REACHABLE"] = is_reachable
    app.config["WANTS_SECOND_FACTOR"] = wants_second_factor
    app.before_request(_check)
    app.after_request(_conclude_try)


def _check() -> ResponseReturnValue | None:
    if is_for_api():
        _check_program()
        return None
    return _check_visitor()


def _check_visitor() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint in LIKE_NOTHING:  # That there is no such page is told to anybody.
        g.person = _find_reader()
        return None
    if endpoint in WITHOUT_ACCOUNT:
        return None
    if endpoint in _CLOSED:
        abort(404)
    if request.blueprint == "security" and request.is_json:  # It takes any JSON for a form.
        abort(400)
    return _check_person(endpoint)


def _check_person(endpoint: str | None) -> ResponseReturnValue | None:
    g.person = person = _find_person()
    if person and not person.is_local and is_past_code(endpoint):
        return redirect(read_onward() or url_for("drafts.index"))
    if request.method == "POST" and endpoint in MAKES_SURE:
        _hold_back(MAKES_SURE[endpoint], person)
    if person and person.is_local:
        _check_local()
    elif endpoint in _OPEN:
        return None
    elif person is None:
        return _ask_to_sign_in()
    elif request.blueprint != "security":
        return _check_signed_in(person)
    elif lacks_second_factor() and not may_set_up_second_factor(endpoint):
        return lead_to_second_factor()
    elif request.method == "POST":
        check_passkey_deletion(endpoint)
    return None


def _check_program() -> None:
    """Look at the token that a program sends; its cookies are not looked at."""
    if request.endpoint is None:  # That there is nothing there is told to anybody.
        return
    g.person = person = find_program()
    if person.is_local:
        _check_local()
    else:
        _check_rights(person)


def _find_person() -> Person | None:
    """Find who asks: an account, or the one person of a machine without accounts."""
    with store().reading() as database:
        if not accounts.is_any_active(database):
            return make_local_person("")
    account = find_account()
    return accounts.describe_person(account) if account else None


def _find_reader() -> Person | None:
    """Find the person to whose rights the menus of a “no such page” answer are drawn.

    `None` is anybody who may be at another machine without an account.
    """
    # Who asks for a host that is not ours may be another site, whose page reads the answer.
    if isinstance(request.routing_exception, SecurityError):
        return None
    with suppress(SQLAlchemyError):
        person = _find_person()
        is_strange = person and person.is_local and may_be_elsewhere(current_app, request)
        return None if is_strange else person
    return None


def _hold_back(what: Tried, person: Person | None) -> None:
    """Count a try to prove who somebody is; raises `TooManyTries`."""
    with store().writing(SIGN_INS) as database:
        account = _name_tried_account(database, what, person)
        wait = sign_in_pace.try_now(database, request.remote_addr or "", what, account)
    if wait:
        raise TooManyTries(ceil(wait))


def _conclude_try(answer: Response) -> Response:
    """Log a try that has failed, and renew the key of who has proved anew who they are."""
    what = MAKES_SURE.get(request.endpoint or "") if request.method == "POST" else None
    if what and security_lines.has_failed(answer):
        security_lines.note(security_lines.FAILED)
    elif request.endpoint in _AGAIN and what and answer.status_code == 302:
        renew_key(store())
        note_second_factor(request.endpoint)
    return answer


def _name_tried_account(database: Session, what: Tried, person: Person | None) -> str:
    """Name the account that a try is about; who is signed in may ask for e-mail to anybody."""
    typed = accounts.normalise_email(request.form.get("email", ""))
    if what is Tried.RECOVERY:
        return typed
    if person:
        return person.email
    if what is not Tried.CODE:
        return typed
    # Who has given the password: what anybody else types with a code is nobody's try.
    waiting = accounts.find_by_uniquifier(database, session.get("tf_user_id", ""))
    return waiting.email if waiting else ""


def _check_local() -> None:
    """Let the one person of this machine do everything, and others only make a first account."""
    if may_be_elsewhere(current_app, request):
        g.person = None  # Nothing is told of campaigns, on whatever page.
        if request.endpoint not in _FIRST:
            raise NotOpen
    if request.blueprint in _OF_ACCOUNTS:
        abort(404)


def may_be_elsewhere(app: Flask, request: Request) -> bool:
    """Tell whether a request may be of somebody at another machine.

    It is where others can reach the app, and where it comes through a proxy on this machine.
    """
    is_through_a_proxy = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    if app.config["IS_REACHABLE"] or is_through_a_proxy:
        return True
    try:
        return not ip_address(request.remote_addr or "127.0.0.1").is_loopback
    except ValueError:
        return True


def _ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in and back; raises `NotSignedIn` for what was posted."""
    if request.method not in {"GET", "HEAD"}:
        raise NotSignedIn
    path = request.full_path.rstrip("?")
    return redirect(url_for("security.login", next=path if path != "/" else None))


def _check_signed_in(person: Person) -> ResponseReturnValue | None:
    if lacks_second_factor():
        return lead_to_second_factor()
    _check_rights(person)
    return _check_freshness()


def _check_rights(person: Person) -> None:
    """Hold a person to what the view declares; raises `NotAllowed`, and 404 for what is hidden."""
    view = current_app.view_functions[str(request.endpoint)]
    rights: tuple[Right | str, ...] = getattr(view, "rights", ())
    if not rights:
        current_app.logger.error("No right is declared for %s", request.endpoint)
        raise NotAllowed("Nobody may do this yet.")
    if SIGNED_IN in rights:
        return
    allowed = any(person.may_somewhere(Right(right)) for right in rights)
    if allowed and (subject := _find_subject(request.view_args or {})):
        key = _locate(*subject)
        if key is None and request.endpoint in _MAKING:
            return
        if key is None:
            abort(404)
        if not person.may(Right.VIEW, key):
            security_lines.note(security_lines.HIDDEN)
            if request.endpoint in _MAKING:  # As if nobody had this id, which is not given twice.
                request.view_args = {"draft_id": make_id()}
                return
            abort(404)
        allowed = any(person.may(Right(right), key) for right in rights)
    if not allowed:
        raise NotAllowed(describe_missing(Right(rights[0])))


def _check_freshness() -> ResponseReturnValue | None:
    """Ask anew who it is, where a view wants that; raises `NotFresh` for what was posted."""
    view = current_app.view_functions[str(request.endpoint)]
    if not hasattr(view, "is_fresh") or is_fresh():
        return None
    if request.method not in {"GET", "HEAD"}:
        raise NotFresh
    return redirect(url_for("security.verify", next=request.full_path.rstrip("?")))


def _find_subject(names: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Find what in an address belongs to a connection: its name there, and its id."""
    return next(((name, names[name]) for name in ("key", *_TABLES) if name in names), None)


def _locate(name: str, number: Any) -> str | None:
    """Find the key of the connection that something belongs to; `None` if it is not there."""
    if name == "key":
        return str(number)
    with store().reading() as database:
        row: Any = database.get(_TABLES[name], number)
        return connections().find(row.connection_key).key if row else None
