"""The sentences of findings: what is broken, where, when, by how much, and what would mend it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from app.campaign.compliance.audience import Audience
from app.campaign.compliance.coverage import find_coverage
from app.campaign.compliance.evidence import Finding, OnHolidays, OutsideHours, TooMany
from app.campaign.compliance.fixes import Fix
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule import STALE, AttemptLimit, Rule
from app.campaign.compliance.rule_file import Confidence, Force, SourceKind, Topic
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.fields import FIELD, Kind, Weekday
from app.campaign.contract.wording import WORDS, listed
from app.campaign.formatting import clock, days_in_words, short_day
from app.campaign.schedule.intervals import WHOLE_DAY, DayHours, Stretch
from app.campaign.schedule.offset_periods import cut_to_foreseeable
from app.campaign.schedule.windows import Schedule
from app.campaign.timezones.zones import city, zone_info

NO_ADVICE = "These are cited facts that may be out of date, not legal advice."

_SHOWN = 6
_NAMED = 3
_WEEK = list(Weekday)


def describe_finding(finding: Finding, schedule: Schedule) -> str:
    """Say by how much and when a campaign breaks the rule; for a duty, what it is."""
    evidence = finding.evidence
    if isinstance(evidence, OutsideHours):
        return _outside(evidence, schedule)
    if isinstance(evidence, TooMany):
        return _too_many(evidence, finding.rule.attempts, schedule.zone)
    if isinstance(evidence, OnHolidays):
        return _on_holidays(evidence)
    return finding.rule.limit


def describe_fixes(finding: Finding, fixes: Iterable[Fix]) -> str:
    """Say which change of the settings would keep the rule, or what to do if none would."""
    ways = [describe_fix(mend) for mend in fixes]
    if ways:
        return f"To keep it, set {', or '.join(ways)}."
    if isinstance(finding.evidence, OutsideHours):
        return "No one window keeps it: choose other days, or split the campaign by place."
    if isinstance(finding.evidence, OnHolidays):
        return "The API has no field for holidays: split the campaign, or pause it by hand."
    if isinstance(finding.evidence, TooMany):
        return "Ask for fewer attempts, or for a longer gap between them."
    return ""


def measure(finding: Finding) -> str:
    """Name all that was found, shortly; an accepted finding is the same while this is."""
    evidence = finding.evidence
    if isinstance(evidence, OutsideHours):
        later = f"; later {_stretches(evidence.later)}" if evidence.later else ""
        return f"{_stretches(evidence.outside)}{later} in {city(evidence.zone)}"
    if isinstance(evidence, TooMany):
        return f"{len(evidence.attempts)} in {period_in_words(finding.rule.attempts)}"
    if isinstance(evidence, OnHolidays):
        return ", ".join(dict.fromkeys(day.isoformat() for day, _, _ in evidence.days))
    return finding.rule.question


def find_caution(rule: Rule, today: date) -> str:
    """Say why a rule should be looked up before anyone relies on it; often nothing."""
    return " ".join(
        filter(
            None,
            (
                f"Verify this one: its source is only a page of a {_SOURCE[rule.source_kind]}."
                if rule.confidence is Confidence.C
                else "",
                _FORCE.get(rule.force, ""),
                f"It binds {rule.binds}." if rule.binds else "",
                f"Last checked more than {STALE.days} days ago." if rule.is_stale(today) else "",
            ),
        )
    )


_SOURCE = {
    SourceKind.PRESS: "newspaper",
    SourceKind.VENDOR: "vendor",
    SourceKind.FORUM: "forum",
}
_FORCE = {
    Force.PRESUMPTION: "A presumption, which can be rebutted, and no fixed limit.",
    Force.CODE: "A code of practice, not a law.",
    Force.PLATFORM: "A platform's rule, not a law.",
    Force.CAUTION: "A caution, not a law.",
}


def describe_fix(fix: Fix) -> str:
    """Write a change as a part of a sentence: the start of calling to 14:00."""
    parts = [f"{WORDS[name].thing} to {value_in_words(name, new)}" for name, new in fix.changes]
    return " and ".join(parts)


def value_in_words(name: str, value: Any) -> str:
    """Write one value of a field as a person reads it; nothing is a dash."""
    if value is None:
        return "–"
    kind = FIELD[name].kind
    if kind is Kind.DAYS:
        return days_in_words(value)
    if isinstance(value, time):
        return clock(value)
    return f"{value:,}" if kind is Kind.COUNT else str(value)


def audience_in_words(audience: Audience) -> str:
    """Say whom the rules were held to, and what of that is only assumed."""
    places = _names(audience)
    where = ", ".join(places) if len(places) <= _SHOWN else f"{len(places)} states and countries"
    unread = _not_understood(audience.unread)
    assumed = f"so {where} {'is' if len(audience.places) == 1 else 'are'} assumed"
    known = (
        "" if all(one.is_complete for one in find_coverage(audience)) else " that are known here"
    )
    told = [
        f"{unread or _unsaid(audience)}, {assumed}."
        if audience.is_assumed
        else f"Held to the rules of {where} only: {unread}."
        if unread
        else f"Held to the rules of {where}{known}.",
        "You have not said what for, so the rules for every purpose count."
        if audience.purpose is None
        else "",
    ]
    return " ".join(filter(None, told))


def gaps_in_words(audience: Audience) -> list[str]:
    """Say what is not known of the rules of an audience's places, a sentence for each gap."""
    coverage = find_coverage(audience)
    told = []
    for topic, thing in _TOPICS.items():
        if unread := [one.place.name for one in coverage if topic in one.unread]:
            told.append(f"{thing} are not known here for {_listed(unread)}.")
        if country := [one.place.name for one in coverage if topic in one.own_unread]:
            told.append(
                f"{thing}: for {_listed(country)} only those of the country are known here."
            )
    if parts := sorted({find_place(code).name for one in coverage for code in one.without_own}):
        told.append(f"Of {_listed(parts)} only the rules of the country are known here.")
    return told


