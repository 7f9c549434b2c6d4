"""Webhooks: the programs that are told what waits for people, signed by a secret of each."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.forms.notices import HookForm
from app.notices.hook_calls import try_hook
from app.notices.signature import make_secret
from app.rights import Right
from app.services import connections, store
from app.store import hooks
from app.store.hooks import EnteredHook
from app.web.access import fresh, name_all_and_each, needs
from app.web.visit import name_person

bp = Blueprint("hooks", __name__)


@bp.get("/hooks")
@needs(Right.ADMINISTER)
def index() -> str:
    return _draw(_make_form(has_typed=False))


@bp.post("/hooks")
@needs(Right.ADMINISTER)
@fresh
def add() -> ResponseReturnValue:
    """Make a hook, and show its secret this once."""
    form = _make_form(has_typed=True)
    if not form.validate():
        return _draw(form), 422
    secret = make_secret()
    with store().writing() as database:
        locked = connections().vault.lock(secret)  # In here, as keys are rotated meanwhile or not.
        entered = EnteredHook(form.name.data or "", form.url.data or "", form.keys, locked)
        hook = hooks.add(database, entered, who=name_person())
    return render_template("hooks/secret.html", hook=hook, secret=secret)


@bp.post("/hooks/<row:hook_id>/test")
@needs(Right.ADMINISTER)
@fresh
def test(hook_id: int) -> ResponseReturnValue:
    """Call a hook once, with nothing but the word that it is a test."""
    with store().reading() as database:
        hook = hooks.find(database, hook_id)
        database.expunge(hook)
    failure = try_hook(hook, connections().vault, connections().network)
    flash(f"{hook.name}: {failure or 'It has taken the test.'}")
    return redirect(url_for("hooks.index"))


@bp.post("/hooks/<row:hook_id>/active")
@needs(Right.ADMINISTER)
@fresh
def set_active(hook_id: int) -> ResponseReturnValue:
    """Call a hook, or no longer."""
    active = request.form.get("active") == "yes"
    with store().writing() as database:
        hook = hooks.find(database, hook_id)
        hooks.set_active(database, hook, active=active, who=name_person())
    flash("It is called again." if active else "It is not called any more.")
    return redirect(url_for("hooks.index"))


@bp.post("/hooks/<row:hook_id>/delete")
@needs(Right.ADMINISTER)
@fresh
def delete(hook_id: int) -> ResponseReturnValue:
    with store().writing() as database:
        hooks.remove(database, hooks.find(database, hook_id), who=name_person())
    flash("The webhook is deleted, and its secret no longer works.")
    return redirect(url_for("hooks.index"))


def _make_form(*, has_typed: bool) -> HookForm:
    typed = request.form if has_typed else None
    return HookForm(typed, name_all_and_each(), connections().network.allowed)


def _draw(form: HookForm) -> str:
    names = name_all_and_each()
    with store().reading() as database:
        rows = [
            {
                "hook": hook,
                "host": urlsplit(hook.url).hostname,  # The rest of an address is often a secret.
                "names": [names.get(key, "a connection that is gone") for key in hook.keys],
                "standing": hooks.read_standing(database, hook.id),
            }
            for hook in hooks.list_all(database)
        ]
    return render_template("hooks/index.html", form=form, rows=rows)
