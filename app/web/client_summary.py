"""What a campaign will do, for the client who pays for it: to read, to print and to copy.

It says the same sentences as the review, and each calling day by its date, so that somebody
without this app can hold it to their own calendar.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, islice, takewhile

from markupsafe import Markup

from app.campaign.compliance.acceptance import ACCEPTED, UNMET
from app.campaign.compliance.audience import Audience
from app.campaign.compliance.evidence import Severity
from app.campaign.compliance.holidays import MOST_PARTS, has_too_many_parts
from app.campaign.compliance.hours_chart import chart_hours
from app.campaign.compliance.hours_words import describe_periods, format_stretch, name_places
from app.campaign.explanation import Explanation
from app.campaign.formatting import (
    format_clock,
    format_count,
    format_length,
    format_short_day,
    format_weekdays,
    write_plural,
)
from app.campaign.schedule.windows import Overview, Schedule, iterate_windows
from app.web.names import name_campaign

_MOST_MONTHS = 12
_BY_THEIR_CLOCKS = "Hours by the leads’ clocks"


@dataclass(frozen=True)
class ClientSummary:
    """A campaign's name, what it does in sentences, its hours, its days and its days off.

    `about` says whose it is and as of when, and `hours` when it calls, both as labels and values;
    `leads_hours` says it by the leads' clocks where those are others, under a heading for each
    period in which they are as far apart; `remarks` say what it does not tell, or what is open;
    `months` has the calling days of each, as ``1 to 4, 7 to 11``; `days_off` the calling days on
    which people may be off.
    """

    name: str
    about: Sequence[tuple[str, str]]
    remarks: Sequence[str]
    sentences: Sequence[str]
    hours: Sequence[tuple[str, str]]
    leads_hours: Mapping[str, Sequence[tuple[str, str]]]
    months: Sequence[tuple[str, str]]
    days_off: Sequence[tuple[str, str]]

    @property
    def parts(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The tables by their headings, without empty ones."""
        parts = {
            "Hours": self.hours,
            **self.leads_hours,
            "Calling days": self.months,
            "Calls on a day off": self.days_off,
        }
        return {heading: rows for heading, rows in parts.items() if rows}

    def write_text(self) -> str:
        """Write it as plain text, for an e-mail."""
        about = (f"{label}: {value}" for label, value in self.about)
        lines = [self.name, *about, *self.remarks]
        lines += ["", *(f"- {sentence}" for sentence in self.sentences)]
        for heading, rows in self.parts.items():
            lines += ["", heading, *(f"  {label}: {value}" for label, value in rows)]
        return "\n".join(lines) + "\n"

    def write_html(self) -> Markup:
        """Write it as HTML without any style, to be pasted into a page or an e-mail."""
        lines = Markup().join(_LINE.format(sentence) for sentence in self.sentences)
        about = Markup().join(_ABOUT.format(*cells) for cells in self.about)
        remarks = Markup().join(map(_REMARK.format, self.remarks))
        html = _LIST.format(self.name, about + remarks, lines)
        for heading, rows in self.parts.items():
            html += _TABLE.format(heading, Markup().join(_ROW.format(*cells) for cells in rows))
        return html


_LIST = Markup("<h1>{}</h1>\n{}<ul>\n{}</ul>\n")
_ABOUT = Markup("<p>{}: {}</p>\n")
_REMARK = Markup("<p>{}</p>\n")
_LINE = Markup("<li>{}</li>\n")
_TABLE = Markup("<h2>{}</h2>\n<table>\n{}</table>\n")
_ROW = Markup("<tr><th>{}</th><td>{}</td></tr>\n")


