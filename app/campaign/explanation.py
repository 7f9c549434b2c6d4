"""Explain a campaign: the one result that preview, review and submission share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from app.campaign.advice import advise
from app.campaign.compliance.audience import Audience, find_unread, read_audience
from app.campaign.compliance.audience_words import describe_gaps
from app.campaign.compliance.evidence import Finding
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.holidays import find_closed_days
from app.campaign.contract.fields import OUTBOUND, Values
from app.campaign.contract.payload import (
    Payload,
    build_payload,
    compute_digest,
    encode_payload,
    find_left_out,
    select_sent,
)
from app.campaign.contract.problems import Advice, Problem
from app.campaign.contract.reading import Answers, Reading, read_answers
from app.campaign.contract.validation import find_problems
from app.campaign.schedule.attempts import Attempts, Limits, follow_attempts, read_limits
from app.campaign.schedule.peak_attempts import find_peaks
from app.campaign.schedule.windows import Overview, Schedule, read_schedule, summarise
from app.campaign.summary import describe


@dataclass(frozen=True, eq=False)
class Lead:
    """The attempts to one lead who never answers.

    `worst` has the instants of the most attempts in each of `peak_attempts.PERIODS`, by name.
    """

    attempts: Attempts
    worst: Mapping[str, tuple[datetime, ...]]
    overview: Overview


@dataclass(frozen=True)
class Plan:
    """When and how often a campaign calls: what is *sent* of its answers, and what that means.

    *schedule* and *limits* are `None` where the answers for them are missing or wrong.
    """

    sent: Values
    schedule: Schedule | None
    limits: Limits | None


def read_plan(values: Values) -> Plan:
    """Read the plan of a campaign from the values of its answers."""
    sent = select_sent(values)
    return Plan(sent, read_schedule(sent), read_limits(sent))


@dataclass(frozen=True)
class Explanation:
    """A campaign's problems and advice, its payload and bytes, and what it will do.

    `values` is what could be read of it; `left_out` names the fields that hold something
    which is not sent; `plain` is sentences; `overview` is `None` without a usable schedule,
    `limits` and `lead` without usable retries. `findings` is what rules say about calling
    this `audience`, and `closed` names its days off while the schedule lasts. `today` is the day,
    in UTC, as of which all that was said.
    """

    values: Values
    problems: Sequence[Problem]
    advice: Sequence[Advice]
    left_out: Sequence[str]
    payload: Payload
    body: bytes
    plain: Sequence[str]
    overview: Overview | None
    limits: Limits | None
    lead: Lead | None
    audience: Audience
    findings: Sequence[Finding]
    closed: Mapping[date, str]
    today: date

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of `body`, in hexadecimal digits."""
        return compute_digest(self.body)


def explain(answers: Answers, now: datetime) -> Explanation:
    """Explain the answers of a form, as of the aware instant *now*."""
    reading = read_answers(answers)
    return explain_reading(reading, read_audience(answers, reading.values.get("timezone")), now)


def explain_reading(reading: Reading, audience: Audience, now: datetime) -> Explanation:
    """Explain a campaign that has been read, for this audience, as of the aware instant *now*."""
    values, plan = reading.values, read_plan(reading.values)
    schedule, limits = plan.schedule, plan.limits
    overview = summarise(schedule) if schedule else None
    document = build_payload(values)
    lead = _follow_lead(schedule, limits) if schedule and limits else None
    problems = find_all_problems(reading, audience)
    return Explanation(
        values=values,
        problems=problems,
        advice=advise(plan.sent, overview, lead.attempts if lead else None, audience, now),
        left_out=find_left_out(values),
        payload=document,
        body=encode_payload(document),
        plain=describe(_leave_out_wrong(plan, problems), overview),
        overview=overview,
        limits=limits,
        lead=lead,
        audience=audience,
        findings=find_findings(plan, audience),
        closed=find_closed_days(audience, schedule) if schedule else {},
        today=now.astimezone(UTC).date(),
    )


def _leave_out_wrong(plan: Plan, problems: Sequence[Problem]) -> Values:
    """Leave out what has to be changed, but for a last day with which there is a calendar."""
    wrong = {problem.field for problem in problems}
    if "end_date" in wrong:
        # By the first day alone, it would be said to have no last one.
        wrong = wrong - {"end_date"} if plan.schedule else wrong | {"start_date"}
    return {name: value for name, value in plan.sent.items() if name not in wrong}


def find_all_problems(reading: Reading, audience: Audience) -> list[Problem]:
    """Find what keeps a campaign from being sent, in its answers and in those about its leads."""
    problems = find_problems(reading)
    return problems + find_unread(audience) if OUTBOUND.holds(reading.values) else problems


def count_gaps(plan: Plan, audience: Audience) -> int:
    """Count what is not known about the rules where the leads are; 0 without a schedule."""
    return len(describe_gaps(audience)) if plan.schedule else 0


def find_findings(plan: Plan, audience: Audience) -> tuple[Finding, ...]:
    """Check a campaign against the rules of calling; without a schedule there are no findings."""
    return check_rules(plan.schedule, plan.limits, audience) if plan.schedule else ()


@lru_cache(maxsize=256)
def _follow_lead(schedule: Schedule, limits: Limits) -> Lead:
    """Follow one lead; cached, so the object stays the same while other answers change."""
    return Lead(
        follow_attempts(schedule, limits), find_peaks(schedule, limits), summarise(schedule)
    )
