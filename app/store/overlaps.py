"""Campaigns that can call the same people: limits of attempts begin anew with each campaign."""

from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True)
class Overlap:
    """Another campaign over the same connection, on some of the same days and clocks."""

    draft_id: str
    name: str
    state: State | None
    first: date
    last: date


@dataclass(frozen=True)
class OtherCampaign:
    """When an OUTBOUND campaign calls, and whom."""

    draft_id: str
    name: str
    state: State | None
    schedule: Schedule
    leads: Audience


def read_others(
    session: Session, keys: set[str], first: date, last: date, looked_at: int
) -> Iterator[OtherCampaign]:
    """Read OUTBOUND campaigns that call between two days, the latest of them first.

    *keys* are those of the connection that they go over, and so many are *looked_at*.
    """
    query = (
        select(Draft.id, Draft.name, Draft.state, Draft.answers)
        .where(Draft.deleted_at.is_(None), Draft.type == "OUTBOUND")
        .where(Draft.first_day <= last, Draft.connection_key.in_(keys))
        .where(or_(Draft.last_day.is_(None), first <= Draft.last_day))
        .order_by(Draft.day_key.desc(), Draft.sequence.desc())
        .limit(looked_at)
    )
    with session.execute(query.execution_options(yield_per=50)) as rows:
        for draft_id, name, state, answers in rows:
            schedule = read_schedule(read_answers(answers).values)
            if schedule is not None:
                leads = read_audience(answers, schedule.zone)
                yield OtherCampaign(draft_id, name, state, schedule, leads)


def find_overlaps(
    draft_id: str, explanation: Explanation, others: Iterable[OtherCampaign]
) -> Iterator[Overlap]:
    """Find which of the others overlap with a draft's campaign in time and audience.

    An INBOUND campaign overlaps with none.
    """
    if explanation.overview is None:
        return
    schedule, leads = explanation.overview.schedule, explanation.audience
    for other in others:
        if other.draft_id == draft_id or not _share_a_day(schedule, other.schedule):
            continue
        if share_leads(leads, other.leads):
            first, last = other.schedule.first, other.schedule.last
            yield Overlap(other.draft_id, other.name, other.state, first, last)


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
