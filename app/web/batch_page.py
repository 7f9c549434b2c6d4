"""The page of a batch: while it is checked, to be confirmed, and from then on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from app.campaign.compliance.rulebook import load_rulebook
from app.connections import Connection
from app.sending.approval import find_approval_obstacle, find_standing_of_batch
from app.sending.batch_confirmation import NotCounted
from app.sending.confirmation import NotConfirmed, Paused
from app.services import connections, store
from app.store import (
    approvals,
    audit_trail,
    batch_results,
    batch_summary,
    batches,
    drafts,
    queued,
    throttles,
)
from app.store.base import ItemState, State
from app.store.batch_models import Batch, BatchItem
from app.store.batch_progress import measure_progress
from app.store.batch_summary import BrokenRule, Summary
from app.web.access import find_person
from app.web.connection_names import make_naming
from app.web.event_words import HistoryEntry, describe_events
from app.web.sender_words import NO_SENDER, ask_for_name

_SHOWN = 100


def draw_batch(batch_id: int, refusal: NotConfirmed | None = None) -> str:
    """Draw the page, with why a press was not taken; raises `NoSuchBatch`."""
    with store().reading() as session:
        batch = batches.find(session, batch_id)
        to = connections().find(batch.connection_key)
        progress = measure_progress(session, batch)
        page = {
            "batch": batch,
            "connection": to,
            "progress": progress,
            "refusal": refusal,
            "typed": request.form,
            "pause": throttles.find_pause(session, to.key),
            "until": queued.find_end_of_wait(session, to.key, datetime.now(UTC)),
            "events": _describe_history(session, batch_id),
        }
        if batch.confirmed_at:
            rows = batch_results.read_results(session, batch_id, _SHOWN, _read_shown())
            repeatable = 0 if progress.left else batches.count_to_repeat(session, batch_id)
            return render_template(
                "batches/progress.html", rows=rows, most=_SHOWN, repeatable=repeatable, **page
            )
        if progress.unchecked:
            return render_template("batches/checking.html", **page)
        review = _find_review(session, batch, to)
        return render_template(
            "batches/review.html", **review, **_name_refusal(refusal, to), **page
        )


def find_staying(session: Session, items: Sequence[BatchItem], to: Connection) -> list[str]:
    """Find the ids of the drafts that still go where their batch does.

    What goes elsewhere since is not sent with the batch, and is for those there to read.
    """
    keys = drafts.read_connection_keys(session, [item.draft_id for item in items])
    there = {key for key in set(keys.values()) if connections().find(key).key == to.key}
    return [draft_id for draft_id, key in keys.items() if key in there]


def _find_review(session: Session, batch: Batch, to: Connection) -> Mapping[str, Any]:
    """Find what is looked at before a batch is sent."""
    standing = find_standing_of_batch(session, batch, to)
    ready = batches.read_items(session, batch.id, (ItemState.READY,), _SHOWN)
    staying = find_staying(session, ready, to)
    summary = batch_summary.summarise(session, batch)
    return {
        "standing": standing,
        "obstacle": find_approval_obstacle(session, standing, find_person()) if standing else "",
        "summary": summary,
        "broken": list_broken(summary, ready),
        "shared": batches.count_shared(session, batch.id, datetime.now(UTC)),
        "unfit": batches.read_items(session, batch.id, (ItemState.UNFIT,), _SHOWN),
        "ready": ready,
        "elsewhere": {item.draft_id for item in ready} - set(staying),
        "decisions": approvals.find_last_decisions(session, staying) if standing else {},
        "most": _SHOWN,
    }


def list_broken(summary: Summary, items: Iterable[BatchItem]) -> Sequence[tuple[str, BrokenRule]]:
    """List the rules that campaigns of a batch break, each with its title; *items* are named."""
    broken = batch_summary.list_broken(summary.findings, items)
    return [(name_rule(rule.rule), rule) for rule in broken]


def name_rule(rule_id: str) -> str:
    """Give the title of a rule; one that is not in the rulebook any more is named by its id."""
    titles = {rule.id: rule.title for rule in load_rulebook().rules}
    return titles.get(rule_id, rule_id)


def _describe_history(session: Session, batch_id: int) -> Sequence[HistoryEntry]:
    events = audit_trail.read_chain(session, audit_trail.name_batch_chain(batch_id))
    return describe_events(events, make_naming(session))


def _read_shown() -> Sequence[State]:
    """Read which outcomes are asked for; of none, all are shown."""
    asked = request.args.get("show", "")
    if asked == "failed":
        return State.REFUSED, State.UNSENT
    return [State(asked)] if asked in set(State) else []


def _name_refusal(refusal: NotConfirmed | None, to: Connection) -> Mapping[str, str]:
    """Say beside which field what has to be typed."""
    wrong = {"named_error": "", "counted_error": "", "who_error": "", "refused": ""}
    if refusal is None or refusal.wants_approval:  # That is said where the approval stands.
        return wrong
    if isinstance(refusal, NotCounted):
        return wrong | {"counted_error": "Type the number of campaigns that are sent."}
    if refusal.wants_name:
        return wrong | {"named_error": ask_for_name(to)}
    if refusal.wants_sender:
        return wrong | {"who_error": NO_SENDER}
    if isinstance(refusal, Paused):
        return wrong | {"refused": f"Nothing is sent to {to.name} now. Let it go on first."}
    return wrong | {"refused": f"Nothing can be sent to {to.name}."}
