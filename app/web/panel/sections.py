"""The sections of the form, for its index: which there are, and what each still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.campaign.contract.fields import OUTBOUND, When
from app.campaign.explanation import Explanation


@dataclass(frozen=True)
class Section:
    """A section of the form: the id and the words of its heading, and the names of its questions.

    *applies* is when it is asked at all.
    """

    id: str
    title: str
    questions: tuple[str, ...]
    applies: When | None = None


SECTIONS = (
    Section("s-campaign", "Campaign", ("type", "name")),
    Section(
        "s-voice",
        "Voice and number",
        (
            "vapi_calling_entity",
            "assistant_id",
            "tenant_voice_provider_id",
            "dialer_type",
            "phone_number_id",
            "phone_number_pool_id",
        ),
    ),
    Section("s-leads", "Who is called", ("audience", "purpose"), OUTBOUND),
    Section(
        "s-when",
        "When to call",
        (
            "start_date",
            "end_date",
            "timezone",
            "days_of_week",
            "daily_start_time",
            "daily_end_time",
            "own_dates",
        ),
        OUTBOUND,
    ),
    Section(
        "s-often",
        "How often to try",
        (
            "max_call_attempts",
            "max_daily_attempts",
            "min_gap_between_attempts",
            "consider_voicemail_as_answered",
        ),
        OUTBOUND,
    ),
    Section("s-events", "Events", ("webhook_url",)),
)


@dataclass(frozen=True)
class SectionState:
    """A section as the index shows it: how many of its answers are to be given or changed.

    `is_done` is one of which nothing is missing, and something was answered.
    """

    section: Section
    missing: int
    is_done: bool


def list_sections(explanation: Explanation) -> Sequence[SectionState]:
    """List the sections that this campaign is asked for, in the order of the form."""
    open_questions = {problem.field for problem in explanation.problems}
    return [
        _describe_state(section, explanation, open_questions)
        for section in SECTIONS
        if section.applies is None or section.applies.holds(explanation.values)
    ]


def _describe_state(
    section: Section, explanation: Explanation, open_questions: set[str]
) -> SectionState:
    missing = len(open_questions.intersection(section.questions))
    audience = explanation.audience
    answered = {
        *explanation.values,
        *(["audience"] if audience.places and not audience.is_assumed else []),
        *(["purpose"] if audience.purpose else []),
    }
    is_done = not missing and not answered.isdisjoint(section.questions)
    return SectionState(section, missing, is_done)
