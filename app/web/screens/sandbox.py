"""What the sandbox was sent, and which fault it rehearses, plainly not the vendor's."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.id_kinds import IdKind
from app.connections import SANDBOX
from app.rights import Right
from app.sandbox.examples import ExampleId
from app.sandbox.faults import FAULT, FAULTS, HEADER
from app.sandbox.switch import LONGEST, USUAL, Switch
from app.services import connections, find_services
from app.store.address_book import LONGEST_ID
from app.web.access import hide_unless_visible, needs, require
from app.web.row_numbers import read_number

bp = Blueprint("sandbox", __name__)

_PAGE = 50
_LESSONS = [
    (lesson, list(taught)) for lesson, taught in groupby(FAULTS, lambda fault: fault.lesson)
]


@bp.get("/sandbox-campaigns")
@needs(Right.VIEW)
def show() -> str:
    hide_unless_visible(SANDBOX)
    kept = find_services().ledger.read_page(
        _PAGE + 1, before=request.args.get("before", type=read_number)
    )
    more = len(kept) > _PAGE
    on = find_services().faults.read_current()
    return render_template(
        "sandbox/show.html",
        connection=connections().find(SANDBOX),
        campaigns=kept[:_PAGE],
        older=url_for("sandbox.show", before=kept[_PAGE - 1].number) if more else None,
        lessons=_LESSONS,
        on=on,
        fault=FAULT.get(on.name) if on else None,
        usual=USUAL,
        longest=LONGEST,
        header=HEADER,
        known_ids=find_services().account.read_ids(),
        insists=find_services().account.insists(),
        kinds=list(IdKind),
    )


@bp.post("/sandbox-campaigns/fault")
@needs(Right.EDIT)
def switch() -> ResponseReturnValue:
    """Switch a fault on, for the next request or for all; no name switches it off."""
    require(Right.EDIT, SANDBOX)
    name = request.form.get("fault", "")
    seconds = request.form.get("seconds", 0.0, type=float)
    if not name:
        find_services().faults.switch_off()
        flash("The sandbox answers as usual.")
    elif name not in FAULT or not 0 < seconds <= LONGEST:
        flash(f"Choose a fault, and a time of up to {LONGEST:g} seconds.")
    else:
        find_services().faults.switch_on(Switch(name, request.form.get("for") == "all", seconds))
    return redirect(url_for("sandbox.show", _anchor="s-fault"))


@bp.post("/sandbox-campaigns/insist")
@needs(Right.EDIT)
def insist() -> ResponseReturnValue:
    """Let the sandbox refuse ids that it does not know, or take any again."""
    require(Right.EDIT, SANDBOX)
    is_on = request.form.get("known") == "only"
    find_services().account.insist(on=is_on)
    flash("The sandbox refuses unknown ids." if is_on else "The sandbox takes any id.")
    return redirect(url_for("sandbox.show", _anchor="s-ids"))


@bp.post("/sandbox-campaigns/ids")
@needs(Right.EDIT)
def add_id() -> ResponseReturnValue:
    """Let the sandbox know another id."""
    require(Right.EDIT, SANDBOX)
    kind, value = request.form.get("kind", ""), request.form.get("value", "").strip()
    if kind not in set(IdKind) or not 0 < len(value) <= LONGEST_ID or not value.isprintable():
        flash(f"Choose a kind, and enter an id of up to {LONGEST_ID} characters.")
    else:
        find_services().account.add(ExampleId(kind, value, ""))
        flash("The sandbox knows this id.")
    return redirect(url_for("sandbox.show", _anchor="s-ids"))