def none_found_in_words(audience: Audience) -> list[str]:
    """Say where the law was read without finding a rule."""
    return [
        f"{thing}: read for {_listed(names)}, and none found."
        for topic, thing in _TOPICS.items()
        if (names := [one.place.name for one in find_coverage(audience) if topic in one.none_found])
    ]


_TOPICS = {
    Topic.HOURS: "Calling hours",
    Topic.DAYS: "Days without calls",
    Topic.ATTEMPTS: "Limits of attempts",
    Topic.CONSENT: "Duties such as consent",
}


def _listed(names: list[str]) -> str:
    """Write names in a row, and of many the first ones: Germany, Ireland and 3 more places."""
    shown, more = names[:_NAMED], len(names) - _NAMED
    if more > 1:
        return f"{', '.join(shown)} and {more} more places"
    return listed(names)


def _unsaid(audience: Audience) -> str:
    if audience.is_too_long:
        return "What you typed is too long to be read"
    return "You have not said where the leads are"


def _not_understood(words: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """Say which words nothing is known of, to be followed by a comma or a full stop."""
    quoted = listed([f"“{word}”" for word, _ in words])
    how = "clear" if any(meant for _, meant in words) else "understood"
    return f"{quoted} {'is' if len(words) == 1 else 'are'} not {how}" if words else ""


def _names(audience: Audience) -> list[str]:
    """Name the places, by the name of a group where all of it is meant."""
    rest = [place.code for place in audience.places]
    names = []
    for name, codes in load_rulebook().groups.items():
        if set(codes) <= set(rest):
            names.append(f"the {name}")
            rest = [code for code in rest if code not in codes]
    return names + [find_place.name for find_place in audience.places if find_place.code in rest]


def hours_in_words(day: DayHours) -> str:
    """Write stretches of a day: 10:00 to 13:00 and 14:00 to 20:00."""
    return " and ".join(f"{_clock(start)} to {_clock(end)}" for start, end in day) or "never"


def short_hours(day: DayHours) -> str:
    """Write stretches of a day shortly: 10:00–13:00, 14:00–20:00."""
    return ", ".join(map(stretch_in_words, day)) or "none"


def stretch_in_words(stretch: Stretch) -> str:
    """Write one stretch shortly, which may begin on the day before or end on the next."""
    if stretch[1] == WHOLE_DAY:
        return f"{_clock(stretch[0])}–24:00"
    return "–".join(f"{_clock(at % WHOLE_DAY)}{_other_day(at)}" for at in stretch)


def length_in_words(seconds: int) -> str:
    """Write a length of time in hours and minutes: 1 hour 30 minutes."""
    hours, minutes = divmod(-(-seconds // 60), 60)
    parts = [
        _counted(hours, "hour") if hours else "",
        _counted(minutes, "minute") if minutes else "",
    ]
    return " ".join(filter(None, parts))


def _outside(evidence: OutsideHours, schedule: Schedule) -> str:
    more = f", and in {_counted(len(evidence.others), 'more zone')}" if evidence.others else ""
    within = "in all" if cut_to_foreseeable(schedule) == schedule else "in the first 12 years"
    by = f"up to {length_in_words(evidence.seconds)} outside the hours"
    later = (
        f"; later, first on {short_day(evidence.later_since)}, {_stretches(evidence.later)}"
        if evidence.later_since
        else ""
    )
    there = "" if evidence.since == evidence.first else f" (there on {short_day(evidence.since)})"
    days = f"on {_counted(evidence.days, 'day')} {within}"
    return (
        f"In {city(evidence.zone)} it calls {_stretches(evidence.outside)}{later}, {by}{more}. "
        f"First on {short_day(evidence.first)}{there}, {days}."
    )


def _stretches(outside: Iterable[tuple[int, DayHours]]) -> str:
    alike: dict[DayHours, list[Weekday]] = {}
    for number, day in outside:
        alike.setdefault(day, []).append(_WEEK[number])
    return "; ".join(
        f"from {hours_in_words(day)} {_on(tuple(days))}" for day, days in alike.items()
    )


def _on(days: tuple[Weekday, ...]) -> str:
    words = days_in_words(days)
    return words if len(days) == len(_WEEK) else f"on {words}"


def _too_many(evidence: TooMany, limit: AttemptLimit | None, zone: str) -> str:
    count, most = len(evidence.attempts), limit.most if limit else 0
    times = [_moment(at, zone) for at in evidence.attempts[:_SHOWN]]
    more = f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
    by = " by the lead's clock" if limit and limit.dates else ""
    return (
        f"One lead can get {count:,} calls in {period_in_words(limit)}{by}, {count - most:,} more "
        f"than allowed: {', '.join(times)}{more}."
    )


def period_in_words(limit: AttemptLimit | None) -> str:
    """Write what a limit counts in: 24 hours, 7 days, one calendar month."""
    if limit and limit.period:
        return _counted(limit.period // timedelta(hours=1), "hour")
    if limit and limit.dates:
        return _counted(limit.dates, "day")
    return f"one calendar {limit.unit if limit else 'day'}"


def _on_holidays(evidence: OnHolidays) -> str:
    days = [
        f"{short_day(day)} ({name}{'' if there == day else f', {short_day(there)} there'})"
        for day, there, name in evidence.days[:_SHOWN]
    ]
    more = f" and {len(evidence.days) - _SHOWN:,} more" if len(evidence.days) > _SHOWN else ""
    count = _counted(len({there for _, there, _ in evidence.days}), "holiday")
    return f"It calls on {count}: {', '.join(days)}{more}."


def _moment(at: datetime, zone: str) -> str:
    there = at.astimezone(zone_info(zone))
    return f"{short_day(there.date())} {there:%H:%M}"


def _other_day(at: int) -> str:
    return " the day before" if at < 0 else " next day" if at >= WHOLE_DAY else ""


def _clock(at: int) -> str:
    return f"{at // 3600:02}:{at % 3600 // 60:02}" + (f":{at % 60:02}" if at % 60 else "")


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
