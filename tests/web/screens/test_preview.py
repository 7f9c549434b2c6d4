"""The live preview: the same code as submit, told as markup, and nothing is kept."""

import json
import os
import shlex
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app.campaign.contract.fields import DialerType, Weekday
from app.campaign.contract.payload import build_payload, encode_payload
from app.sandbox import TOKEN
from app.services import find_services
from app.store.database import Store
from app.store.draft_query import DraftQuery
from app.store.listing import read_page
from tests.factories import inbound, outbound, typed
from tests.pages import PARSER, text
from tests.servers import Address


def preview(client: FlaskClient, answers: Mapping[str, Any]) -> BeautifulSoup:
    return BeautifulSoup(client.post("/preview", data=answers).text, PARSER)


def part(soup: BeautifulSoup, name: str) -> str:
    element = soup.find(id=name)
    assert element is not None
    return element.get_text()


@pytest.mark.parametrize("campaign", [inbound(), outbound()], ids=["INBOUND", "OUTBOUND"])
def test_it_shows_the_bytes_that_would_be_sent(
    client: FlaskClient, campaign: dict[str, Any]
) -> None:
    soup = preview(client, typed(campaign))
    assert part(soup, "json").encode() == encode_payload(build_payload(campaign))
    verdict = text(soup.select_one(".verdict"))
    assert verdict.endswith(("Complete: this can be reviewed and sent.", "No answer is missing."))


def test_it_counts_days_and_hours_and_marks_the_clock_change(client: FlaskClient) -> None:
    soup = preview(client, typed(outbound()))
    assert "63 days, 504 hours" in text(soup)
    assert "Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)" in text(soup)
    assert "Wed 31 Mar 2027, 09:00 to 17:00 (UTC-04:00)" in text(soup)
    marked = {text(day) for day in soup.select(".month .change")}
    assert marked == {"14"}


def test_each_calling_day_tells_its_hours_and_all_are_one_stop_of_tab(client: FlaskClient) -> None:
    soup = preview(client, typed(outbound()))
    days = soup.select(".month .call")
    assert len(days) == 63
    assert days[0]["data-told"] == "Mon 4 Jan 2027: 09:00 to 17:00"
    assert text(days[0]) == "4: 09:00 to 17:00"
    assert soup.select(".month [tabindex]") == [days[0]]


def test_the_hours_of_a_day_are_by_the_clock_that_was_chosen(client: FlaskClient) -> None:
    soup = preview(client, typed(outbound(timezone="Asia/Tokyo")) | {"clock": "America/New_York"})
    assert soup.select(".month .call")[0]["data-told"] == (
        "Mon 4 Jan 2027: 19:00 on Sun 3 Jan 2027 to 03:00"
    )


@pytest.mark.parametrize(
    ("last", "months", "is_year"),
    [
        (date(2027, 3, 10), 3, False),
        (date(2027, 12, 31), 12, True),
        (date(2029, 1, 1), 13, True),
    ],
)
def test_the_months_of_a_long_campaign_are_small_so_that_a_year_is_seen_at_a_glance(
    client: FlaskClient, last: date, months: int, is_year: bool
) -> None:
    soup = preview(client, typed(outbound(end_date=last)))
    assert len(soup.select(".month")) == months
    assert bool(soup.select(".months.year")) is is_year
    limit = "The first 13 months are drawn; the campaign goes on."
    assert (limit in text(soup)) is (months == 13)


@pytest.mark.parametrize(
    "field",
    ["assistant_id", "phone_number_id", "tenant_voice_provider_id", "phone_number_pool_id"],
)
def test_a_global_id_that_cannot_be_the_one_asked_for_is_told_beside_its_field(
    client: FlaskClient, field: str
) -> None:
    campaign_id = b64encode(b"VoiceCampaign:123").decode()
    dialer = DialerType.POOL if field == "phone_number_pool_id" else DialerType.SINGLE
    soup = preview(client, typed(outbound(dialer_type=dialer, **{field: campaign_id})))
    note = soup.select_one(f"#{field}-note[hx-swap-oob] .advice")
    assert text(note) == "Advice: This looks like the id of a campaign. Is it in the right field?"


def test_it_says_what_is_missing_and_brings_each_note_to_its_field(client: FlaskClient) -> None:
    soup = preview(client, typed(inbound(name=None)))
    assert "One answer is still to be given or changed." in text(soup)
    note = soup.select_one("#name-note[hx-swap-oob]")
    assert text(note) == "Error: Enter the campaign name."


@pytest.mark.parametrize(
    ("zone", "offers"),
    [
        ("Eastern", ["America/New_York"]),
        ("EST", ["America/New_York"]),
        ("IST", ["Europe/Dublin", "Asia/Jerusalem", "Asia/Kolkata"]),
        ("Gotham", []),
        ("America/New_York", []),
    ],
)
def test_the_zones_that_are_meant_are_offered_beside_the_field(
    client: FlaskClient, zone: str, offers: list[str]
) -> None:
    soup = preview(client, typed(outbound()) | {"timezone": zone})
    buttons = soup.select("#timezone-note button[name=fix][form=campaign]")
    assert [parse_qs(str(button["value"]))["timezone"] for button in buttons] == [
        [offer] for offer in offers
    ]
    assert [text(button) for button in buttons] == [
        f"Time zone: {zone} → {offer}" for offer in offers
    ]


