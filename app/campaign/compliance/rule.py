"""One dated and cited rule of calling, and the other things that a file of rules can contain."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.campaign.compliance.rule_file import (
    Confidence,
    Device,
    Exemption,
    Force,
    PartHolidays,
    SourceKind,
    Topic,
)
from app.campaign.contract.fields import Purpose, Values
from app.campaign.schedule.intervals import WeekHours

STALE = timedelta(days=180)
"""A rule that was last checked longer ago than this is shown with a warning."""


@dataclass(frozen=True)
class AttemptLimit:
    """A maximum of attempts in any `period`, on so many consecutive `dates`, or in a `unit`.

    Exactly one of the three is set. The unit is a calendar "day" or "month". It and the dates
    follow the lead's clock, a period is elapsed time. With `counts_contacts`, only attempts that
    reach the person count, so that more attempts can still be lawful.
    """

    most: int
    period: timedelta | None
    dates: int | None
    unit: str | None
    counted_per: str
    counts_contacts: bool


@dataclass(frozen=True)
class ClosedHolidays:
    """Holidays without calls: those of the place, without `minus` and with `plus`.

    `plus` is ``06-14 Flag Day``, or the name of a day and the place that has it, such as
    ``Good Friday of US-DE``, or a Monday: ``Monday after 12-25 Christmas Day`` follows a date at
    a weekend, and ``Monday by 06-19 Juneteenth`` is also the one of the week in which the date
    is. Only those on the weekdays in `on` count (0 is Monday), and days off in lieu of a holiday
    only if they are `observed`. `parts` are whose holidays close a country beside its own.
    """

    minus: frozenset[str]
    plus: tuple[str, ...]
    on: frozenset[int]
    observed: bool
    parts: PartHolidays | None


@dataclass(frozen=True, eq=False)
class Rule:
    """One dated and cited rule.

    `scope` is the purposes that it is about, all of them for "any", and `device` who speaks in the
    calls. It limits the `hours` of the week or the `attempts`, or names `holidays` without calls.
    A rule that does none of these is a duty, which a campaign's settings cannot show: the answer
    yes to its `question` states that it is met. Any of the exemptions in `lifted_by` lifts it,
    under the conditions in `exceptions`. It is in force from `since` on and before `until`.
    `binds` says whom it binds, where that is not everybody. `law_as_of` is the date of the text
    that was read, `checked_on` the day on which somebody looked it up.
    """

    id: str
    jurisdiction: str
    title: str
    scope: frozenset[Purpose]
    device: Device
    limit: str
    clock: str
    exceptions: str
    lifted_by: tuple[Exemption, ...]
    citation: str
    source: str
    source_kind: SourceKind
    checked_on: date
    law_as_of: date | None
    force: Force
    binds: str
    since: date | None
    until: date | None
    hours: WeekHours | None
    attempts: AttemptLimit | None
    holidays: ClosedHolidays | None
    question: str

    @property
    def is_duty(self) -> bool:
        return bool(self.question)

    @property
    def topic(self) -> Topic:
        if self.hours:
            return Topic.HOURS
        if self.attempts:
            return Topic.ATTEMPTS
        return Topic.CONSENT if self.is_duty else Topic.DAYS

    @property
    def confidence(self) -> Confidence:
        return self.source_kind.confidence

    def is_in_force(self, first: date, last: date) -> bool:
        """Tell whether the rule is in force on any day from *first* to *last*."""
        return (self.since or first) <= last and (self.until is None or self.until > first)

    def is_stale(self, today: date) -> bool:
        """Tell whether nobody has checked the rule for longer than `STALE`."""
        return today - self.checked_on > STALE


@dataclass(frozen=True)
class Preset:
    """Named settings: some values of the schedule and the retries, and their source.

    Its hours are on the leads' clocks with `is_by_leads_clock`, otherwise on the campaign's.
    """

    id: str
    title: str
    note: str
    source: str
    source_kind: SourceKind
    checked_on: date
    is_by_leads_clock: bool
    settings: Values

    @property
    def has_to_be_verified(self) -> bool:
        return self.source_kind.confidence is Confidence.C


@dataclass(frozen=True)
class Part:
    """A state or province: its code, name and time zones."""

    code: str
    name: str
    zones: tuple[str, ...]
