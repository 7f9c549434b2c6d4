"""What a campaign means, made ready for the screen: beside the form and on the review page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import request
from markupsafe import Markup

from app.campaign.audience import read_audience
from app.campaign.calendar import Overview, Window
from app.campaign.contract import CAMPAIGNS_PATH
from app.campaign.meaning import Lead, Meaning, meaning
from app.campaign.months import MOST_MONTHS, months
from app.campaign.readback import clock, short_day
from app.campaign.reading import Answers, read_answers
from app.campaign.wording import WORDS, advice_sentence, sentence
from app.campaign.zones import ZONE_NAMES, offset_at, offset_words
from app.remote.connection import Connection
from app.web.current import connection
from app.web.highlight import highlighted
from app.web.macros import drawn
from app.web.snippets import as_curl, as_python

ADVICE = "advice"
_TIMES = 12


@dataclass(frozen=True)
class Note:
    """Something to say beside a field: an error, an advice, or a fact."""

    kind: str
    text: str


@dataclass(frozen=True)
class Panel:
    """One campaign's meaning, made ready: notes by field, calendar, JSON in three shapes."""

    meaning: Meaning
    notes: Mapping[str, Sequence[Note]]
    calendar: Markup | None
    lead: Markup | None
    json: Markup
    curl: str
    python: str

    @property
    def advice(self) -> list[str]:
        """Everything worth a second look."""
        return [note.text for notes in self.notes.values() for note in notes if note.kind == ADVICE]


def panel(answers: Answers) -> Panel:
    """Say what these answers mean, by the same code that submits them."""
    reading, now = read_answers(answers), datetime.now(UTC)
    audience = read_audience(answers, reading.values.get("timezone"))
    meant = meaning(reading, audience, now)
    url = public_url(connection())
    return Panel(
        meaning=meant,
        notes=_notes(meant, reading.values.get("timezone"), now),
        calendar=_calendar(meant.overview) if meant.overview else None,
        lead=_lead(meant.lead) if meant.lead else None,
        json=highlighted(meant.body.decode()),
        curl=as_curl(url, meant.body),
        python=as_python(url, meant.payload),
    )


@lru_cache(maxsize=256)
def _calendar(shown: Overview) -> Markup:
    """Draw the calendar; while the other answers change it stays the same."""
    drawn_months = months(shown)
    return drawn(
        "calendar",
        "calendar",
        shown,
        drawn_months,
        _window_words(shown.first),
        _window_words(shown.last),
        len(drawn_months) == MOST_MONTHS,
    )


@lru_cache(maxsize=256)
def _lead(lead: Lead) -> Markup:
    """Draw what one lead gets who never answers."""
    zone = ZoneInfo(lead.overview.schedule.zone)
    times = [_moment_words(at.astimezone(zone)) for at in lead.attempts.timeline[:_TIMES]]
    return drawn("lead", "lead", lead, times, WORDS[lead.attempts.bound_by].label)


def _moment_words(at: datetime) -> str:
    """Write an instant with its offset: Mon 4 Jan 2027, 09:00 (UTC-05:00)."""
    offset = offset_words(at.utcoffset() or timedelta())
    return f"{short_day(at.date())}, {clock(at.time())} (UTC{offset})"


def public_url(to: Connection) -> str:
    """Tell where the API is for somebody outside this process."""
    return (
        f"{request.scheme}://{request.host}/sandbox{CAMPAIGNS_PATH}"
        if to.is_sandbox
        else to.campaigns_url
    )


def _window_words(window: Window | None) -> str:
    """Write a window with its offsets: Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)."""
    if window is None:
        return ""
    start, end = window.start, window.end
    offsets = dict.fromkeys(
        f"UTC{offset_words(at.utcoffset() or timedelta())}" for at in (start, end)
    )
    times = f"{clock(start.time())} to {clock(end.time())}"
    return f"{short_day(window.date)}, {times} ({' to '.join(offsets)})"


def _notes(meant: Meaning, zone: str | None, now: datetime) -> Mapping[str, Sequence[Note]]:
    notes: dict[str, list[Note]] = defaultdict(list)
    for problem in meant.problems:
        notes[problem.field].append(Note("error", sentence(problem)))
    for advice in meant.advice:
        notes[advice.field].append(Note(ADVICE, advice_sentence(advice)))
    for name in meant.left_out:
        notes[name].append(Note(ADVICE, f"{WORDS[name].label} is kept here, but not sent."))
    if zone in ZONE_NAMES:
        told = f"{zone} is now at UTC{offset_words(offset_at(zone, now))}."
        notes["timezone"].append(Note("fact", told))
    return notes
