"""Somebody's own account: how they sign in, where they are signed in, and tokens for programs."""

from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.forms.account import TokenForm
from app.forms.notices import DigestForm
from app.people.letters import write_token
from app.people.sign_in import find_account, find_sign_in
from app.rights import Scope
from app.services import connections, find_services, store
from app.store import accounts, api_tokens, digests, sign_ins
from app.store.api_tokens import Terms
from app.store.audit_trail import name_account_chain
from app.web.access import SIGNED_IN, find_person, fresh, needs
from app.web.refusals import NotSignedIn
from app.web.role_words import ROLE_WORDS
from app.web.visit import name_person

bp = Blueprint("account", __name__)


@bp.before_app_request
def _leave_to_the_provider() -> ResponseReturnValue | None:
    """Let nobody whom a provider has let in go on without it, by a password of their own."""
    account = find_account() if request.endpoint == "security.change_password" else None
    if account is None or account.password:
        return None
    flash("You have no password: you sign in in another way. An administrator can give you one.")
    return redirect(url_for("account.show"))


@bp.get("/account")
@needs(SIGNED_IN)
def show() -> str:
    return _draw()


@bp.post("/account/digest")
@needs(SIGNED_IN)
def keep_digest() -> ResponseReturnValue:
    """Keep when somebody is told of what waits for them."""
    form, account_id = DigestForm(request.form), _find_account_id()
    if not form.validate():
        return _draw(form), 422
    with store().writing(name_account_chain(account_id)) as database:
        digests.set_wish(database, account_id, form.read_wish(), datetime.now(UTC))
    flash("Saved.")
    return redirect(url_for("account.show"))


def _draw(form: DigestForm | None = None) -> str:
    account, sign_in = find_account(), find_sign_in()
    with store().reading() as database:
        signed_in = sign_ins.list_open(database, account.id) if account else []
        tokens = api_tokens.list_open(database, account.id) if account else []
        wish = digests.find_wish(database, account.id) if account else digests.Wish()
    names = {connection.key: connection.name for connection in connections().list_all()}
    return render_template(
        "people/account.html",
        account=account,
        sign_ins=signed_in,
        tokens=tokens,
        form=form or DigestForm.of(wish),
        has_mail=find_services().outbox.is_open,
        this_one=sign_in.id if sign_in else None,
        roles=find_person().roles,
        role_words=ROLE_WORDS,
        names={"": "All connections"} | names,
    )


@bp.post("/account/sign-ins/<row:sign_in_id>/end")
@needs(SIGNED_IN)
@fresh
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out in another browser."""
    if account := find_account():
        with store().writing(name_account_chain(account.id)) as database:
            sign_ins.end(database, account.id, sign_in_id, who=name_person())
    flash("You are signed out there.")
    return redirect(url_for("account.show"))


@bp.get("/account/tokens")
@needs(SIGNED_IN)
@fresh
def list_tokens() -> str:
    return _draw_tokens(TokenForm())


@bp.post("/account/tokens")
@needs(SIGNED_IN)
@fresh
def make_token() -> ResponseReturnValue:
    """Make a token, and show it this once."""
    form = TokenForm(request.form)
    if not form.validate():
        return _draw_tokens(form), 422
    account_id = _find_account_id()
    terms = Terms(form.name.data or "", Scope(form.scope.data), int(form.days.data))
    with store().writing(name_account_chain(account_id)) as database:
        key = api_tokens.make(database, account_id, terms, who=name_person())
        account = accounts.find(database, account_id)
        letter = partial(write_token, account.email, account.name)
    find_services().outbox.post(letter)
    return render_template("people/token.html", terms=terms, token=key)


@bp.post("/account/tokens/<row:token_id>/end")
@needs(SIGNED_IN)
def end_token(token_id: int) -> ResponseReturnValue:
    account_id = _find_account_id()
    with store().writing(name_account_chain(account_id)) as database:
        api_tokens.end(database, account_id, token_id, who=name_person())
    flash("That token no longer works.")
    return redirect(url_for("account.list_tokens"))


def _draw_tokens(form: TokenForm) -> str:
    with store().reading() as database:
        tokens = api_tokens.list_open(database, _find_account_id())
    return render_template("people/tokens.html", form=form, tokens=tokens)


def _find_account_id() -> int:
    account = find_account()
    if account is None:
        raise NotSignedIn
    return account.id
