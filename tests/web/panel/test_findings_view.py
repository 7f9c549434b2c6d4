"""What rules of calling say, on screen: who they were held to, the strip, findings and changes."""

import json
from datetime import date, time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.campaign.schedules import EVERY_DAY
from tests.factories import inbound, outbound, typed
from tests.pages import PARSER, text


def rules(client: FlaskClient, leads: dict[str, str], **changes: Any) -> BeautifulSoup:
    """Ask for the live preview of a campaign whose audience is told so."""
    answer = client.post("/preview", data=typed(outbound(**changes)) | leads)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, PARSER)


def clocks(soup: BeautifulSoup) -> dict[str, str]:
    """Read the first strip: the campaign's hours by the clock of each place."""
    table = soup.select_one(".hours-chart")
    assert table is not None
    return {text(row.find("th")): text(row.find_all("td")[0]) for row in table.select("tbody tr")}


def test_who_is_assumed_to_be_called_is_said(client: FlaskClient) -> None:
    words = text(rules(client, {}))
    assert "You have not said where the leads are, so the 50 states are assumed." in words
    assert "the rules for every purpose count" in words


def test_the_hours_are_shown_on_the_clock_of_every_place(client: FlaskClient) -> None:
    hours_by_place = clocks(
        rules(client, {"audience": "Florida, California", "purpose": "marketing"})
    )
    assert hours_by_place == {
        "New York": "09:00–17:00",
        "Chicago": "08:00–16:00",
        "Los Angeles": "06:00–14:00 breaks a rule",
        "Inside all hours": "11:00–20:00",
    }


def test_each_row_of_the_chart_can_be_reached_by_tab_and_tells_its_hours(
    client: FlaskClient,
) -> None:
    soup = rules(client, {"audience": "Florida, California", "purpose": "marketing"})
    pictures = soup.select(".hours-chart [tabindex='0'][role=img]")
    captions = [text(soup.find(id=str(picture["aria-labelledby"]))) for picture in pictures]
    assert captions == [
        (
            "By the clock in New York it calls from 09:00 to 17:00. "
            "That is inside what is allowed: 08:00 to 20:00."
        ),
        (
            "By the clock in Chicago it calls from 08:00 to 16:00. "
            "That is inside what is allowed: 08:00 to 20:00."
        ),
        (
            "By the clock in Los Angeles it calls from 06:00 to 14:00. "
            "06:00 to 08:00 breaks a rule; allowed is 08:00 to 21:00."
        ),
    ]


def test_hours_that_break_a_rule_are_hatched_and_others_are_not(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "California", "purpose": "marketing"})
    assert soup.select_one("pattern#hatch")
    fills = {
        str(bar["class"][0]): bar.get("fill") for bar in soup.select(".hours-chart .hours rect")
    }
    assert fills == {"night": None, "open": None, "inside": None, "outside": "url(#hatch)"}


def test_a_day_that_is_another_one_there_is_named(client: FlaskClient) -> None:
    hours_by_place = clocks(
        rules(client, {"audience": "Pacific/Auckland"}, daily_start_time=time(8))
    )
    assert hours_by_place["Auckland"] == "02:00 next day–11:00 next day breaks a rule"


def test_the_second_season_has_a_strip_of_its_own(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "US-AZ, US-NY", "purpose": "marketing"})
    titles = [text(part) for part in soup.select(".period h3, .period > summary")]
    assert titles == [
        "Mon 4 Jan 2027 to Sat 13 Mar 2027",
        "Sun 14 Mar 2027 to Wed 31 Mar 2027: inside all hours 11:00–21:00",
    ]


def test_a_broken_rule_is_quoted_with_its_source_and_its_date(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "Florida", "purpose": "marketing"}, daily_end_time=time(21))
    finding = soup.select_one(".findings.high li")
    assert "Florida calling hours" in text(finding)
    assert "By the clock in New York it calls from 20:00 to 21:00 on Monday to Friday" in text(
        finding
    )
    assert "before 8 a.m. or after 8 p.m." in text(finding)
    assert "source (statute, text of Thu 1 Jul 2021) checked on Tue 24 Nov 2026" in text(finding)


def test_a_change_that_keeps_the_rule_says_what_it_changes(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "Florida", "purpose": "marketing"}, daily_end_time=time(21))
    (button,) = soup.select(".findings.high button[name=fix]")
    assert text(button) == "Until: 21:00 → 20:00"
    assert button["value"] == "daily_end_time=20%3A00"
    assert button["form"] == "campaign"


