"""``flask explain``: what it tells of a campaign, in words and as JSON."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.campaign.contract.test_vectors import COUNTS, INBOUND, LEFT_OUT, SAMPLE, WEEK, sample

pytestmark = pytest.mark.slow

PARTS = ["problems", "advice", "calendar", "attempts", "findings", "not_known", "plain"]
NO_SCHEDULE = "It has no schedule and no retries: it answers whenever somebody rings."


def explained(app: Flask, document: Any, *options: str) -> Result:
    """Give what the command says of a document that it reads from standard input."""
    written = document if isinstance(document, bytes) else json.dumps(document).encode()
    result: Result = app.test_cli_runner().invoke(args=["explain", "-", *options], input=written)
    return result


def explain_json(app: Flask, document: dict[str, Any], *options: str) -> dict[str, Any]:
    """Give the JSON object that is printed of a campaign that the API would take."""
    result = explained(app, document, "--json", *options)

    assert (result.exit_code, result.stderr) == (0, "")
    explanation: dict[str, Any] = json.loads(result.stdout)
    return explanation


def between(first: str, last: str, **changes: Any) -> dict[str, Any]:
    return sample(start_date=first, end_date=last, **changes)


def daytime(start: str, end: str, **changes: Any) -> dict[str, Any]:
    return {"daily_start_time": start, "daily_end_time": end} | changes


def retries(gap: int, daily: int, total: int) -> dict[str, int]:
    return dict(zip(COUNTS, (total, daily, gap), strict=True))


def test_json_has_exactly_the_documented_keys(app: Flask) -> None:
    explanation = explain_json(app, sample(phone_number_id=LEFT_OUT))

    assert list(explanation) == PARTS
    assert list(explanation["advice"][0]) == ["field", "code", "message"]
    assert list(explanation["calendar"]) == ["calling_days", "hours", "windows", "clock_changes"]
    assert list(explanation["attempts"]) == ["per_day", "timeline", "never", "worst"]
    assert {tuple(finding) for finding in explanation["findings"]} == {
        ("rule", "jurisdiction", "severity", "message", "source", "checked_on")
    }


def test_the_vendors_sample_calls_on_64_days_for_512_hours(app: Flask) -> None:
    calendar = explain_json(app, SAMPLE)["calendar"]

    assert (calendar["calling_days"], calendar["hours"], len(calendar["windows"])) == (64, 512, 64)
    assert calendar["windows"][0] == {
        "date": "2025-01-01",
        "start": "09:00",
        "end": "17:00",
        "start_utc": "2025-01-01T14:00:00Z",
        "end_utc": "2025-01-01T22:00:00Z",
        "minutes": 480,
    }
    assert calendar["windows"][-1]["start_utc"] == "2025-03-31T13:00:00Z"


@pytest.mark.parametrize(("days", "calls"), [(WEEK[:5], False), (WEEK, True)])
def test_the_samples_one_clock_change_is_on_a_sunday(
    app: Flask, days: list[str], *, calls: bool
) -> None:
    change = {"at_utc": "2025-03-09T07:00:00Z", "before": "-05:00", "after": "-04:00"}
    changes = explain_json(app, sample(days_of_week=days))["calendar"]["clock_changes"]

    assert changes == [change | {"calling_day": calls}]


@pytest.mark.parametrize(
    ("zone", "instants"),
    [
        ("America/New_York", ["2027-03-14T07:00:00Z", "2027-11-07T06:00:00Z"]),
        ("Europe/London", ["2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"]),
        # 02:00 at +11:00 and at +10:30, on 4 April and on 3 October by the clock there.
        ("Australia/Lord_Howe", ["2027-04-03T15:00:00Z", "2027-10-02T15:30:00Z"]),
    ],
)
def test_the_next_clock_changes_are_told(app: Flask, zone: str, instants: list[str]) -> None:
    explanation = explain_json(app, between("2027-01-04", "2027-12-31", timezone=zone))

    assert [change["at_utc"] for change in explanation["calendar"]["clock_changes"]] == instants


@pytest.mark.parametrize(
    ("first", "last", "spans"),
    [
        ("2027-04-03", "2027-04-05", "14:00-16:00/120 14:00-16:30/150 14:30-16:30/120"),
        ("2027-10-02", "2027-10-04", "14:30-16:30/120 14:30-16:00/90 14:00-16:00/120"),
    ],
)
def test_a_window_on_lord_howe_is_half_an_hour_off_when_the_clocks_change(
    app: Flask, first: str, last: str, spans: str
) -> None:
    night = daytime("01:00", "03:00", timezone="Australia/Lord_Howe", days_of_week=WEEK)
    calendar = explain_json(app, between(first, last, **night))["calendar"]

    assert spans.split() == [
        f"{window['start_utc'][11:16]}-{window['end_utc'][11:16]}/{window['minutes']}"
        for window in calendar["windows"]
    ]
    assert {(window["start"], window["end"]) for window in calendar["windows"]} == {
        ("01:00", "03:00")
    }


def test_ten_years_of_calling_every_day_are_told_to_the_last_window(app: Flask) -> None:
    calendar = explain_json(app, between("2027-01-01", "2036-12-31", days_of_week=WEEK))["calendar"]

    assert (calendar["calling_days"], calendar["hours"]) == (3653, 3653 * 8)
    assert len({window["date"] for window in calendar["windows"]}) == 3653
    assert calendar["windows"][-1]["end_utc"] == "2036-12-31T22:00:00Z"
    assert len(calendar["clock_changes"]) == 20


@pytest.mark.parametrize(
    ("changes", "per_day", "day", "week"),
    [
        ({}, 1, 2, 3),
        (daytime("08:00", "20:00", days_of_week=WEEK) | retries(60, 3, 12), 3, 6, 12),
        (retries(240, 2, 10), 2, 3, 10),
        (retries(60, 10, 10), 8, 9, 10),
        (daytime("09:00", "11:00") | retries(180, 3, 3), 1, 2, 3),
    ],
)
def test_so_many_attempts_fit_into_a_day_and_are_the_worst_in_24_hours_and_in_a_week(
    app: Flask, changes: dict[str, Any], per_day: int, day: int, week: int
) -> None:
    attempts = explain_json(app, sample(**changes))["attempts"]

    assert list(attempts["worst"]) == ["24h", "7d", "14d", "30d"]
    assert attempts["per_day"] == per_day
    assert (attempts["worst"]["24h"], attempts["worst"]["7d"]) == (day, week)


def test_the_samples_attempts_are_told_on_its_own_clock(app: Flask) -> None:
    attempts = explain_json(app, sample(start_date="2025-03-07", max_call_attempts=20))["attempts"]

    assert attempts["timeline"][:2] == ["2025-03-07T09:00:00-05:00", "2025-03-10T09:00:00-04:00"]
    assert (len(attempts["timeline"]), attempts["never"]) == (17, 3)


def test_a_campaign_that_is_rung_says_that_schedule_and_retries_do_not_apply(app: Flask) -> None:
    for document in (INBOUND, sample(type="INBOUND")):
        explanation, words = explain_json(app, document), explained(app, document).stdout

        assert (explanation["calendar"], explanation["attempts"]) == (None, None)
        assert explanation["findings"] == []
        assert NO_SCHEDULE in explanation["plain"]
        assert NO_SCHEDULE in words
        assert "A lead who never answers" not in words
        assert "Rules of calling" not in words


@pytest.mark.parametrize(
    ("audience", "first", "last", "start"),
    [
        ("48 states", "2027-01-04", "2027-12-31", "11:00"),
        ("50 states", "2027-01-04", "2027-03-12", "13:00"),
        ("50 states", "2027-03-15", "2027-11-05", "14:00"),
        ("50 states", "2027-01-04", "2027-12-31", "14:00"),
    ],
)
def test_8_to_21_everywhere_is_kept_by_a_later_start_in_the_east(
    app: Flask, audience: str, first: str, last: str, start: str
) -> None:
    document = between(first, last, **daytime("08:00", "21:00"))
    findings = explain_json(app, document, "--audience", audience, "--purpose", "marketing")[
        "findings"
    ]

    messages = [finding["message"] for finding in findings if finding["rule"] == "us-fcc-hours"]
    assert [
        f"To keep it, set the start of calling to {start}." in message for message in messages
    ] == [True]
    kept = explain_json(app, document | {"daily_start_time": start}, "--audience", audience)[
        "findings"
    ]
    assert "us-fcc-hours" not in {finding["rule"] for finding in kept}


def test_the_audience_and_the_purpose_choose_the_rules(app: Flask) -> None:
    def rules(*options: str) -> set[str]:
        return {finding["rule"] for finding in explain_json(app, SAMPLE, *options)["findings"]}

    assert {name[:3] for name in rules("--audience", "France, US-FL")} == {"fr-", "us-"}
    assert {name[:3] for name in rules("--audience", "France")} == {"fr-"}
    assert "us-debt-hours" in rules("--purpose", "debt") & rules()
    assert "us-debt-hours" not in rules("--purpose", "marketing")


def test_in_words_each_finding_has_its_source_and_the_day_it_was_checked(app: Flask) -> None:
    output, findings = explained(app, SAMPLE).stdout, explain_json(app, SAMPLE)["findings"]

    assert {finding["severity"] for finding in findings} == {"high", "medium", "low"}
    for finding in findings:
        source = f"Source: {finding['source']} ({finding['checked_on']})"
        assert f"[{finding['severity']}] {finding['message']} {source}\n" in output
