"""The summary of a campaign for the client: a page that prints well, and can be copied."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from app.campaign.explanation import explain
from app.rights import Right
from app.services import store
from app.store import drafts
from app.web.access import needs
from app.web.client_summary import summarise_for_client
from app.web.visit import find_connection

bp = Blueprint("summaries", __name__)


@bp.get("/drafts/<draft:draft_id>/summary")
@needs(Right.VIEW)
def show(draft_id: str) -> str:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        explanation = explain(draft.answers, datetime.now(UTC))
        return render_template(
            "campaign/client_summary.html",
            connection=find_connection(draft),
            draft=draft,
            is_complete=not explanation.problems,
            summary=summarise_for_client(draft.name, explanation),
        )
