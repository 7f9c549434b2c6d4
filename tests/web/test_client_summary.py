"""A client reads what the campaign does, and on which days, without this app."""

from datetime import UTC, date, datetime

import pytest

from app.campaign.compliance.acceptance import ACCEPTED, UNMET
from app.campaign.compliance.evidence import Severity
from app.campaign.explanation import explain
from app.web.client_summary import ClientSummary, summarise_for_client
from tests.factories import inbound, outbound, typed

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SHORT = outbound(
    start_date=date(2027, 1, 28), end_date=date(2027, 2, 9), timezone="America/New_York"
)


def summary_of(values: dict[str, object], name: str = "Q4 Outreach") -> ClientSummary:
    return summarise_for_client(name, explain(typed(values) | {"audience": "New York"}, NOW))


def test_it_says_the_hours_and_every_calling_day() -> None:
    summary = summary_of(SHORT)
    assert dict(summary.hours) == {
        "Days": "Monday to Friday",
        "Hours": "09:00 to 17:00",
        "By the clock in": "America/New_York",
        "First day": "Thu 28 Jan 2027",
        "Last day": "Tue 9 Feb 2027",
        "In all": "9 days, 72 hours",
    }
    assert summary.months == [("January 2027", "28 to 29"), ("February 2027", "1 to 5, 8 to 9")]


def test_days_off_are_named_if_calls_are_made_on_them() -> None:
    year_end = outbound(start_date=date(2026, 12, 24), end_date=date(2026, 12, 28))
    assert ("Fri 25 Dec 2026", "Christmas Day (United States)") in summary_of(year_end).days_off


def test_a_campaign_without_a_last_day_goes_on() -> None:
    summary = summary_of(outbound(end_date=None))
    assert dict(summary.hours)["Last day"] == "none"
    label, total = summary.hours[-1]
    assert label.startswith("Until ")
    assert total.endswith(", and it goes on after that")
    assert any(line.endswith("and it goes on after that.") for line in summary.sentences)
    assert len(summary.months) <= 13
    assert summary.months[-1] == ("After that", "in the same way")


def test_a_campaign_that_ends_after_a_year_says_until_when_it_goes_on_and_its_own_last_day() -> (
    None
):
    summary = summary_of(outbound(end_date=date(2028, 1, 5)))
    assert summary.months[-1] == ("After that", "in the same way until Wed 5 Jan 2028")
    far = summary_of(outbound(end_date=date(2300, 1, 2)))
    assert dict(far.hours)["Last day"] == "Tue 2 Jan 2300"


@pytest.mark.parametrize("values", [inbound(), outbound(timezone=None)])
def test_without_a_schedule_there_are_sentences_only(values: dict[str, object]) -> None:
    assert summary_of(values).parts == {}
    assert summary_of(values).sentences


def test_the_text_has_a_line_for_each_thing() -> None:
    lines = summary_of(SHORT).write_text().splitlines()
    assert lines[0] == "Q4 Outreach"
    assert "- From Thursday 28 January 2027 to Tuesday 9 February 2027, that day included." in lines
    assert "  February 2027: 1 to 5, 8 to 9" in lines


def test_the_html_takes_no_markup_from_a_name() -> None:
    html = summary_of(SHORT, "<b>A & B</b>").write_html()
    assert html.startswith("<h1>&lt;b&gt;A &amp; B&lt;/b&gt;</h1>")
    assert "<tr><th>Hours</th><td>09:00 to 17:00</td></tr>" in html


def test_nothing_of_an_address_but_its_host_is_told_to_others() -> None:
    text = summary_of(outbound(webhook_url="https://hooks.example/x?token=sekret")).write_text()
    assert "hooks.example" in text
    assert "sekret" not in text


def test_what_is_open_stands_in_the_copies_too() -> None:
    half = summary_of(SHORT | {"max_call_attempts": None})
    assert "not complete yet" in half.write_text()
    assert "<p>This campaign is not complete yet" in half.write_html()
    explanation = explain(typed(SHORT) | {"audience": "Florida"}, NOW)
    broken = summarise_for_client("Q4", explanation, (), {Severity.HIGH: 2, UNMET: 1})
    assert "3 rules of law on calling are not kept" in broken.write_text()
    assert summary_of(SHORT).remarks == []


def test_days_off_that_are_not_told_are_said_not_to_be() -> None:
    states = "Alabama, Alaska, Arizona, Arkansas, Colorado, Delaware, Florida, Georgia, Hawaii, "
    many = f"{states}Idaho, Illinois, Indiana, Iowa, Kansas"
    summary = summarise_for_client("Q4", explain(typed(SHORT) | {"audience": many}, NOW))
    assert any("more than 12 of them are named" in remark for remark in summary.remarks)


def test_it_says_the_hours_by_the_clocks_of_leads_elsewhere_and_from_when_they_are_others() -> None:
    in_march = outbound(
        start_date=date(2027, 3, 1), end_date=date(2027, 3, 19), timezone="America/New_York"
    )
    summary = summarise_for_client("x", explain(typed(in_march) | {"audience": "Arizona"}, NOW))
    assert dict(summary.leads_hours) == {
        "Hours by the leads’ clocks, Mon 1 Mar 2027 to Sat 13 Mar 2027": [
            ("Phoenix", "07:00 to 15:00"),
            ("Denver", "07:00 to 15:00"),
        ],
        "Hours by the leads’ clocks, Sun 14 Mar 2027 to Fri 19 Mar 2027": [
            ("Denver", "07:00 to 15:00"),
            ("Phoenix", "06:00 to 14:00"),
        ],
    }
    assert "Sun 14 Mar 2027 to Fri 19 Mar 2027\n  Denver: 07:00 to 15:00\n" in summary.write_text()
    in_japan = explain(typed(SHORT) | {"audience": "Japan"}, NOW)
    assert summarise_for_client("x", in_japan).leads_hours == {
        "Hours by the leads’ clocks": [("Tokyo", "23:00 to 07:00 next day")]
    }


@pytest.mark.parametrize("audience", ["", "New York"])
def test_hours_are_said_once_where_the_leads_clocks_are_not_known_to_be_others(
    audience: str,
) -> None:
    explanation = explain(typed(SHORT) | {"audience": audience}, NOW)
    assert summarise_for_client("x", explanation).leads_hours == {}


def test_what_somebody_has_accepted_is_not_hidden_from_the_client() -> None:
    summary = summarise_for_client("x", explain(typed(SHORT), NOW), counts={ACCEPTED: 2})
    assert (
        "2 rules on calling are not kept, which was accepted: by whom and why is on record."
        in summary.remarks
    )
