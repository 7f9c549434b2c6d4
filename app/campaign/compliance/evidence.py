"""Findings: a rule, with the evidence that a campaign breaks it or has to observe it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_file import Confidence, Force
from app.campaign.schedule.intervals import DayHours


def sum_lengths(day: DayHours) -> int:
    """Add up the lengths of a day's stretches, in seconds."""
    return sum(end - start for start, end in day)


class Severity(StrEnum):
    """How serious a finding is.

    HIGH breaks a law whose source is good. MEDIUM breaks what is weaker than a law, or a rule
    that has to be verified first, or a limit of contacts if each attempt is one. LOW is a duty
    that settings cannot show.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class OutsideHours:
    """Calls outside a rule's hours.

    `zone` is the worst zone. `outside` are the stretches outside the hours there, by weekday, in
    seconds after midnight, with the offsets of the first such day, `since`. `later` are the worst
    that differ with other offsets, first on `later_since`; empty if there are none. `closed` are
    the weekdays among them without any hours. `others` are further zones in which the rule is
    broken, `days` is the number of the campaign's days on which it is broken in any zone, and
    `first` is the first of them. `seconds` are the most outside the hours on one day.
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
    seconds: int


@dataclass(frozen=True)
class TooMany:
    """More attempts than a rule allows: the instants of the largest possible number.

    `zone` is that of a lead by whose clock the rule's days or months are counted; `None` where it
    counts hours.
    """

    attempts: tuple[datetime, ...]
    zone: str | None = None


@dataclass(frozen=True)
class OnHolidays:
    """Calling days whose hours fall on a public holiday in the rule's jurisdiction.

    `days` are the campaign's day, the holiday's date there, and its name.
    """

    days: tuple[tuple[date, date, str], ...]


@dataclass(frozen=True)
class Duty:
    """An obligation that no setting can show."""


Evidence: TypeAlias = OutsideHours | TooMany | OnHolidays | Duty


@dataclass(frozen=True)
class Finding:
    """One rule that a campaign breaks, or a duty that it has.

    `leads` names who is called what for, and `times` when, by 8 hexadecimal digits each: what
    somebody says of all leads, or of what they agreed to, is about these and no others.
    """

    rule: Rule
    evidence: Evidence
    leads: str = ""
    times: str = ""

    @property
    def severity(self) -> Severity:
        if isinstance(self.evidence, Duty):
            return Severity.LOW
        rule = self.rule
        is_sure = rule.confidence is not Confidence.C and rule.force is Force.LAW
        is_counted = not (rule.attempts and rule.attempts.counts_contacts)
        return Severity.HIGH if is_sure and is_counted else Severity.MEDIUM
