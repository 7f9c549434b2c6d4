"""What a campaign means, all of it: the one answer that preview, review and submission share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from app.campaign.advice import advise
from app.campaign.compliance.audience import Audience, find_unread, read_audience
from app.campaign.compliance.evidence import Finding
from app.campaign.compliance.findings import findings
from app.campaign.compliance.holidays import closed_days
from app.campaign.contract.fields import OUTBOUND, Values, used_fields
from app.campaign.contract.payload import Payload, body, digest, left_out, payload
from app.campaign.contract.problems import Advice, Problem
from app.campaign.contract.reading import Answers, Reading, read_answers
from app.campaign.contract.validation import find_problems
from app.campaign.schedule.attempts import Attempts, Limits, attempts, limits
from app.campaign.schedule.peak_attempts import worst
from app.campaign.schedule.windows import Overview, Schedule, overview, schedule
from app.campaign.summary import plain_words


@dataclass(frozen=True, eq=False)
class Lead:
    """What one lead gets who never answers.

    `worst` is the instants of the most attempts in each of `crowding.PERIODS`, by their names.
    """

    attempts: Attempts
    worst: Mapping[str, tuple[datetime, ...]]
    overview: Overview


@dataclass(frozen=True)
class Meaning:
    """A campaign's problems and advice, its payload and bytes, and what it will do.

    `values` is what could be read of it; `left_out` names the fields that hold something
    which is not sent; `plain` is sentences; `overview` is `None` without a usable schedule,
    `limits` and `lead` without usable retries. `findings` is what rules say about calling
    this `audience`, and `closed` names its days off while the schedule lasts.
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

    @cached_property
    def digest(self) -> str:
        """Name of the bytes in `body`."""
        return digest(self.body)


def meaning_of(answers: Answers, now: datetime) -> Meaning:
    """Say what was typed means at the (aware) instant *now*."""
    reading = read_answers(answers)
    return meaning(reading, read_audience(answers, reading.values.get("timezone")), now)


def meaning(reading: Reading, audience: Audience, now: datetime) -> Meaning:
    """Say what these answers mean to that audience at the (aware) instant *now*."""
    values = reading.values
    used = {line.name: values[line.name] for line in used_fields(values) if line.name in values}
    wanted, retries = schedule(used), limits(used)
    shown = overview(wanted) if wanted else None
    document = payload(values)
    unread = find_unread(audience) if OUTBOUND.holds(values) else []
    lead = _lead(wanted, retries) if wanted and retries else None
    return Meaning(
        values=values,
        problems=find_problems(reading) + unread,
        advice=advise(used, shown, lead.attempts if lead else None, audience, now),
        left_out=left_out(values),
        payload=document,
        body=body(document),
        plain=plain_words(used, shown),
        overview=shown,
        limits=retries,
        lead=lead,
        audience=audience,
        findings=findings(wanted, retries, audience) if wanted else (),
        closed=closed_days(audience, wanted) if wanted else {},
    )


@lru_cache(maxsize=256)
def _lead(wanted: Schedule, retries: Limits) -> Lead:
    """Follow one lead; while the other answers change, this stays the very same object."""
    return Lead(attempts(wanted, retries), worst(wanted, retries), overview(wanted))