def summarise_for_client(
    name: str,
    explanation: Explanation,
    about: Sequence[tuple[str, str]] = (),
    counts: Mapping[str, int] | None = None,
) -> ClientSummary:
    """Say what a client has to know of a campaign, complete or not; *about* is as it has it.

    *counts* are those of its findings, as `acceptance.tally` counts them.
    """
    overview = explanation.overview
    schedule = overview.schedule if overview else None
    return ClientSummary(
        name=name_campaign(name),
        about=about,
        remarks=list(_list_remarks(explanation, counts or {})),
        sentences=explanation.plain,
        hours=_list_hours(explanation, overview) if overview else (),
        leads_hours=_list_leads_hours(schedule, explanation.audience) if schedule else {},
        months=_list_months(schedule, overview.shown_until) if schedule and overview else (),
        days_off=[
            (format_short_day(day), words)
            for day, words in explanation.closed.items()
            if schedule and schedule.calls_on(day)
        ],
    )


def _list_remarks(explanation: Explanation, counts: Mapping[str, int]) -> Iterator[str]:
    if explanation.problems:
        yield "This campaign is not complete yet: some answers are still to be given or changed."
    if accepted := counts.get(ACCEPTED, 0):
        yield write_plural(
            accepted,
            "{} rule on calling is not kept, which was accepted: by whom and why is on record.",
            "{} rules on calling are not kept, which was accepted: by whom and why is on record.",
        )
    if broken := counts.get(Severity.HIGH, 0) + counts.get(UNMET, 0):
        yield write_plural(
            broken,
            "{} rule of law on calling is not kept as it is planned now.",
            "{} rules of law on calling are not kept as it is planned now.",
        )
    if explanation.overview and has_too_many_parts(explanation.audience):
        yield (
            "Days off of single states and other parts are not told here, as more than "
            f"{MOST_PARTS} of them are named."
        )


def _list_hours(explanation: Explanation, overview: Overview) -> list[tuple[str, str]]:
    schedule = overview.schedule
    days = format_weekdays(explanation.values["days_of_week"])
    last = explanation.values.get("end_date")
    days_in_all = format_count(overview.calling_days, "day")
    return [
        ("Days", f"{days[:1].upper()}{days[1:]}"),
        ("Hours", f"{format_clock(schedule.opens)} to {format_clock(schedule.closes)}"),
        ("By the clock in", schedule.zone),
        ("First day", format_short_day(schedule.first)),
        ("Last day", format_short_day(last) if last else "none"),
        (
            f"Until {format_short_day(overview.shown_until)}"
            if schedule.is_open_ended
            else "In all",
            f"{days_in_all}, {format_length(overview.length)}"
            + (", and it goes on after that" if schedule.is_open_ended else ""),
        ),
    ]


def _list_leads_hours(schedule: Schedule, audience: Audience) -> dict[str, list[tuple[str, str]]]:
    """List the hours on the leads' clocks, unless nobody has said where the leads are."""
    charts = chart_hours(schedule, audience)
    if audience.is_assumed or not any(row.ahead for chart in charts for row in chart.rows):
        return {}
    hours = {
        describe_periods(chart.periods): [
            (name_places(row.zones), format_stretch(row.there, " to ")) for row in chart.rows
        ]
        for chart in charts
    }
    return {
        _BY_THEIR_CLOCKS if len(charts) == 1 else f"{_BY_THEIR_CLOCKS}, {period}": rows
        for period, rows in hours.items()
    }


def _list_months(schedule: Schedule, until: date) -> list[tuple[str, str]]:
    dates = (window.date for window in iterate_windows(schedule))
    days = dict.fromkeys(takewhile(lambda day: day <= until, dates))
    by_month = groupby(days, key=lambda day: (day.year, day.month))
    months = [list(group) for _, group in islice(by_month, _MOST_MONTHS + 1)]
    rows = [(f"{month[0]:%B %Y}", _join_runs(month)) for month in months[:_MOST_MONTHS]]
    if len(months) > _MOST_MONTHS:
        end = "" if schedule.is_open_ended else f" until {format_short_day(schedule.last)}"
        rows.append(("After that", f"in the same way{end}"))
    return rows


def _join_runs(days: Iterable[date]) -> str:
    """Join days of a month, each run of days as its first and last: ``1 to 4, 7``."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{run[0].day} to {run[-1].day}" if len(run) > 1 else f"{run[0].day}" for run in runs
    )
