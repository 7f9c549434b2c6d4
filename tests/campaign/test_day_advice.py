"""Advice on the first and the last day: by the campaign's clock, and only where it applies."""

from datetime import date, datetime, timedelta, timezone

import pytest

from app.campaign.contract.fields import CampaignType, Weekday
from app.campaign.contract.problems import Advice, AdviceCode
from app.campaign.contract.wording import describe_advice
from tests.campaign.advised import advice, at, outbound
from tests.factories import inbound


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        # New York is five hours behind UTC: its 4 January is over at 05:00 UTC on the 5th.
        (at(2027, 1, 4, 12), []),
        (at(2027, 1, 5, 4, 59), []),
        (at(2027, 1, 5, 5), [AdviceCode.STARTS_IN_THE_PAST]),
        # And four hours behind in April: the last call may start just before 17:00 there.
        (at(2027, 3, 31, 20, 59), [AdviceCode.STARTS_IN_THE_PAST]),
        (at(2027, 3, 31, 21), [AdviceCode.ENDED]),
    ],
)
def test_the_first_day_is_past_with_its_date_and_the_campaign_with_its_last_hour(
    now: datetime, codes: list[AdviceCode]
) -> None:
    assert [piece.code for piece in advice(outbound(), now)] == codes


@pytest.mark.parametrize("hours", [-12, 5.5, 14])
def test_it_does_not_matter_in_which_zone_the_present_is_given(hours: float) -> None:
    here = timezone(timedelta(hours=hours))

    assert advice(outbound(), at(2027, 1, 5, 4, 59).astimezone(here)) == []
    assert advice(outbound(timezone=None), at(2027, 1, 4, 12).astimezone(here)) == []


@pytest.mark.parametrize(
    ("zone", "now"),
    [
        (None, at(2027, 1, 5, 0)),
        ("America/Newark", at(2027, 1, 5, 0)),  # no such zone
        ("Pacific/Kiritimati", at(2027, 1, 4, 10)),
        ("Pacific/Niue", at(2027, 1, 5, 11)),
    ],
)
def test_a_day_is_over_at_midnight_and_not_a_minute_earlier(
    zone: str | None, now: datetime
) -> None:
    values = outbound(timezone=zone, end_date=None)

    assert [(piece.field, piece.code) for piece in advice(values, now)] == [
        ("start_date", AdviceCode.STARTS_IN_THE_PAST)
    ]
    assert advice(values, now - timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    ("now", "over"), [(at(2027, 1, 6, 12), "2 are"), (at(2027, 1, 5, 12), "1 is")]
)
def test_it_is_said_how_many_of_the_days_that_are_counted_are_over(
    now: datetime, over: str
) -> None:
    (piece,) = advice(outbound(), now)
    assert describe_advice(piece) == (
        f"The first day is in the past: of the 63 calling days that are counted here, {over} over. "
        "Is the year right?"
    )


def test_without_a_calling_day_none_is_counted_and_one_is_told_in_the_singular() -> None:
    fridays = {"days_of_week": (Weekday.FRIDAY,), "start_date": date(2027, 3, 1)}
    none = outbound(**fridays, end_date=date(2027, 3, 3))
    assert Advice("start_date", AdviceCode.STARTS_IN_THE_PAST) in advice(none, at(2027, 3, 2, 12))
    friday = outbound(**fridays, end_date=date(2027, 3, 6))
    (piece,) = [
        piece for piece in advice(friday, at(2027, 3, 2, 12)) if piece.field == "start_date"
    ]
    assert "of the 1 calling day that is counted here, 0 are over" in describe_advice(piece)


def test_a_last_day_on_which_it_does_not_call_does_not_keep_a_campaign_from_being_over() -> None:
    to_sunday = outbound(end_date=date(2027, 4, 4))
    assert advice(to_sunday, at(2027, 4, 3, 12)) == [Advice("end_date", AdviceCode.ENDED)]


def test_an_end_in_the_past_is_said_at_the_last_day_and_only_there() -> None:
    assert advice(outbound(), at(2030, 1, 1, 12)) == [Advice("end_date", AdviceCode.ENDED)]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(2200, 1, 1), date.max])
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_day_that_no_calendar_is_drawn_for_is_pointed_out(name: str, day: date) -> None:
    values = {"type": CampaignType.OUTBOUND, name: day}
    assert Advice(name, AdviceCode.OUT_OF_SIGHT) in advice(values)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2027, 1, 4), date(2199, 12, 31)])
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_day_that_a_calendar_can_be_drawn_for_is_in_sight(name: str, day: date) -> None:
    values = {"type": CampaignType.OUTBOUND, name: day}
    assert Advice(name, AdviceCode.OUT_OF_SIGHT) not in advice(values)


def test_a_campaign_that_is_rung_cannot_be_over() -> None:
    dates = {"start_date": date(2020, 1, 1), "end_date": date(2020, 2, 1)}

    assert advice(inbound(**dates)) == []


@pytest.mark.parametrize(
    ("days", "is_advised"),
    [
        ((Weekday.MONDAY,), False),
        ((Weekday.TUESDAY, Weekday.SUNDAY), False),
        ((Weekday.SUNDAY,), True),
        ((Weekday.WEDNESDAY, Weekday.SATURDAY), True),
    ],
)
def test_days_that_do_not_occur_between_the_dates_are_pointed_out(
    days: tuple[Weekday, ...], *, is_advised: bool
) -> None:
    # 4 January 2027 is a Monday.
    short = {"end_date": date(2027, 1, 5), "max_call_attempts": 1}
    pieces = [piece for piece in advice(outbound(days_of_week=days, **short)) if piece.is_strong]

    fields = ["days_of_week", "end_date"]
    assert pieces == [Advice(name, AdviceCode.NO_CALLING_DAY) for name in fields if is_advised]
