"""What a batch is doing, and when a campaign of it calls, in a word or two."""

import json
from datetime import UTC, datetime
from typing import Protocol

from app.campaign.contract.reading import read_json
from app.campaign.formatting import format_short_day
from app.campaign.timezones.zones import name_city
from app.sending.approval import Standing
from app.store.batch_models import Batch
from app.store.readiness import describe_hours


class Counts(Protocol):
    """How many campaigns of a batch are still to be checked, can be sent, or are being sent."""

    unchecked: int
    ready: int

    @property
    def left(self) -> int: ...


def describe_state(
    batch: Batch, counts: Counts, standing: Standing | None = None, *, is_held: bool = False
) -> str:
    """Say what a batch is doing; it *is held* where its connection is paused.

    *standing* is how its approval stands, where somebody has to approve it.
    """
    if batch.confirmed_at is None:
        return "discarded" if batch.stopped_at else _describe_unconfirmed(counts, standing)
    if batch.stopped_at:
        return "stopped"
    if not counts.left:
        return "ended"
    if batch.paused_at:
        return "paused"
    return "held up, as its connection is paused" if is_held else "being sent"


def _describe_unconfirmed(counts: Counts, standing: Standing | None) -> str:
    if counts.unchecked:
        return "being checked"
    if not counts.ready:
        return "with nothing to send"
    return _describe_standing(standing) if standing else "to be reviewed"


def _describe_standing(standing: Standing) -> str:
    if standing.changed:
        return "changed, to be checked again"
    if standing.is_approved:
        return "approved, to be sent"
    if standing.is_asked:
        return "waits for approval"
    is_refused = standing.is_refused and not standing.is_void
    return "not approved" if is_refused else "approval not asked for"


def describe_calling_time(payload: bytes) -> str:
    """Say when a campaign calls, by its payload: ``Mon 4 Jan 2027, 09:00–17:00 Chicago, ``.

    It goes before what else is said; of an INBOUND one there is nothing to say.
    """
    values = read_json(json.loads(payload)).values
    hours, zone = describe_hours(values)
    if not zone:
        return ""
    first = values["start_date"]
    is_past = first < datetime.now(UTC).date()
    day = f"{format_short_day(first)}{' (in the past)' if is_past else ''}"
    return f"{day}, {hours} {name_city(zone)}, "
