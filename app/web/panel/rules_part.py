"""The part of the panel that says what rules say, drawn.

It is cached while what it shows stays the same: the preview is asked for with every letter that
somebody types, and drawing is its slowest step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from app.campaign.compliance.acceptance import Accepted, Statement
from app.campaign.compliance.audience import Audience
from app.campaign.compliance.audience_words import (
    describe_audience,
    describe_gaps,
    describe_none_found,
)
from app.campaign.compliance.hours_chart import chart_hours
from app.campaign.explanation import Explanation
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.intervals import count_seconds
from app.campaign.schedule.windows import (
    Schedule,
)
from app.campaign.timezones.zones import (
    name_city,
)
from app.web.panel import macros
from app.web.panel.findings_view import find_allowed_change, group_findings, list_duties


class Trouble(NamedTuple):
    """Reasons that were typed but not kept, by rule; *message* says why *rule*'s was refused."""

    rule: str
    message: str
    typed: Mapping[str, str]

    def find_typed(self, rule: str) -> str:
        return self.typed.get(rule, "")


class Offers(Enum):
    """What can be done about what rules find: on the form, nothing or to change the campaign.

    On the pages after it, nothing, to answer what no setting shows, or to accept findings, too.
    """

    NOTHING_ON_FORM = "nothing on the form"
    CHANGES = "changes"
    NOTHING = "nothing"
    ANSWERS = "answers"
    ACCEPTANCE = "acceptance"

    @property
    def is_on_form(self) -> bool:
        return self in {Offers.NOTHING_ON_FORM, Offers.CHANGES}

    @property
    def can_change(self) -> bool:
        return self is Offers.CHANGES

    @property
    def can_answer(self) -> bool:
        return self in {Offers.ANSWERS, Offers.ACCEPTANCE}

    @property
    def can_accept(self) -> bool:
        return self is Offers.ACCEPTANCE


@dataclass(frozen=True)
class _Subject:
    """What rules look at of a campaign: explanations that agree in this are drawn alike."""

    schedule: Schedule | None
    limits: Limits | None
    audience: Audience
    explanation: Explanation = field(compare=False)


def draw_rules(
    explanation: Explanation,
    statements: Accepted,
    *,
    offers: Offers,
    trouble: Trouble | None = None,
) -> Markup | None:
    """Draw what rules say about a campaign with a schedule."""
    schedule = explanation.overview.schedule if explanation.overview else None
    subject = _Subject(schedule, explanation.limits, explanation.audience, explanation)
    # What was typed just now feeds no cache: it can be long, and is never asked for again.
    draw = _draw_rules.__wrapped__ if trouble else _draw_rules
    items = tuple(statements.items())
    return draw(subject, items, explanation.today, offers, trouble)


@lru_cache(maxsize=64)
def _draw_rules(
    subject: _Subject,
    items: tuple[tuple[str, Statement], ...],
    today: date,
    offers: Offers,
    trouble: Trouble | None,
) -> Markup | None:
    if subject.schedule is None:
        return None
    schedule, audience, statements = subject.schedule, subject.audience, dict(items)
    return macros.draw_macro(
        "rules",
        "rules",
        group_findings(subject.explanation, statements, today),
        describe_audience(audience),
        describe_gaps(audience),
        describe_none_found(audience),
        list_duties(subject.explanation, statements, today),
        chart_hours(schedule, audience),
        (count_seconds(schedule.opens), count_seconds(schedule.closes)),
        name_city(schedule.zone),
        find_allowed_change(subject.explanation),
        offers,
        trouble,
    )
