"""One dated and cited rule of calling, and what else a file of rules can hold."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.campaign.clock_hours import Week
from app.campaign.contract import Values
from app.campaign.rule_file import Confidence, Force, Purpose

STALE = timedelta(days=180)
"""A rule that was last checked longer ago than this says so."""


@dataclass(frozen=True)
class AttemptLimit:
    """So many attempts at most: in any `period`, on so many `dates` in a row, or in a `unit`.

    The unit is of the calendar, "day" or "month". It and the dates go by the lead's clock, a
    period by real time.
    """

    most: int
    period: timedelta | None
    dates: int | None
    unit: str | None
    counted_per: str


@dataclass(frozen=True, eq=False)
class Rule:
    """One dated and cited rule.

    `scope` is the purposes it is about, all of them for "any". It limits the `hours` of the
    week, the `attempts`, or calls `closed_on_holidays`; a rule that does none of these is a
    duty, which a campaign's settings cannot show.
    """

    id: str
    jurisdiction: str
    title: str
    scope: frozenset[Purpose]
    limit: str
    clock: str
    exceptions: str
    citation: str
    source: str
    checked_on: date
    confidence: Confidence
    force: Force
    hours: Week | None
    attempts: AttemptLimit | None
    closed_on_holidays: bool

    @property
    def is_duty(self) -> bool:
        return not (self.hours or self.attempts or self.closed_on_holidays)

    def is_stale(self, today: date) -> bool:
        """Tell whether nobody has checked the rule for longer than `STALE`."""
        return today - self.checked_on > STALE


@dataclass(frozen=True)
class Preset:
    """Named settings: some values of the schedule and the retries, and where they come from."""

    id: str
    title: str
    note: str
    source: str
    checked_on: date
    confidence: Confidence
    settings: Values


@dataclass(frozen=True)
class Part:
    """A state or province: its code, name and time zones."""

    code: str
    name: str
    zones: tuple[str, ...]