def test_an_id_of_the_other_dialer_is_said_to_be_kept_where_the_dialer_is_chosen(
    client: FlaskClient,
) -> None:
    soup = preview(client, typed(inbound()) | {"phone_number_pool_id": "pool_1"})
    note = text(soup.select_one("#dialer_type-note"))
    assert note == "The number pool id is kept here, but not sent."


def test_what_depends_on_a_question_that_is_still_open_is_not_said_to_be_left_out(
    client: FlaskClient,
) -> None:
    soup = preview(client, {"timezone": "Europe/Berlin", "phone_number_id": "pn_1"})
    assert "kept here" not in text(soup)


def test_an_empty_form_is_no_error(client: FlaskClient) -> None:
    response = client.post("/preview", data={})
    assert response.status_code == 200
    assert "Answer the first questions" in response.text


@pytest.mark.parametrize(
    "name", ['<script>alert("x")</script>', "O'Hara & <b>Söhne</b> “é” 🙂", "a\u2028b"]
)
def test_what_is_typed_is_text_and_never_markup(client: FlaskClient, name: str) -> None:
    soup = preview(client, typed(inbound(name=name)))
    assert soup.find("script") is None
    assert json.loads(part(soup, "json"))["name"] == name


def test_it_keeps_nothing(client: FlaskClient, store: Store) -> None:
    preview(client, typed(outbound()))
    with store.reading() as session:
        assert read_page(session, DraftQuery()).count == 0


@pytest.mark.parametrize("name", ["Plain", 'It\'s "quoted" $HOME `x` \\ {0} é'])
def test_the_curl_command_sends_these_very_bytes(client: FlaskClient, name: str) -> None:
    words = shlex.split(part(preview(client, typed(inbound(name=name))), "curl"))
    assert words[words.index("--data-binary") + 1].encode() == encode_payload(
        build_payload(inbound(name=name))
    )
    assert "--globoff" in words  # Or a bracket in the address would mean many addresses.


def test_the_python_program_creates_the_campaign(
    client: FlaskClient, site: Address, app: Flask
) -> None:
    program = part(preview(client, typed(outbound(name="It's é"))), "python")
    program = program.replace("http://localhost", site.url)
    done = subprocess.run(  # noqa: S603  Our own program, on our own sandbox.
        [sys.executable, "-c", program],
        env=os.environ | {"VOICEAIWRAPPER_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("201 ")
    (kept,) = find_services(app).ledger.read_page(10)
    assert kept.request == build_payload(outbound(name="It's é"))


def test_it_lists_the_calls_of_a_lead_who_never_answers(client: FlaskClient) -> None:
    soup = preview(client, typed(outbound()))
    times = [text(row) for row in soup.select(".timeline tr")]
    assert times == [f"{day} Jan 2027 09:00" for day in ("Mon 4", "Tue 5", "Wed 6")]
    assert "2 in 24 hours, 3 in 7 days" in text(soup)


def test_it_says_how_many_attempts_can_never_happen(client: FlaskClient) -> None:
    soup = preview(client, typed(outbound(end_date=date(2027, 1, 5))))
    assert "1 of the 3 attempts can never happen: the campaign ends first." in text(soup)


@pytest.mark.slow
def test_a_campaign_without_a_last_day_has_no_last_window_and_nothing_that_never_happens(
    client: FlaskClient,
) -> None:
    soup = preview(client, typed(outbound(end_date=None, max_call_attempts=500)))
    assert "First window" in text(soup)
    assert "Last window" not in text(soup)
    assert "first and last" not in text(soup)
    assert "281 days, 2,248 hours" in text(soup)
    assert text(soup.select(".facts dt")[1]) == "Until Mon 31 Jan 2028"
    assert "There is no last day; the first 13 months are shown." in text(soup)
    assert len(soup.select("table.month")) == 13
    assert "never happen" not in text(soup)
    assert "219 of the 500 attempts come after Mon 31 Jan 2028" in text(soup)
    assert "The last one" not in text(soup)


def test_the_last_call_that_a_lead_can_get_is_named(client: FlaskClient) -> None:
    for last in (date(2027, 3, 31), None):
        soup = preview(client, typed(outbound(end_date=last)))
        facts = [text(line) for line in soup.select("#m-lead + .part > dl.facts > *")]
        assert facts[facts.index("The last one") + 1] == "attempt 3, on Wed 6 Jan 2027"


def test_without_a_last_day_none_is_said_to_make_no_calling_day(client: FlaskClient) -> None:
    # The last day that is looked at, a Tuesday, is no calling day; the campaign goes on.
    monday = {"start_date": date(2199, 12, 31), "days_of_week": (Weekday.MONDAY,)}
    open_ended = preview(client, typed(outbound(end_date=None, **monday)))
    ended = preview(client, typed(outbound(end_date=date(2200, 1, 1), **monday)))
    never = "No calling day: the dates and the days of the week never meet."
    assert never not in text(open_ended)
    assert never in text(ended)


def test_a_campaign_of_just_thirteen_months_is_not_said_to_go_on(client: FlaskClient) -> None:
    whole = preview(client, typed(outbound(end_date=date(2028, 1, 31))))
    longer = preview(client, typed(outbound(end_date=date(2028, 2, 1))))
    assert "the campaign goes on" not in text(whole)
    assert "The first 13 months are drawn; the campaign goes on." in text(longer)


def test_an_inbound_campaign_has_neither_calendar_nor_retries(client: FlaskClient) -> None:
    soup = preview(client, typed(outbound()) | {"type": "INBOUND"})
    assert soup.find(id="m-calendar") is None
    assert soup.find(id="m-lead") is None
    assert "It has no schedule and no retries" in text(soup)
