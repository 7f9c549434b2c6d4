"""What an empty list offers: a whole campaign to try, and a start for one of one's own."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.connections import SANDBOX
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.web.access import choose_connection, needs, require
from app.web.clients import find_client
from app.web.sample_campaign import write_sample, write_template
from app.web.visit import name_person

bp = Blueprint("samples", __name__)


@bp.post("/drafts/sample")
@needs(Right.EDIT)
def make() -> ResponseReturnValue:
    """Make a campaign that can be sent to the sandbox as it stands."""
    require(Right.EDIT, SANDBOX)
    draft_id = _save(write_sample(datetime.now(UTC)))
    flash(draft_id, "sample")
    return redirect(url_for("editing.edit", draft_id=draft_id))


@bp.post("/drafts/template")
@needs(Right.EDIT)
def begin() -> ResponseReturnValue:
    """Make a campaign in which the schedule and the attempts are filled in already."""
    client = find_client()
    key = choose_connection(client.key if client and client.is_enabled else "")
    require(Right.EDIT, key)
    draft_id = _save(write_template(datetime.now(UTC)) | {"connection": key})
    flash("The schedule and the attempts are filled in. The name and the ids are left to enter.")
    return redirect(url_for("editing.edit", draft_id=draft_id))


def _save(answers: dict[str, Any]) -> str:
    draft_id, judgement = drafts.make_id(), judge(answers)
    with store().writing(name_draft_chain(draft_id)) as session:
        drafts.save(session, draft_id, judgement, over=0, who=name_person())
    return draft_id
