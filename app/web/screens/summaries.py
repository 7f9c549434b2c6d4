"""The summary of a campaign for the client: a page that prints well, and can be copied."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from app.campaign.explanation import explain
from app.campaign.formatting import format_short_day
from app.connections import Connection
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import count_anew
from app.store.models import Draft
from app.web.access import needs
from app.web.client_summary import summarise_for_client
from app.web.state_words import STATE_WORDS
from app.web.visit import find_connection

bp = Blueprint("summaries", __name__)


@bp.get("/drafts/<draft:draft_id>/summary")
@needs(Right.VIEW)
def show(draft_id: str) -> str:
    now = datetime.now(UTC)
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        explanation, to = explain(draft.answers, now), find_connection(draft)
        return render_template(
            "campaign/client_summary.html",
            connection=to,
            draft=draft,
            summary=summarise_for_client(
                draft.name, explanation, _list_facts(draft, to, now), count_anew(draft)
            ),
        )


def _list_facts(draft: Draft, to: Connection, now: datetime) -> list[tuple[str, str]]:
    """List whose campaign it is, where its leads are, and what of it is summarised."""
    state, today = STATE_WORDS[draft.state], format_short_day(now.date())
    facts = {
        "Client": _name_client(to),
        "Leads": " ".join(str(draft.answers.get("audience") or "").split()),
        "As of": f"{today} (UTC), version {draft.version}: {state[:1].lower()}{state[1:]}",
    }
    return [(label, value) for label, value in facts.items() if value]


def _name_client(to: Connection) -> str:
    if to.is_built_in:
        return "none: this goes to the sandbox, and nobody is called"
    return f"{to.name} (a sandbox: nobody is called)" if to.is_sandbox else to.name
