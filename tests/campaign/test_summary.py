"""The plain words: a sentence for each thing that is known, and none for what is not."""

import re
from datetime import date, time
from typing import Any

import pytest

from app.campaign.contract.fields import CallingEntity, DialerType, Weekday
from tests.campaign.meanings import explain_values
from tests.campaign.schedules import EVERY_DAY
from tests.factories import WORKDAYS, inbound, outbound

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = Weekday


def words(values: dict[str, Any]) -> list[str]:
    return list(explain_values(values).plain)


def about(start: str, values: dict[str, Any]) -> list[str]:
    """List the sentences with this beginning."""
    return [sentence for sentence in words(values) if sentence.startswith(start)]


def test_a_campaign_that_calls_is_told_from_who_calls_to_what_it_adds_up_to() -> None:
    assert words(outbound()) == [
        "Assistant asst_abc123 calls your leads from number pn_abc123.",
        (
            "Calls start Monday to Friday, from 09:00 until just before 17:00, "
            "by the clock in America/New_York."
        ),
        "From Monday 4 January 2027 to Wednesday 31 March 2027, that day included.",
        (
            "Each lead is called at most 3 times in all, at most once in one day, "
            "at least 60 minutes apart."
        ),
        "A voicemail counts as answered: that lead is not called again.",
        "That makes 63 calling days with 504 hours of calling.",
        (
            "The clocks in America/New_York change on Sunday 14 March 2027, "
            "from UTC-05:00 to UTC-04:00."
        ),
    ]


def test_a_campaign_that_is_rung_has_neither_schedule_nor_retries() -> None:
    assert words(inbound()) == [
        "Callers ring number pn_abc123, and assistant asst_abc123 answers.",
        "It has no schedule and no retries: it answers whenever somebody rings.",
    ]


def test_what_is_left_out_of_the_payload_is_not_spoken_of() -> None:
    assert words(outbound() | inbound()) == words(inbound())


def test_of_no_answers_nothing_is_said() -> None:
    assert words({}) == []


def test_without_a_type_nobody_is_said_to_call() -> None:
    assert words(outbound(type=None)) == []


@pytest.mark.parametrize("field", sorted(set(outbound()) - {"type"}))
def test_an_answer_that_is_not_given_is_passed_over(field: str) -> None:
    sentences = " ".join(words(outbound(**{field: None})))

    assert sentences
    assert "None" not in sentences
    assert "  " not in sentences


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Assistant asst_abc123 calls your leads from number pn_abc123."),
        ({"assistant_id": None}, "The assistant calls your leads from number pn_abc123."),
        (
            {"phone_number_id": None},
            "Assistant asst_abc123 calls your leads from one number, which is not given yet.",
        ),
        ({"dialer_type": None}, "Assistant asst_abc123 calls your leads."),
        (
            {"dialer_type": DialerType.POOL},
            "Assistant asst_abc123 calls your leads from a pool of numbers, not given yet.",
        ),
        (
            {"dialer_type": DialerType.POOL, "phone_number_pool_id": "p1"},
            "Assistant asst_abc123 calls your leads from the numbers of pool p1.",
        ),
        (
            {"vapi_calling_entity": CallingEntity.ASSISTANT},
            "Assistant asst_abc123 calls your leads from number pn_abc123.",
        ),
        (
            {"vapi_calling_entity": CallingEntity.WORKFLOW},
            "Workflow asst_abc123 calls your leads from number pn_abc123.",
        ),
        (
            {"vapi_calling_entity": CallingEntity.SQUAD, "assistant_id": None},
            "The squad calls your leads from number pn_abc123.",
        ),
    ],
)
def test_it_is_said_who_calls_from_where(changes: dict[str, Any], sentence: str) -> None:
    assert words(outbound(**changes))[0] == sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"vapi_calling_entity": CallingEntity.SQUAD},
            "Callers ring number pn_abc123, and squad asst_abc123 answers.",
        ),
        ({"dialer_type": None}, "Callers ring the number, and assistant asst_abc123 answers."),
        (
            {"dialer_type": DialerType.POOL, "phone_number_pool_id": "p1"},
            "Callers ring the numbers of pool p1, and assistant asst_abc123 answers.",
        ),
        ({"assistant_id": None}, "Callers ring number pn_abc123, and the assistant answers."),
    ],
)
def test_it_is_said_who_answers_which_number(changes: dict[str, Any], sentence: str) -> None:
    assert words(inbound(**changes))[0] == sentence


@pytest.mark.parametrize(
    ("days", "phrase"),
    [
        (EVERY_DAY, "every day"),
        (WORKDAYS, "Monday to Friday"),
        ((FRIDAY, SATURDAY, SUNDAY), "Friday to Sunday"),
        ((SATURDAY, SUNDAY), "Saturday and Sunday"),
        ((MONDAY, THURSDAY), "Monday and Thursday"),
        ((MONDAY, WEDNESDAY, FRIDAY), "Monday, Wednesday and Friday"),
        ((MONDAY, SATURDAY, SUNDAY), "Monday, Saturday and Sunday"),
        ((WEDNESDAY,), "Wednesday"),
    ],
)
def test_days_are_named_as_people_name_them(days: tuple[Weekday, ...], phrase: str) -> None:
    (sentence,) = about("Calls start", outbound(days_of_week=days))

    assert sentence.startswith(f"Calls start {phrase}, from 09:00")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"timezone": None}, "Calls start Monday to Friday, from 09:00 until just before 17:00."),
        (
            {"days_of_week": None},
            "Calls start from 09:00 until just before 17:00, by the clock in America/New_York.",
        ),
        (
            {"daily_end_time": None},
            "Calls start Monday to Friday, by the clock in America/New_York.",
        ),
        (
            {"daily_start_time": time(0)},
            (
                "Calls start Monday to Friday, from 00:00 until just before 17:00, "
                "by the clock in America/New_York."
            ),
        ),
    ],
)
def test_it_is_said_when_calls_start_as_far_as_is_known(
    changes: dict[str, Any], sentence: str
) -> None:
    assert about("Calls start", outbound(**changes)) == [sentence]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (True, "A voicemail counts as answered: that lead is not called again."),
        (
            False,
            (
                "A voicemail does not count as answered: "
                "that lead is called again while attempts are left."
            ),
        ),
        (None, "What a voicemail counts as is left to VoiceAIWrapper."),
    ],
)
def test_a_voicemail_counts_as_answered_or_not_or_is_left_open(
    answer: bool | None,
    sentence: str,
) -> None:
    sentences = words(outbound(consider_voicemail_as_answered=answer))

    assert [line for line in sentences if "voicemail" in line] == [sentence]


def test_events_are_said_to_go_to_the_webhook() -> None:
    assert about("Its events", outbound(webhook_url="https://example.com/e")) == [
        "Its events are sent to example.com."
    ]


def test_nothing_is_said_of_what_has_to_be_changed() -> None:
    wrong = outbound(max_call_attempts=-1, max_daily_attempts=-2, timezone="Nowhere")
    assert not re.search("-1|-2|Nowhere", " ".join(words(wrong)))
    before = outbound(end_date=date(2027, 1, 3))
    assert about("From ", before) == []
