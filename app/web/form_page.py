"""The page of the form: what was typed, what it means, and what others have said of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from app.campaign.contract.reading import Answers
from app.connections import Connection
from app.forms.campaign import CampaignForm
from app.rights import Right
from app.sending.approval import Standing, find_standing_of_draft
from app.sending.webhook_check import WEBHOOK, hide_secrets, was_received
from app.services import connections, store
from app.store import batches, request_log
from app.store.acceptances import read_accepted
from app.store.address_book import Nicknames
from app.store.base import State
from app.store.models import Draft
from app.store.records import LoggedCall
from app.web.access import list_connections
from app.web.clocks import draw_clock_switch
from app.web.kept_presets import list_visible_presets, name_presets
from app.web.panel.findings_view import write_posted
from app.web.panel.macros import draw_macro
from app.web.panel.panel import Panel, add_nicknames, build_panel, offer_changes
from app.web.panel.rows import build_rows
from app.web.row_numbers import read_number
from app.web.teamwork import find_teamwork


def draw_form(
    draft_id: str,
    draft: Draft | None,
    answers: Answers,
    of_sandbox: Nicknames,
    judged: CampaignForm | None = None,
) -> str:
    """Draw the form with these answers; *judged* is one that was posted and has errors.

    *draft* is `None` for a campaign of which nothing was saved yet.
    """
    form = judged or CampaignForm.from_answers(answers)
    refusal = _find_refusal(draft) if draft and not judged else {}
    statements = read_accepted(draft) if draft else {}
    to = connections().find(str(answers.get("connection", "")))
    check = _find_webhook_check(draft)
    panel = build_panel(answers, statements, to, offers=offer_changes(to))
    with store().reading() as session:
        beside = _find_beside(session, draft)
        standing = _find_standing(session, draft, panel, to) if draft and not judged else None
        panel = add_nicknames(panel, session, to, of_sandbox)
    return render_template(
        "campaign/form.html",
        **beside,
        standing=standing,
        connection=to,
        offered=_list_offered(to),
        draft_id=draft_id,
        draft_version=draft.version if draft else 0,
        form=form,
        rows=build_rows(form, panel.notes, refusal),
        checked=check,
        was_received=check is not None and was_received(check),
        has_schedule=form.start_date.is_used(form.values),
        refusal=refusal,
        accepted=write_posted(statements),
        clocks=draw_clock_switch("campaign"),
        panel=panel,
        meaning=draw_macro("meaning", "meaning", panel),
    )


def _find_beside(session: Session, draft: Draft | None) -> Mapping[str, Any]:
    """Find who works on a draft and where it is reviewed; of a new one, with what it can begin."""
    if draft is None:
        beginnings = name_presets(list_visible_presets(session))
        return {"teamwork": None, "in_batches": [], "beginnings": beginnings}
    return {
        "teamwork": find_teamwork(session, draft.id),
        "in_batches": batches.list_reviewed_with(session, draft, datetime.now(UTC)),
        "beginnings": {},
    }


def _list_offered(to: Connection) -> list[Connection]:
    """List where the campaign can go: what is enabled, and where it goes now."""
    return [
        connection
        for connection in list_connections(Right.EDIT)
        if connection.is_enabled or connection.key == to.key
    ]


def _find_standing(session: Session, draft: Draft, panel: Panel, to: Connection) -> Standing | None:
    """Find how the approval of a draft stands that is not under way; *panel* is of its answers."""
    return None if draft.is_locked else find_standing_of_draft(session, draft, panel.meaning, to)


def _find_refusal(draft: Draft) -> dict[str, list[str]]:
    """Take the API's messages for the draft as it stands; an edit makes them old."""
    if draft.state is not State.REFUSED:
        return {}
    latest = draft.submissions[0]
    return latest.errors if latest.draft_version == draft.version else {}


def _find_webhook_check(draft: Draft | None) -> LoggedCall | None:
    """Find the check that this page is to show; one of another draft's address is none."""
    number = request.args.get("checked", type=read_number)
    if number is None:
        return None
    with store().reading() as session:
        check = request_log.find_check(session, number, WEBHOOK)
    url = str(draft.answers.get("webhook_url", "")).strip() if draft else ""
    return check if check and check.url == hide_secrets(url) else None
