"""Somebody's own account: how they sign in, and where they are signed in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.people.sign_in import find_account, find_sign_in
from app.services import connections, store
from app.store import sign_ins
from app.store.audit_trail import name_account_chain
from app.web.access import SIGNED_IN, find_person, needs
from app.web.screens.people import ROLE_WORDS
from app.web.visit import name_person

bp = Blueprint("account", __name__)


@bp.get("/account")
@needs(SIGNED_IN)
def show() -> str:
    account, sign_in = find_account(), find_sign_in()
    with store().reading() as database:
        signed_in = sign_ins.list_open(database, account.id) if account else []
    names = {connection.key: connection.name for connection in connections().list_all()}
    return render_template(
        "people/account.html",
        account=account,
        sign_ins=signed_in,
        this_one=sign_in.id if sign_in else None,
        roles=find_person().roles,
        role_words=ROLE_WORDS,
        names={"": "All connections"} | names,
    )


@bp.post("/account/sign-ins/<row:sign_in_id>/end")
@needs(SIGNED_IN)
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out in another browser."""
    if account := find_account():
        with store().writing(name_account_chain(account.id)) as database:
            sign_ins.end(database, account.id, sign_in_id, who=name_person())
    flash("You are signed out there.")
    return redirect(url_for("account.show"))
