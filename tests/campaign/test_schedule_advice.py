"""Advice on days, gaps and hosts: each is given when it should be, and only then."""

from datetime import date, time
from typing import Any

import pytest

from app.campaign.contract.fields import Weekday
from app.campaign.contract.problems import Advice, AdviceCode
from tests.campaign.advised import outbound
from tests.campaign.meanings import explain_values
from tests.factories import WORKDAYS, inbound

PRIVATE = """
10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 169.254.169.254 127.0.0.1 127.8.8.8
0.0.0.0 240.0.0.1 192.0.2.1 [::1] [fd00::1] [fe80::1] [::ffff:127.0.0.1] [2001:db8::1] localhost
intranet intranet. printer.local printer.local. a.localhost db.internal nas.lan nas.home.arpa
example.com www.example.org a.test LOCALHOST Printer.Local a@localhost localhost:5000 2130706433"""
ODDLY_WRITTEN = "127.1 0x7f.1 0177.0.0.1 127.0.0.1. 224.0.0.1 [ff02::1]"
PUBLIC = """
8.8.8.8 172.15.255.255 172.32.0.1 100.128.0.1 126.255.255.255 128.0.0.1 [2606:4700::1111]
[::ffff:8.8.8.8] acme.io acme.io. ACME.io:8443 local.io localhost.io mylocal.io myexample.com
example.co example.com.au localhost@acme.io 127.0.0.1.nip.io"""
US, OWN = {"audience": "US"}, "own_dates"
BOTH = [AdviceCode.STARTS_ON_A_HOLIDAY, AdviceCode.CALLS_ON_HOLIDAYS]
A_DAY = {"min_gap_between_attempts": 1440}


def january(first: int, last: int, **changes: Any) -> dict[str, Any]:
    """Build a campaign on these days of January 2027; the 4th is a Monday."""
    dates = {"start_date": date(2027, 1, first), "end_date": date(2027, 1, last)}
    return outbound(**dates | {"max_call_attempts": 2} | changes)


def codes(values: dict[str, Any], **remarks: str) -> list[tuple[str, AdviceCode]]:
    return [(piece.field, piece.code) for piece in explain_values(values, remarks=remarks).advice]


@pytest.mark.parametrize(("last", "is_advised"), [(5, True), (6, False)])
def test_a_campaign_that_ends_the_day_after_its_first_is_pointed_out(
    last: int, *, is_advised: bool
) -> None:
    assert codes(january(4, last)) == (
        [("end_date", AdviceCode.ENDS_AT_ONCE)] if is_advised else []
    )


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [(9, 10, ["days_of_week", "end_date"]), (9, 11, []), (8, 10, [])],
)
def test_without_a_calling_day_both_the_days_and_the_last_day_are_pointed_out(
    first: int, last: int, fields: list[str]
) -> None:
    pieces = explain_values(january(first, last)).advice

    assert list(pieces) == [Advice(name, AdviceCode.NO_CALLING_DAY) for name in fields]


@pytest.mark.parametrize("days", [(Weekday.MONDAY,), (Weekday.TUESDAY,)])
def test_a_campaign_without_a_last_day_does_not_end(days: tuple[Weekday, ...]) -> None:
    assert codes(outbound(start_date=date(2199, 12, 31), end_date=None, days_of_week=days)) == []


@pytest.mark.parametrize(
    ("further", "is_advised"),
    [((), False), ((Weekday.SATURDAY,), True), ((Weekday.SUNDAY,), True)],
)
def test_calls_on_a_weekend_are_pointed_out(
    further: tuple[Weekday, ...], *, is_advised: bool
) -> None:
    codes_found = codes(outbound(days_of_week=WORKDAYS + further))

    assert codes_found == ([("days_of_week", AdviceCode.WEEKEND_DAYS)] if is_advised else [])


@pytest.mark.parametrize(
    ("audience", "days", "named"),
    [
        ("Saudi Arabia", "Sunday to Thursday", ""),
        ("Saudi Arabia", "Friday", "Friday"),
        ("Asia/Riyadh", "Friday", "Friday"),
        ("Iran", "Saturday", ""),
        ("United Arab Emirates", "Friday", ""),
        ("Saudi Arabia, France", "all days", "Friday in Saudi Arabia; Saturday; Sunday in France"),
        ("Antarctica", "all days", "Saturday and Sunday"),
    ],
)
def test_the_weekend_is_that_of_where_the_leads_are(audience: str, days: str, named: str) -> None:
    week = tuple(Weekday)
    called = {"Sunday to Thursday": (*week[:4], week[6]), "Friday": week[4:5]} | {
        "Saturday": week[5:6],
        "all days": week,
    }
    advice = explain_values(
        outbound(days_of_week=called[days], daily_end_time=time(12)),
        remarks={"audience": audience},
    ).advice
    weekends = [piece.detail for piece in advice if piece.code is AdviceCode.WEEKEND_DAYS]
    assert weekends == ([named] if named else [])


@pytest.mark.parametrize(
    ("audience", "days", "hours", "named"),
    [
        # 19:00 in New York is 11:00 on the next day in Sydney.
        ("Australia", (Weekday.SUNDAY,), (19, 22), ""),
        ("Australia", (Weekday.FRIDAY,), (19, 22), "Saturday"),
        ("Florida, Israel", (Weekday.FRIDAY,), (9, 12), "Friday in Israel"),
        ("Florida, Israel", (Weekday.SUNDAY,), (9, 12), "Sunday in United States"),
    ],
)
def test_it_is_a_weekend_by_the_clock_of_the_leads(
    audience: str, days: tuple[Weekday, ...], hours: tuple[int, int], named: str
) -> None:
    opens, closes = map(time, hours)
    values = outbound(days_of_week=days, daily_start_time=opens, daily_end_time=closes)
    advice = explain_values(values, remarks={"audience": audience}).advice
    weekends = [piece.detail for piece in advice if piece.code is AdviceCode.WEEKEND_DAYS]
    assert weekends == ([named] if named else [])


