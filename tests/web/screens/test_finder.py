"""What the palette finds: campaigns that the list finds by name, place and state, and presets."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.rights import Role
from app.services import find_services
from app.store import presets
from app.web.screens.finder import MOST
from tests.factories import inbound
from tests.web.teams import Team


def test_a_campaign_is_found_with_where_it_goes_and_its_state(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Front desk"))
    saved(inbound(name="Another"))
    assert client.get("/find.json?search=front").get_json() == [
        {
            "name": "Front desk",
            "detail": "Sandbox, Not sent",
            "address": f"/drafts/{draft_id}",
        }
    ]


def test_without_words_the_last_changed_come_first_and_few(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    for number in range(MOST + 1):
        saved(inbound(name=f"Desk {number}"))
    names = [campaign["name"] for campaign in client.get("/find.json").get_json()]
    assert names == [f"Desk {number}" for number in range(MOST, 0, -1)]


def test_a_campaign_without_a_name_is_found_by_its_stand_in(
    client: FlaskClient, saved: Callable[..., str]
) -> None:
    saved(inbound(name=None))
    assert [row["name"] for row in client.get("/find.json").get_json()] == ["Unnamed campaign"]


@pytest.mark.parametrize("search", ["no+such+campaign", "+".join(["word"] * 50)])
def test_what_finds_nothing_is_an_empty_list(client: FlaskClient, search: str) -> None:
    answer = client.get(f"/find.json?search={search}")
    assert (answer.status_code, answer.get_json()) == (200, [])


def test_a_client_is_found_by_its_name_before_campaigns_that_have_its_words_apart(
    client: FlaskClient, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    add_connection("Client 01 Dental")
    key = add_connection("Client 07 Roofing")
    saved(inbound(name="Client 07: recall"))
    of_another = client.get("/find.json?search=dental").get_json()
    saved(inbound(name="Desk 0756"), connection=of_another[0]["address"].partition("=")[2])

    rows = client.get("/find.json?search=Client+07").get_json()
    assert [row["name"] for row in rows] == [
        "Client 07: recall",
        "Campaigns of Client 07 Roofing",
        "Desk 0756",
    ]
    assert (rows[1]["detail"], rows[1]["address"]) == ("LIVE", f"/?client={key}")


def test_what_nobody_searches_for_is_no_client(
    client: FlaskClient, add_connection: Callable[..., str]
) -> None:
    add_connection("Client A")
    assert client.get("/find.json?search=").get_json() == []


def test_a_preset_is_found_by_who_may_begin_a_campaign_with_it(
    app: Flask, team: Team, acme: str
) -> None:
    with find_services(app).store.writing() as session:
        presets.keep(session, "Recall in spring", {"daily_start_time": "09:00"})
        presets.keep(session, "Recall for Acme", {"connection": acme})
        session.flush()
        _, spring = presets.read_presets(session)
    for name, role in (("edda", Role.EDITOR), ("vera", Role.VIEWER)):
        team.add(name, role)
    rows = team.browsers["edda"].get("/find.json?search=recall").get_json()
    assert [(row["name"], row["address"]) for row in rows] == [
        ("Preset Recall in spring", f"/presets#preset-{spring.id}")
    ]
    assert team.browsers["edda"].get("/find.json?search=").get_json() == []
    assert team.browsers["vera"].get("/find.json?search=recall").get_json() == []
