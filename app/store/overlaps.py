"""Campaigns that can call the same people: limits of attempts begin anew with each campaign."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.campaign.compliance.audience import Audience, read_audience
from app.campaign.compliance.places import Place
from app.campaign.contract.reading import read_answers
from app.campaign.explanation import Explanation
from app.campaign.schedule.windows import DAY, Schedule, read_schedule
from app.campaign.timezones.tables import find_present_name
from app.store.base import State
from app.store.models import Draft

MOST_LISTED = 10


@dataclass(frozen=True)
class Overlap:
    """Another campaign over the same connection, on some of the same days and clocks."""

    draft_id: str
    name: str
    state: State | None
    first: date
    last: date


def find_overlaps(
    session: Session, draft: Draft, explanation: Explanation, keys: set[str], looked_at: int
) -> list[Overlap]:
    """Find campaigns that overlap with a draft's in time and audience, the latest first.

    *keys* are those of the draft's connection. So many of the latest are *looked_at*, and one
    more than `MOST_LISTED` is given at the most. An INBOUND campaign overlaps with none.
    """
    if explanation.overview is None:
        return []
    schedule, leads = explanation.overview.schedule, explanation.audience
    query = (
        select(Draft.id, Draft.name, Draft.state, Draft.answers)
        .where(Draft.deleted_at.is_(None), Draft.type == "OUTBOUND", Draft.id != draft.id)
        .where(Draft.first_day <= schedule.last, Draft.connection_key.in_(keys))
        .where(or_(Draft.last_day.is_(None), schedule.first <= Draft.last_day))
        .order_by(Draft.day_key.desc(), Draft.sequence.desc())
        .limit(looked_at)
    )
    overlaps: list[Overlap] = []
    with session.execute(query.execution_options(yield_per=50)) as rows:
        for draft_id, name, state, answers in rows:
            other = read_schedule(read_answers(answers).values)
            if other is None or not _share_a_day(schedule, other):
                continue
            if share_leads(leads, read_audience(answers, other.zone)):
                overlaps.append(Overlap(draft_id, name, state, other.first, other.last))
            if len(overlaps) > MOST_LISTED:
                break
    return overlaps


def _share_a_day(schedule: Schedule, other: Schedule) -> bool:
    first, last = max(schedule.first, other.first), min(schedule.last, other.last)
    weekdays = {(first + n * DAY).weekday() for n in range(min(7, (last - first).days + 1))}
    return bool(schedule.days & other.days & weekdays)


def share_leads(audience: Audience, other: Audience) -> bool:
    """Tell whether somebody can be among the leads of both: by place, or by clock for a zone."""
    return any(_meet(here, there) for here in audience.places for there in other.places)


def _meet(here: Place, there: Place) -> bool:
    if here.country and there.country:
        return here.code in {there.code, there.country} or there.code == here.country
    clocks = set(map(find_present_name, here.zones))
    return not clocks.isdisjoint(map(find_present_name, there.zones))
