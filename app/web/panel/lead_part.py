"""The part of the panel that shows the attempts at a lead who never answers, drawn.

It is cached while what it shows stays the same: the preview is asked for with every letter that
somebody types, and drawing is its slowest step.
"""

from collections.abc import Sequence
from datetime import datetime, time
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.campaign.contract.wording import WORDS
from app.campaign.explanation import Lead
from app.campaign.formatting import format_clock, format_short_day
from app.campaign.schedule.intervals import count_seconds
from app.campaign.timezones.zones import (
    load_zone,
    name_city,
)
from app.web.panel import macros
from app.web.panel.clock_times import write_time

_TIMES = 8


@lru_cache(maxsize=256)
def draw_lead(lead: Lead, clock_zone: str) -> Markup:
    """Draw what one lead gets who never answers."""
    schedule = lead.overview.schedule
    own, chosen = load_zone(schedule.zone), load_zone(clock_zone)
    by_day = groupby(lead.attempts.timeline, key=lambda at: at.astimezone(own).date())
    rows = [(day, list(attempts)) for day, attempts in by_day]
    days = [
        (
            format_short_day(day),
            [_count_minutes(at.astimezone(own).time()) for at in attempts],
            [write_time(at, chosen, day) for at in attempts],
        )
        for day, attempts in rows
    ]
    window = _count_minutes(schedule.opens), _count_minutes(schedule.closes)
    counted = len(lead.attempts.timeline)
    last = lead.attempts.last
    return macros.draw_macro(
        "lead",
        "lead",
        lead,
        _list_peak(lead.worst["24h"], chosen),
        days,
        window,
        counted,
        format_short_day(last.astimezone(own).date()) if last else "",
        WORDS[lead.attempts.bound_by].label,
        _name_clock(clock_zone),
    )


def _list_peak(times: Sequence[datetime], zone: ZoneInfo) -> str:
    """List the times of the worst 24 hours: Mon 16:59:59, Tue 09:00."""
    first = ", ".join(_write_short_moment(at.astimezone(zone)) for at in times[:_TIMES])
    return first + (f" and {len(times) - _TIMES:,} more" if len(times) > _TIMES else "")


def _write_short_moment(at: datetime) -> str:
    return f"{at:%a} {format_clock(at.time())}"


def _name_clock(zone: str) -> str:
    return zone if zone == "UTC" else name_city(zone)


def _count_minutes(at: time) -> int:
    return count_seconds(at) // 60