def test_rules_that_say_the_same_stand_together(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "48 states", "purpose": "marketing"})
    titles = [text(title) for title in soup.select(".findings.high h3")]
    assert "FCC calling hours; FTC calling hours" in titles
    assert "Oregon calling hours" in titles
    count = sum(title.count(";") + 1 for title in titles)
    assert text(soup.select_one(".verdict.broken")).startswith(f"{count} laws are broken, ")


def test_a_campaign_that_keeps_all_rules_is_told_so(client: FlaskClient) -> None:
    lunch = {"daily_start_time": time(14), "daily_end_time": time(15), "timezone": "Europe/Paris"}
    french = {"audience": "France", "purpose": "marketing"}
    soup = rules(client, french, end_date=date(2027, 3, 20), max_call_attempts=4, **lunch)
    assert text(soup.select_one(".verdict.ready")) == "No rule that is known here is broken."
    assert soup.select_one(".verdict.broken") is None


@pytest.mark.parametrize("audience", ["France", "48 states", "Germany"])
@pytest.mark.parametrize("name", ["Plain", ""])
def test_there_is_one_verdict(client: FlaskClient, audience: str, name: str) -> None:
    soup = rules(client, {"audience": audience}, name=name)
    assert len(soup.select("section[aria-labelledby=m-words] .verdict")) == 1


@pytest.mark.parametrize("place", ["Germany", "Japan", "Brazil"])
def test_a_place_without_data_is_never_green(client: FlaskClient, place: str) -> None:
    soup = rules(client, {"audience": place, "purpose": "marketing"}, timezone="Europe/Berlin")
    assert soup.select(".verdict.ready") == []
    assert "not all rules are known here" in text(soup.select_one(".verdict"))
    gaps = text(soup.select_one("#m-rules + .part > .gaps"))
    assert f"Limits of attempts are not known here for {place}." in gaps


def test_at_night_it_is_warned_wherever_no_hours_are_known(client: FlaskClient) -> None:
    early = {"daily_start_time": time(6), "timezone": "Europe/Berlin"}
    soup = rules(client, {"audience": "Germany", "purpose": "marketing"}, **early)
    finding = soup.select_one(".findings.medium li")
    assert "Night, where no calling hours are known" in text(finding)
    assert "By the clock in Berlin it calls from 06:00 to 08:00" in text(finding)
    assert "A caution, not a law." in text(finding)
    (row, *_) = [hours for place, hours in clocks(soup).items() if place == "Inside all hours"]
    assert row == "08:00–21:00"


def test_no_night_is_added_where_hours_are_known(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "Italy", "purpose": "marketing"}, daily_start_time=time(1))
    assert "Night, where no calling hours are known" not in text(soup)


@pytest.mark.parametrize("audience", ["France", "48 states"])
def test_it_is_said_not_to_be_legal_advice(client: FlaskClient, audience: str) -> None:
    assert "not legal advice" in text(rules(client, {"audience": audience}))


def test_an_inbound_campaign_is_held_to_no_rules(client: FlaskClient) -> None:
    answers = typed(inbound()) | {"audience": "France"}
    soup = BeautifulSoup(client.post("/preview", data=answers).text, PARSER)
    assert soup.find(id="m-rules") is None


def test_days_off_are_marked_and_named(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "France", "own_dates": "2027-03-05 Company day"})
    marked = {str(cell["data-told"]) for cell in soup.select(".month .off.call")}
    assert marked == {
        "Mon 29 Mar 2027: 09:00 to 17:00 (day off: Easter Monday (France))",
        "Fri 5 Mar 2027: 09:00 to 17:00 (day off: Company day)",
    }
    assert "2 calling days on which people may be off" in text(soup)


def test_a_day_off_on_which_nobody_is_called_says_so_and_the_key_explains_its_mark(
    client: FlaskClient,
) -> None:
    idle = {"audience": "France", "own_dates": "2027-03-06 Company day"}
    soup = rules(client, idle)
    (saturday,) = soup.select(".month .off:not(.call)")
    assert saturday["data-told"] == "Sat 6 Mar 2027: no calls (day off: Company day)"
    assert "day off, no call" in text(soup.select_one(".part > .key"))
    assert "day off, no call" not in text(rules(client, {"audience": "France"}))


