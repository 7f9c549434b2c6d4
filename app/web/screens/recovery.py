"""Recovery by e-mail: somebody who cannot sign in asks for a link, and is told the same always."""

from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.forms.account import RecoveryForm
from app.people.recovery import write_link
from app.services import find_services

bp = Blueprint("recovery", __name__)

_SENT = (
    "If there is an account with this address, an e-mail with a link is on its way to it. "
    "None came? An administrator can help you in."
)


@bp.get("/sign-in/help")
def ask() -> str:
    _hide_unless_possible()
    return render_template("people/recovery.html", form=RecoveryForm())


@bp.post("/sign-in/help")
def send() -> ResponseReturnValue:
    """Send a link, if there is an account."""
    _hide_unless_possible()
    form = RecoveryForm(request.form)
    if not form.validate():
        return render_template("people/recovery.html", form=form), 422
    parts = find_services()
    parts.outbox.post(partial(write_link, parts.store, form.email.data or "", parts.public_url))
    flash(_SENT)
    return redirect(url_for("security.login"))


def _hide_unless_possible() -> None:
    if not find_services().can_recover:
        abort(404)
