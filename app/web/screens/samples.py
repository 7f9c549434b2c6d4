"""What an empty list offers: a whole campaign to try, and a start for one of one's own."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.rights import Right
from app.store import drafts
from app.web.access import choose_connection, needs
from app.web.clients import find_client
from app.web.sample_campaign import write_sample, write_template
from app.web.saving import save_answers

bp = Blueprint("samples", __name__)


@bp.post("/drafts/sample")
@needs(Right.EDIT)
def make() -> ResponseReturnValue:
    """Make a campaign that can be sent to the sandbox as it stands."""
    draft = save_answers(drafts.make_id(), write_sample(datetime.now(UTC)), expected_version=0)
    flash(draft.id, "sample")
    return redirect(url_for("editing.edit", draft_id=draft.id))


@bp.post("/drafts/template")
@needs(Right.EDIT)
def begin() -> ResponseReturnValue:
    """Make a campaign in which the schedule and the attempts are filled in already."""
    client = find_client()
    key = choose_connection(client.key if client and client.is_enabled else "")
    answers = write_template(datetime.now(UTC)) | {"connection": key}
    draft = save_answers(drafts.make_id(), answers, expected_version=0)
    flash("The schedule and the attempts are filled in. The name and the ids are left to enter.")
    return redirect(url_for("editing.edit", draft_id=draft.id))
