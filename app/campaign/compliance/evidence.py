"""What a finding is: the rule, and the evidence that a campaign breaks it or has to heed it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_file import Confidence, Force
from app.campaign.schedule.intervals import DayHours


def sum_lengths(day: DayHours) -> int:
    """Count the seconds of a day's stretches."""
    return sum(end - start for start, end in day)


class Severity(StrEnum):
    """How much a finding weighs.

    HIGH breaks a law whose source is good. MEDIUM breaks what is weaker than a law, or a rule
    that has to be verified first. LOW is a duty that settings cannot show.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class OutsideHours:
    """Calls outside a rule's hours.

    `outside` is what lies beyond them in `zone`, the worst one, as clocks stand on the first
    such day, `since`: seconds after midnight there, by weekday. `later` is the worst that is
    otherwise when clocks stand otherwise, first on `later_since`; it is empty if nothing is.
    `closed` are the weekdays there among these that have no hours. `others` are the further
    zones in which the rule is broken, `days` counts the campaign's days on which it is in any
    of them, and `first` is the first.
    """

    zone: str
    outside: tuple[tuple[int, DayHours], ...]
    since: date
    later: tuple[tuple[int, DayHours], ...]
    later_since: date | None
    closed: frozenset[int]
    others: tuple[str, ...]
    days: int
    first: date

    @property
    def seconds(self) -> int:
        """The most that one day has outside the hours."""
        return max(sum_lengths(day) for _, day in self.outside + self.later)


@dataclass(frozen=True)
class TooMany:
    """More attempts than a rule allows: the instants of the most that there can be."""

    attempts: tuple[datetime, ...]


@dataclass(frozen=True)
class OnHolidays:
    """Calling days whose hours fall on a public holiday in the rule's jurisdiction.

    `days` are the campaign's day, the holiday's date there, and its name.
    """

    days: tuple[tuple[date, date, str], ...]


@dataclass(frozen=True)
class Duty:
    """Something to be done that no setting shows."""


Evidence: TypeAlias = OutsideHours | TooMany | OnHolidays | Duty


@dataclass(frozen=True)
class Finding:
    """One rule that a campaign breaks, or has to keep in mind."""

    rule: Rule
    evidence: Evidence

    @property
    def severity(self) -> Severity:
        if isinstance(self.evidence, Duty):
            return Severity.LOW
        is_sure = self.rule.confidence is not Confidence.C and self.rule.force is Force.LAW
        return Severity.HIGH if is_sure else Severity.MEDIUM