def test_a_weekend_that_never_comes_is_not_pointed_out() -> None:
    assert AdviceCode.WEEKEND_DAYS not in [
        code for _, code in codes(january(4, 6, days_of_week=tuple(Weekday)))
    ]


# The 18th of January 2027 is Martin Luther King Jr. Day, a Monday.
@pytest.mark.parametrize(
    ("first", "last", "remarks", "expected"),
    [
        (11, 15, US, []),
        (19, 22, US, []),
        (15, 18, US, [AdviceCode.CALLS_ON_HOLIDAYS]),
        (18, 22, US, [AdviceCode.STARTS_ON_A_HOLIDAY]),
        (15, 22, {"audience": "Canada"}, []),
        (15, 22, {"audience": "America/New_York"}, []),
        (18, 22, {"audience": "Atlantis"}, []),
        (18, 22, {}, []),
        (18, 22, {OWN: "2027-01-18"}, [AdviceCode.STARTS_ON_A_HOLIDAY]),
        (18, 22, {OWN: "2027-01-22"}, [AdviceCode.CALLS_ON_HOLIDAYS]),
        (18, 22, {OWN: "2027-01-17, 2027-01-23"}, []),
        (16, 22, {OWN: "2027-01-16 a Saturday; 2027-01-17"}, []),
        (18, 22, US | {OWN: "2027-01-19"}, BOTH),
    ],
)
def test_calls_on_days_off_are_pointed_out_where_the_audience_was_named(
    first: int, last: int, remarks: dict[str, str], expected: list[AdviceCode]
) -> None:
    assert [code for _, code in codes(january(first, last), **remarks)] == expected


def test_days_off_are_named_and_from_the_fourth_on_counted() -> None:
    us = "Mon 18 Jan 2027, Martin Luther King Jr. Day (United States)"
    own = "2027-01-04 Kick-off, 2027-01-04 Visit, 2027-01-19 Party, 2027-01-20, 2027-01-21"

    remarks = {"audience": "US", "own_dates": own}
    pieces = explain_values(january(4, 22), remarks=remarks).advice

    named = f"{us}; Tue 19 Jan 2027, Party; Wed 20 Jan 2027, Own date"
    assert list(pieces) == [
        Advice("start_date", AdviceCode.STARTS_ON_A_HOLIDAY, "Kick-off, Visit"),
        Advice("days_of_week", AdviceCode.CALLS_ON_HOLIDAYS, f"{named}; 1 more"),
    ]


@pytest.mark.parametrize(
    ("gap", "daily", "expected"),
    [
        (479, 2, []),
        (480, 2, [AdviceCode.GAP_ABOVE_WINDOW]),
        (481, 2, [AdviceCode.GAP_ABOVE_WINDOW]),
        (479, 3, [AdviceCode.GAP_TOO_LONG]),
        (480, 1, []),
    ],
)
def test_a_gap_as_long_as_the_hours_of_a_day_is_pointed_out_with_one_that_is_not(
    gap: int, daily: int, expected: list[AdviceCode]
) -> None:
    values = outbound(max_daily_attempts=daily, min_gap_between_attempts=gap, max_call_attempts=9)
    norway = {"audience": "Norway"}  # No limits of attempts are known for it.
    pieces = explain_values(values, remarks=norway).advice
    gaps = [piece for piece in pieces if piece.field == "min_gap_between_attempts"]

    better = 480 // (daily - 1) - 1 if expected else None
    assert gaps == [
        Advice("min_gap_between_attempts", code, str(better), better) for code in expected
    ]


@pytest.mark.parametrize(
    ("changes", "is_advised"),
    [
        ({}, True),
        ({"max_call_attempts": 1}, False),
        ({"max_call_attempts": 2}, True),
        ({"max_daily_attempts": 2}, False),
        (A_DAY, True),
        ({"min_gap_between_attempts": 1441}, False),
        # 24 hours after 09:00 on the 13th the clocks have changed, and it is 10:00.
        (A_DAY | {"start_date": date(2027, 3, 13), "days_of_week": tuple(Weekday)}, False),
        (A_DAY | {"start_date": date(2027, 3, 14), "days_of_week": tuple(Weekday)}, True),
    ],
)
def test_attempts_that_all_come_at_the_same_time_of_day_are_pointed_out(
    changes: dict[str, Any], *, is_advised: bool
) -> None:
    values = outbound(**{"max_daily_attempts": 1} | changes)
    pieces = [
        piece for piece in explain_values(values).advice if piece.code is AdviceCode.SAME_CLOCK_TIME
    ]

    expected = Advice("max_daily_attempts", AdviceCode.SAME_CLOCK_TIME, "09:00")
    assert pieces == ([expected] if is_advised else [])


@pytest.mark.parametrize("host", [*PRIVATE.split(), *ODDLY_WRITTEN.split()])
def test_a_host_that_nothing_outside_can_reach_is_pointed_out(host: str) -> None:
    for campaign in (inbound, outbound):
        codes_found = codes(campaign(webhook_url=f"https://{host}/events"))

        assert codes_found == [("webhook_url", AdviceCode.UNREACHABLE_HOST)]


@pytest.mark.parametrize("host", PUBLIC.split())
def test_a_public_host_is_no_trouble(host: str) -> None:
    assert codes(outbound(webhook_url=f"https://{host}/events?from=localhost")) == []
