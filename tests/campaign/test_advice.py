"""Advice: each piece is given when it should be, and not one step to either side."""

from datetime import date, time, timedelta

import pytest

from app.campaign.contract.fields import CampaignType, DialerType
from app.campaign.contract.problems import Advice, AdviceCode
from app.campaign.contract.wording import describe_advice
from tests.campaign.advised import BOTH_TYPES, Campaign, advice, at, outbound
from tests.campaign.meanings import explain_values

POOL = "Vm9pY2VQaG9uZU51bWJlclBvb2w6MTIz"  # VoicePhoneNumberPool:123


@BOTH_TYPES
def test_a_sound_campaign_gets_no_advice(campaign: Campaign) -> None:
    assert advice(campaign()) == []


def test_no_answers_get_no_advice() -> None:
    assert advice({}) == []


@BOTH_TYPES
def test_a_single_dialer_without_a_number_is_pointed_out(campaign: Campaign) -> None:
    pieces = advice(campaign(phone_number_id=None))

    assert pieces == [Advice("phone_number_id", AdviceCode.NO_NUMBER)]


@BOTH_TYPES
def test_a_pool_dialer_without_a_pool_is_pointed_out_though_it_has_a_number(
    campaign: Campaign,
) -> None:
    pieces = advice(campaign(dialer_type=DialerType.POOL))

    assert pieces == [Advice("phone_number_pool_id", AdviceCode.NO_POOL)]


@BOTH_TYPES
def test_a_pool_dialer_with_its_pool_needs_no_number(campaign: Campaign) -> None:
    pool = {"dialer_type": DialerType.POOL, "phone_number_pool_id": POOL}

    assert advice(campaign(**pool, phone_number_id=None)) == []


def test_a_number_is_not_missed_before_a_dialer_is_chosen() -> None:
    assert advice(outbound(dialer_type=None, phone_number_id=None)) == []


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        (
            "EST",
            (
                "There is no summer time here: EST is UTC-05:00 all year. "
                "You probably mean America/New_York."
            ),
        ),
        (
            "Etc/GMT+8",
            (
                "There is no summer time here: Etc/GMT+8, whose sign is the other way "
                "round, is UTC-08:00 all year. You probably mean America/Los_Angeles."
            ),
        ),
        (
            "Etc/GMT-14",
            (
                "There is no summer time here: Etc/GMT-14, whose sign is the other way "
                "round, is UTC+14:00 all year. Choose the zone of a place."
            ),
        ),
        (
            "Etc/GMT+2",
            (
                "There is no summer time here: Etc/GMT+2, whose sign is the other way "
                "round, is UTC-02:00 all year. You probably mean Europe/Athens."
            ),
        ),
        (
            "Etc/GMT-0",
            (
                "There is no summer time here: Etc/GMT-0 is UTC+00:00 all year. "
                "You probably mean Europe/London."
            ),
        ),
    ],
)
def test_a_fixed_offset_is_pointed_out_before_anything_else_is_known(
    zone: str, sentence: str
) -> None:
    values = {"type": CampaignType.OUTBOUND, "timezone": zone}
    (pieces,) = advice(values)
    assert pieces.field == "timezone"
    assert describe_advice(pieces) == sentence
    assert pieces.better is None or str(pieces.better) in sentence


@pytest.mark.parametrize("zone", ["America/Phoenix", "America/New_York", "UTC", "Pacific/Honolulu"])
def test_a_place_without_summer_time_is_no_fixed_offset(zone: str) -> None:
    assert advice(outbound(timezone=zone)) == []


@pytest.mark.parametrize(
    ("daily", "total", "is_advised"),
    [
        (3, 3, False),
        (4, 3, True),
        (2, 3, False),
        (4, None, False),
        (None, 3, False),
        (9, -3, False),
    ],
)
def test_more_attempts_in_one_day_than_in_all_are_pointed_out(
    daily: int | None, total: int | None, *, is_advised: bool
) -> None:
    pieces = advice(outbound(max_daily_attempts=daily, max_call_attempts=total))

    expected = [Advice("max_daily_attempts", AdviceCode.DAILY_ABOVE_TOTAL, better=total)]
    assert pieces == (expected if is_advised else [])


@pytest.mark.parametrize(
    ("url", "is_advised"),
    [
        ("https://acme.io/events", False),
        ("HTTPS://acme.io/events", False),
        ("http://acme.io/events", True),
        ("ftp://acme.io", False),  # No address, which is told beside the field.
        ("httpsx://acme.io", False),
        ("http://acme.io/?to=https://acme.io", True),
        ("https://[", False),
        ("http://[", False),
        ("http://acme..io", False),
        ("https://a\u2100b/", False),
    ],
)
@BOTH_TYPES
def test_events_are_advised_to_go_over_https(
    campaign: Campaign, url: str, *, is_advised: bool
) -> None:
    expected = [Advice("webhook_url", AdviceCode.NOT_HTTPS)]

    assert advice(campaign(webhook_url=url)) == (expected if is_advised else [])


def test_each_piece_of_advice_has_a_sentence_of_its_own() -> None:
    sentences = [describe_advice(Advice("name", code, "Lead")) for code in AdviceCode]

    assert len(set(sentences)) == len(AdviceCode)
    assert all(sentence.endswith((".", "?")) for sentence in sentences)


def test_all_advice_is_given_at_once() -> None:
    values = outbound(
        phone_number_id=None,
        assistant_id=POOL,
        max_daily_attempts=9,
        webhook_url="http://acme.io",
    )

    assert [piece.field for piece in advice(values, at(2027, 2, 1, 12))] == [
        "phone_number_id",
        "assistant_id",
        "start_date",
        "max_daily_attempts",
        "webhook_url",
    ]


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (240, [Advice("min_gap_between_attempts", AdviceCode.GAP_TOO_LONG, "239", 239)]),
        (239, []),
    ],
)
def test_a_gap_that_keeps_attempts_out_of_the_day_is_pointed_out_with_one_that_does_not(
    gap: int, expected: list[Advice]
) -> None:
    values = outbound(max_daily_attempts=3, max_call_attempts=3, min_gap_between_attempts=gap)
    norway = {"audience": "Norway"}  # No limits of attempts are known for it.
    pieces = explain_values(values, remarks=norway).advice
    assert [piece for piece in pieces if piece.field == "min_gap_between_attempts"] == expected


def test_hours_that_no_gap_makes_long_enough_are_pointed_out() -> None:
    limits = {"max_daily_attempts": 5, "max_call_attempts": 5, "min_gap_between_attempts": 3}
    pieces = advice(outbound(**limits, daily_end_time=time(9, 10)))

    assert pieces == [Advice("daily_end_time", AdviceCode.DAY_TOO_SHORT)]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2027, 1, 6), [Advice("max_call_attempts", AdviceCode.NEVER_HAPPENS, "6", 6)]),
        (date(2027, 1, 7), []),
    ],
)
def test_attempts_that_can_never_happen_are_pointed_out(last: date, expected: list[Advice]) -> None:
    assert advice(outbound(end_date=last, max_call_attempts=7)) == expected


def test_without_a_calling_day_the_attempts_are_not_the_trouble() -> None:
    saturday = date(2027, 1, 9)
    pieces = advice(outbound(start_date=saturday, end_date=saturday + timedelta(days=1)))

    assert {piece.code for piece in pieces} == {AdviceCode.NO_CALLING_DAY}
