"""Describe in plain words what a campaign will do, from what its payload will contain.

Values that the payload leaves out are not mentioned, and questions without an answer are
skipped: nothing is invented.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.campaign.contract.fields import CallingEntity, CampaignType, DialerType, Values
from app.campaign.formatting import (
    format_clock,
    format_count,
    format_day,
    format_length,
    format_weekdays,
)
from app.campaign.schedule.windows import Overview
from app.campaign.timezones.zones import format_offset

_ENTITIES: dict[CallingEntity | None, str] = {
    CallingEntity.WORKFLOW: "workflow",
    CallingEntity.SQUAD: "squad",
}
_CHANGES = 4


def describe(values: Values, overview: Overview | None) -> list[str]:
    """Describe a campaign in sentences, the most important first.

    *values* are those in use and *overview* their calendar, `None` without a usable schedule.
    """
    sentences = [
        *_describe_who(values),
        *_describe_when(values),
        *_describe_how_often(values),
        *_describe_total(values, overview),
        *_describe_events(values),
    ]
    if values.get("type") is CampaignType.INBOUND:
        sentences.append("It has no schedule and no retries: it answers whenever somebody rings.")
    return sentences


def _describe_who(values: Values) -> Iterator[str]:
    entity = _ENTITIES.get(values.get("vapi_calling_entity"), "assistant")
    agent = f"{entity} {values['assistant_id']}" if values.get("assistant_id") else f"the {entity}"
    over = _describe_number(values)
    if values.get("type") is CampaignType.OUTBOUND:
        yield f"{agent[0].upper()}{agent[1:]} calls your leads{' from ' + over if over else ''}."
    elif values.get("type") is CampaignType.INBOUND:
        yield f"Callers ring {over or 'the number'}, and {agent} answers."


def _describe_number(values: Values) -> str:
    if values.get("dialer_type") is DialerType.SINGLE:
        number = values.get("phone_number_id")
        return f"number {number}" if number else "one number, which is not given yet"
    if values.get("dialer_type") is DialerType.POOL:
        pool = values.get("phone_number_pool_id")
        return f"the numbers of pool {pool}" if pool else "a pool of numbers, not given yet"
    return ""


def _describe_when(values: Values) -> Iterator[str]:
    opens, closes = values.get("daily_start_time"), values.get("daily_end_time")
    days, zone = values.get("days_of_week"), values.get("timezone")
    parts = [
        format_weekdays(days) if days else "",
        f"from {format_clock(opens)} until just before {format_clock(closes)}"
        if opens and closes
        else "",
        f"by the clock in {zone}" if zone else "",
    ]
    if any(parts):
        yield f"Calls start {', '.join(part for part in parts if part)}."
    if first := values.get("start_date"):
        last = values.get("end_date")
        until = f"to {format_day(last)}, that day included" if last else "on, with no last day"
        yield f"From {format_day(first)} {until}."


def _describe_how_often(values: Values) -> Iterator[str]:
    total, daily = values.get("max_call_attempts"), values.get("max_daily_attempts")
    gap = values.get("min_gap_between_attempts")
    parts = [
        f"at most {_format_times(total)} in all" if total else "",
        f"at most {_format_times(daily)} in one day" if daily else "",
        f"at least {gap:,} minutes apart" if gap and (total or 2) > 1 else "",
    ]
    if any(parts):
        yield f"Each lead is called {', '.join(part for part in parts if part)}."
    if values.get("type") is CampaignType.OUTBOUND:
        yield {
            True: "A voicemail counts as answered: that lead is not called again.",
            False: (
                "A voicemail does not count as answered: "
                "that lead is called again while attempts are left."
            ),
            None: "What a voicemail counts as is left to VoiceAIWrapper.",
        }[values.get("consider_voicemail_as_answered")]


def _format_times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _describe_total(values: Values, overview: Overview | None) -> Iterator[str]:
    if overview is None:
        return
    if not overview.calling_days:
        if not overview.schedule.is_open_ended:
            yield "That makes no calling day at all: no call will ever start."
        return
    days = format_count(overview.calling_days, "calling day")
    is_whole = values.get("end_date") == overview.shown_until
    until = format_day(overview.shown_until)
    within = "" if is_whole else f" until {until}, and it goes on after that"
    yield f"That makes {days} with {format_length(overview.length)} of calling{within}."
    for change in overview.changes[:_CHANGES]:
        yield (
            f"The clocks in {overview.schedule.zone} change on {format_day(change.day)}, "
            f"from UTC{format_offset(change.before)} to UTC{format_offset(change.after)}."
        )
    if (more := len(overview.changes) - _CHANGES) > 0:
        until = format_day(overview.shown_until)
        yield f"The clocks there change {_format_times(more)} more until {until}."


def _describe_events(values: Values) -> Iterator[str]:
    if values.get("webhook_url"):
        # An address can hold a key, and these sentences are for others to read, too.
        yield f"Its events are sent to {urlsplit(values['webhook_url']).hostname}."