def test_days_off_are_not_guessed_for_leads_of_whom_nothing_was_said(client: FlaskClient) -> None:
    assert not rules(client, {}).select(".month .off")


def test_clock_changes_say_whether_they_fall_into_the_calling_hours(client: FlaskClient) -> None:
    night = {"daily_start_time": time(1), "daily_end_time": time(4), "days_of_week": EVERY_DAY}
    (row,) = rules(client, {}, **night).select("#m-calendar + .part > table.list tr")
    assert "Sun 14 Mar 2027, 03:00 (UTC-04:00)" in text(row)
    assert "inside the calling hours" in text(row)


def test_of_many_clock_changes_the_first_are_listed_and_the_others_counted(
    client: FlaskClient,
) -> None:
    # Two in each of the ten years from 2027 to 2036.
    soup = rules(client, {}, end_date=date(2036, 12, 31))
    listed = len(soup.select("#m-calendar + .part > table.list tr"))
    (counted,) = soup.select("#m-calendar + .part > table.list + .hint")
    assert 0 < listed < 20
    assert text(counted) == f"and {20 - listed} more times"
    one_year = rules(client, {}, end_date=date(2027, 12, 31))
    assert len(one_year.select("#m-calendar + .part > table.list tr")) == 2
    assert "more times" not in text(one_year)


def test_a_campaign_that_never_calls_is_not_called_complete_without_a_word(
    client: FlaskClient,
) -> None:
    soup = rules(client, {}, end_date=date(2027, 1, 8), days_of_week=EVERY_DAY[5:])
    verdict = soup.select_one(".verdict.broken")
    assert text(verdict).startswith("No call would ever be made, ")
    assert "Complete" not in text(soup)
    assert len(soup.select(".note .strong")) == 2


def test_a_value_that_would_do_can_be_taken_from_the_advice(client: FlaskClient) -> None:
    soup = rules(client, {"audience": "Norway"}, max_daily_attempts=3, min_gap_between_attempts=240)
    labels = [text(button) for button in soup.select(".advices button[name=fix]")]
    assert labels == ["Minutes between attempts, at least: 240 → 239"]


@pytest.mark.parametrize("carried", ["{", "[1]", "null", '{"a": 1}', '"abc"', "[1, 2, 3]"])
def test_what_the_page_did_not_write_is_no_acceptance(client: FlaskClient, carried: str) -> None:
    soup = rules(client, LATE | {"accepted": carried}, daily_end_time=time(21))
    assert "accepted" not in text(soup.select_one(".verdict"))


LATE = {"audience": "Florida", "purpose": "marketing"}
MEASURE = "from 20:00 to 21:00 on Monday to Friday in New York on 63 days"


@pytest.mark.parametrize(
    ("parts", "is_taken"),
    [
        (("They asked.", "Ada", "2026-11-30T10:00:00+00:00", ""), True),
        (("They asked.", "Ada", "", ""), True),
        (("\ud800", "Ada", "", ""), False),
        (("They asked.", "\ud800", "", ""), False),
        (("They asked.", "Ada", "0001-01-01T00:00:00+23:59", ""), False),
        (("They asked.", "Ada", "9999-12-31T23:59:59-23:59", ""), False),
        (("They asked.", "Ada", "yesterday", ""), False),
        (("They asked.", "Ada", "", "yes"), False),
        (("They asked." * 2000, "Ada", "", ""), False),
    ],
)
def test_an_acceptance_is_carried_if_it_could_be_kept(
    client: FlaskClient, parts: tuple[str, ...], *, is_taken: bool
) -> None:
    carried = json.dumps(["us-fl-hours", MEASURE, *parts])
    soup = rules(client, LATE | {"accepted": carried}, daily_end_time=time(21))
    assert ("1 accepted" in text(soup.select_one(".verdict"))) is is_taken


def test_a_campaign_of_two_centuries_is_judged_as_far_as_one_can_foresee(
    client: FlaskClient,
) -> None:
    soup = rules(client, {"audience": "Hawaii"}, end_date=date(2199, 12, 31))
    assert "in the first 12 years" in text(soup.select_one(".findings.high"))


def test_many_words_that_mean_nothing_are_not_all_said_again(client: FlaskClient) -> None:
    soup = rules(client, {"audience": ", ".join(f"Narnia {n}" for n in range(150))})
    assert len(soup.select("#audience-note .error")) == 5
