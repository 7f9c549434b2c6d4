"""Fit presets with hours on the leads' clocks to a campaign and its audience."""

from dataclasses import replace
from datetime import time

from app.campaign.compliance.allowed_hours import find_window_for_leads
from app.campaign.compliance.audience import Audience
from app.campaign.compliance.rule import Preset
from app.campaign.contract.fields import Values, Weekday
from app.campaign.schedule.intervals import WHOLE_DAY, WeekHours, count_seconds
from app.campaign.schedule.offset_periods import cut_to_foreseeable
from app.campaign.schedule.windows import Schedule


class DoesNotFit(Exception):
    """No single window of a campaign is inside a preset's hours on every lead's clock."""


def fit(preset: Preset, schedule: Schedule, audience: Audience) -> Values:
    """Convert a preset's settings to days and hours on the campaign's clock, in whole minutes.

    Raises `DoesNotFit` if no window is inside the preset's hours for every lead.
    """
    values = dict(preset.settings)
    days = frozenset(
        number for number, day in enumerate(Weekday) if day in values.get("days_of_week", Weekday)
    )
    opens, closes = values["daily_start_time"], values["daily_end_time"]
    hours: WeekHours = tuple(
        ((count_seconds(opens), count_seconds(closes)),) if number in days else ()
        for number in range(7)
    )
    preset_schedule = replace(cut_to_foreseeable(schedule), days=days, opens=opens, closes=closes)
    window = find_window_for_leads(hours, preset_schedule, audience)
    if window is None:
        raise DoesNotFit(preset.id)
    start, end = -(-window.hours[0] // 60), min(window.hours[1], WHOLE_DAY - 60) // 60
    return values | {
        "days_of_week": tuple(day for number, day in enumerate(Weekday) if number in window.days),
        "daily_start_time": time(start // 60, start % 60),
        "daily_end_time": time(end // 60, end % 60),
    }
