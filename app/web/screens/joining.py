"""The page of a link: it sets the password of an account, or makes the first account."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user

from app.forms.account import JoinForm, PasswordForm
from app.people.letters import write_password_change
from app.people.passwords import hash_as_signed_in
from app.people.sign_in import find_account
from app.services import find_services, store
from app.store import accounts, identities, join_links
from app.store.accounts import ALL_ACCOUNTS
from app.store.people_models import Account

bp = Blueprint("joining", __name__)


@bp.get("/join/<key>")
def join(key: str) -> str:
    account = _find_invited(key)
    return _draw_join(account, PasswordForm() if account else JoinForm())


@bp.post("/join/<key>")
def take_link(key: str) -> ResponseReturnValue:
    """Set the password of an account, or make the first one; and sign in there."""
    account = _find_invited(key)
    typed = request.form
    form = PasswordForm(typed, account.name, account.email) if account else JoinForm(typed)
    if not form.validate():
        return _draw_join(account, form), 422
    # It takes long, and nobody else waits meanwhile.
    hashed = hash_as_signed_in(form.password.data or "")
    with store().writing(ALL_ACCOUNTS) as database:
        link = join_links.find(database, key)
        if link.account_id is not None:
            joined = accounts.find(database, link.account_id)
        else:
            joined = accounts.add_first(database, form.email.data, form.name.data)
        is_change = identities.has_way_in(database, joined)
        who = accounts.describe_person(joined).label
        accounts.set_password(database, joined, hashed, who=who)
        join_links.use_up(database, link)
    if is_change:
        letter = partial(write_password_change, joined.email, joined.name)
        find_services().outbox.post(letter)
    if find_account():  # Whoever was signed in here is so no more.
        logout_user()
    session.clear()
    if joined.tf_primary_method or joined.webauthn:
        flash("Your password is set. Sign in with it.")
        return redirect(url_for("security.login"))
    login_user(joined, authn_via=["link"])
    flash("You are signed in. A passkey, or codes of an app, keep your account safer.")
    return redirect(url_for("account.show"))


def _find_invited(key: str) -> Account | None:
    """Find the account that a link is for; `None` if it makes the first one."""
    with store().reading() as database:
        link = join_links.find(database, key)
        if link.account_id is None:
            return None
        account = accounts.find(database, link.account_id)
        if not account.active:
            raise join_links.NoSuchLink
        return account


def _draw_join(account: Account | None, form: PasswordForm) -> str:
    return render_template("people/join.html", account=account, form=form)
