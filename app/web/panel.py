"""What a campaign means, made ready for the screen: beside the form and on the review page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request
from markupsafe import Markup

from app.campaign.calendar import Window
from app.campaign.meaning import Meaning, meaning
from app.campaign.months import MOST_MONTHS, Month, months
from app.campaign.readback import clock
from app.campaign.reading import Answers, read_answers
from app.campaign.wording import WORDS, advice_sentence, sentence
from app.campaign.zones import ZONE_NAMES, offset_at, offset_words
from app.remote.connection import Connection
from app.web.current import connection
from app.web.highlight import highlighted
from app.web.snippets import as_curl, as_python
from app.web.words import day


@dataclass(frozen=True)
class Note:
    """Something to say beside a field: an error, an advice, or a fact."""

    kind: str
    text: str


@dataclass(frozen=True)
class Panel:
    """One campaign's meaning, its JSON in three shapes, and the notes beside its fields."""

    meaning: Meaning
    notes: Mapping[str, Sequence[Note]]
    json: Markup
    curl: str
    python: str
    months: Sequence[Month]

    @property
    def is_cut(self) -> bool:
        """Whether the campaign goes on after the last month that is shown."""
        return len(self.months) == MOST_MONTHS

    @property
    def first_window(self) -> str:
        return _window_words(self.meaning.overview.first) if self.meaning.overview else ""

    @property
    def last_window(self) -> str:
        return _window_words(self.meaning.overview.last) if self.meaning.overview else ""


def panel(answers: Answers) -> Panel:
    """Say what these answers mean, by the same code that submits them."""
    reading, now = read_answers(answers), datetime.now(UTC)
    meant = meaning(reading, now)
    url = public_url(connection())
    return Panel(
        meaning=meant,
        notes=_notes(meant, reading.values.get("timezone"), now),
        json=highlighted(meant.body.decode()),
        curl=as_curl(url, meant.body),
        python=as_python(url, meant.payload),
        months=months(meant.overview) if meant.overview else (),
    )


def public_url(to: Connection) -> str:
    """Tell where the API is for somebody outside this process."""
    if not to.is_sandbox:
        return to.campaigns_url
    return Connection(to.name, request.host_url + "sandbox", "").campaigns_url


def _window_words(window: Window | None) -> str:
    """Write a window with its offsets: Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)."""
    if window is None:
        return ""
    start, end = window.start, window.end
    offsets = dict.fromkeys(
        f"UTC{offset_words(at.utcoffset() or timedelta())}" for at in (start, end)
    )
    return (
        f"{day(window.date)}, {clock(start.time())} to {clock(end.time())} ({' to '.join(offsets)})"
    )


def _notes(meant: Meaning, zone: str | None, now: datetime) -> Mapping[str, Sequence[Note]]:
    notes: dict[str, list[Note]] = defaultdict(list)
    for problem in meant.problems:
        notes[problem.field].append(Note("error", sentence(problem)))
    for advice in meant.advice:
        notes[advice.field].append(Note("advice", advice_sentence(advice)))
    for name in meant.left_out:
        notes[name].append(Note("advice", f"{WORDS[name].label} is kept here, but not sent."))
    if zone in ZONE_NAMES:
        told = f"{zone} is now at UTC{offset_words(offset_at(zone, now))}."
        notes["timezone"].append(Note("fact", told))
    return notes
