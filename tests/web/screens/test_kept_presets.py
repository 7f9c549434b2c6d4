"""Any campaign can be kept as a preset, and a new campaign begins with all that one holds."""

from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest
from bs4 import Tag
from flask import Flask

from app.rights import Role
from app.store import presets
from app.store.base import State
from app.store.database import Store
from app.store.models import KeptPreset
from app.store.presets import NameTaken
from tests.factories import inbound, outbound
from tests.pages import Page, Visitor, text
from tests.people.accounts import make_client, sign_in
from tests.web.screens.test_presets import card
from tests.web.teams import make_team

Saved = Callable[..., str]
HOOK = "https://hooks.example.org/a"


@pytest.fixture
def page(visitor: Visitor, saved: Saved) -> Page:
    """Open the page that keeps a campaign to the sandbox, with a webhook address, as a preset."""
    draft_id = saved(outbound(webhook_url=HOOK), connection="sandbox")
    return visitor.open(f"/drafts/{draft_id}/presets/keep")


def begin(visitor: Visitor, name: str) -> Page:
    """Begin a new campaign with a preset."""
    blank = visitor.open("/drafts/new")
    button = blank.soup.find("button", string=name)
    assert button is not None, "It is not offered."
    return visitor.press(blank, "presets/begin", preset=str(button["value"]))


def test_a_new_campaign_begins_with_all_but_what_belongs_to_one(
    visitor: Visitor, page: Page
) -> None:
    visitor.press(page, "presets/keep", {"name": "Our usual"})
    form = begin(visitor, "Our usual")
    assert "Filled in from the preset Our usual." in form.flash()
    assert form.typed("type") == "OUTBOUND"
    assert form.typed("timezone") == "America/New_York"
    assert form.typed("daily_start_time") == "09:00"
    for name in ("name", "start_date", "end_date", "assistant_id", "phone_number_id"):
        assert form.typed(name) == "", name
    assert form.typed("webhook_url") == ""


@pytest.mark.parametrize(
    ("ticks", "assistant", "hook"),
    [
        ({"ids": "yes"}, "asst_abc123", ""),
        ({"to": "yes"}, "", HOOK),
        ({"ids": "yes", "to": "yes"}, "asst_abc123", HOOK),
    ],
)
def test_ids_and_the_connection_are_kept_where_somebody_asks_for_it(
    visitor: Visitor, page: Page, ticks: dict[str, str], assistant: str, hook: str
) -> None:
    visitor.press(page, "presets/keep", {"name": "With more"} | ticks)
    form = begin(visitor, "With more")
    assert (form.typed("assistant_id"), form.typed("webhook_url")) == (assistant, hook)
    assert form.typed("connection") == "sandbox"


def test_used_in_a_campaign_that_is_there_it_leaves_the_ids_as_they_are(
    visitor: Visitor, page: Page, saved: Saved
) -> None:
    kept = visitor.press(page, "presets/keep", {"name": "With more", "ids": "yes", "to": "yes"})
    other = saved(outbound(daily_start_time=time(11), assistant_id="another"))
    number = str(kept.soup.find("button", attrs={"name": "preset"})["value"])  # type: ignore[index]
    form = visitor.press(visitor.open(f"/drafts/{other}/presets"), "presets/use", preset=number)
    assert (form.typed("daily_start_time"), form.typed("assistant_id")) == ("09:00", "another")
    assert form.typed("webhook_url") == ""


def test_a_campaign_that_was_created_can_be_kept_from_its_page(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    created = visitor.open(f"/submissions/{sent(State.CREATED)}")
    link = created.soup.find("a", string="Keep as a preset")
    assert link is not None
    page = visitor.open(str(link["href"]))
    kept = visitor.press(page, "presets/keep", {"name": "What worked"})
    assert kept.flash() == "Kept as the preset What worked."
    assert begin(visitor, "What worked").typed("timezone") != ""


def test_the_list_leads_to_it(visitor: Visitor, saved: Saved) -> None:
    draft_id = saved()
    links = [str(link["href"]) for link in visitor.open("/").soup.select(".menu a")]
    assert f"/drafts/{draft_id}/presets/keep" in links


def test_a_preset_without_a_schedule_is_for_new_campaigns_alone(
    visitor: Visitor, saved: Saved
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}/presets/keep")
    kept = visitor.press(page, "presets/keep", {"name": "Desk", "ids": "yes"})
    assert "A new campaign can begin with it." in card(kept, "Desk")
    assert kept.soup.find("button", string="Use Desk") is None
    assert begin(visitor, "Desk").typed("type") == "INBOUND"


def test_who_may_not_edit_where_the_ids_belong_is_not_offered_them(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    team, key = make_team(app), add_connection()
    own = Visitor(team.add("edda", Role.EDITOR))
    draft_id = team.write("edda", connection="sandbox")
    address = f"/drafts/{draft_id}/presets/keep"
    for name, ticks in (("Hours", {}), ("Ids", {"ids": "yes"}), ("Place", {"to": "yes"})):
        own.press(own.open(address), "presets/keep", {"name": name} | ticks)
    offered = own.open("/drafts/new")
    assert [text(button) for button in offered.soup.select(".beginnings button")] == [
        "Hours",
        "Ids",
        "Place",
    ]
    number = str(offered.soup.find("button", string="Ids")["value"])  # type: ignore[index]

    other = Visitor(team.add("otto", Role.EDITOR, at=key))
    blank = other.open("/drafts/new")
    assert [text(button) for button in blank.soup.select(".beginnings button")] == ["Hours"]
    refused = other.press(blank, "presets/begin", preset=number)
    assert refused.flash() == "This preset is gone."
    assert refused.typed("assistant_id") == ""


def test_the_name_of_a_preset_that_somebody_may_not_see_is_free_to_them(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    team, key = make_team(app), add_connection()
    for who, at in (("edda", "sandbox"), ("otto", key)):
        person = Visitor(team.add(who, Role.EDITOR, at=at))
        address = f"/drafts/{team.write(who, connection=at)}/presets/keep"
        for name, ticks in (("Spring", {"ids": "yes"}), (f"Hours of {who}", {})):
            kept = person.press(person.open(address), "presets/keep", {"name": name} | ticks)
            assert kept.flash() == f"Kept as the preset {name}."
        again = person.press(person.open(address), "presets/keep", {"name": "Spring", "to": "yes"})
        assert "A preset has this name." in again.text

    anna = make_client(app)
    sign_in(anna)
    offered = [
        text(button)
        for button in Visitor(anna).open("/drafts/new").soup.select(".beginnings button")
    ]
    assert offered[-2:] == ["Spring (Sandbox)", "Spring (Client A)"]


def test_a_preset_that_is_gone_is_said_to_be(visitor: Visitor, page: Page) -> None:
    visitor.press(page, "presets/keep", {"name": "Our usual"})
    blank = visitor.open("/drafts/new")
    assert visitor.press(blank, "presets/begin", preset="99").flash() == "This preset is gone."


def test_without_any_answer_there_is_nothing_to_keep(visitor: Visitor, saved: Saved) -> None:
    page = visitor.open(f"/drafts/{saved({'name': 'Hardly begun'})}/presets/keep")
    refused = visitor.press(page, "presets/keep", {"name": "Empty"})
    assert "There is nothing to keep yet" in text(refused.soup.find(id="name-error"))


def test_own_settings_can_be_kept_used_elsewhere_and_deleted(
    visitor: Visitor, page: Page, saved: Callable[..., str]
) -> None:
    kept = visitor.press(page, "presets/keep", answers={"name": "Our usual"})
    assert kept.flash() == "Kept as the preset Our usual."
    other = visitor.open(f"/drafts/{saved(outbound(daily_start_time=time(11)))}/presets")
    assert "From 11:00 09:00" in card(other, "Our usual")
    button = other.soup.find("button", string="Use Our usual")
    assert button is not None
    form = visitor.press(other, "presets/use", preset=str(button["value"]))
    assert form.typed("daily_start_time") == "09:00"
    gone = visitor.press(kept, "presets/forget", preset=str(button["value"]))
    assert "Our usual" not in gone.text.replace(gone.flash(), "")


def test_a_name_that_is_there_already_is_replaced_only_when_somebody_says_so(
    visitor: Visitor, page: Page, saved: Callable[..., str]
) -> None:
    visitor.press(page, "presets/keep", answers={"name": "Our usual"})
    later = visitor.open(f"/drafts/{saved(outbound(daily_start_time=time(11)))}/presets/keep")
    refused = visitor.press(later, "presets/keep", answers={"name": "Our  usual"})
    assert refused.status == 422
    assert "A preset has this name." in text(refused.soup.find(id="name-error"))
    button = refused.soup.find("button", string="Replace Our usual")
    assert button is not None

    other = visitor.press(refused, "presets/keep", {"name": "Later"}, replace=str(button["value"]))
    assert other.flash() == "Kept as the preset Later."
    again = visitor.press(refused, "presets/keep", replace=str(button["value"]))
    assert again.flash() == "Replaced the preset Our usual."
    assert "already has these settings" in card(again, "Our usual")
    assert len(again.soup.find_all("h2", string="Our usual")) == 1


def test_to_replace_one_preset_is_not_to_replace_another(visitor: Visitor, page: Page) -> None:
    for name in ("Our usual", "Evenings"):
        visitor.press(page, "presets/keep", answers={"name": name})
    refused = visitor.press(page, "presets/keep", answers={"name": "Our usual"})
    again = visitor.press(refused, "presets/keep", {"name": "Evenings"}, replace="Our usual")
    assert again.status == 422
    assert again.soup.find("button", string="Replace Evenings") is not None


@pytest.mark.parametrize("name", ["", "   ", "\N{ZERO WIDTH SPACE}"])
def test_a_preset_without_a_name_is_not_kept(visitor: Visitor, page: Page, name: str) -> None:
    again = visitor.press(page, "presets/keep", answers={"name": name})
    assert text(again.soup.find(id="name-error")) == "Enter a name for the preset."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Strictest US", "A preset of the rules has this name."),
        ("x" * 81, "Shorten the name to 80"),
    ],
)
def test_a_name_that_cannot_be_given_is_told_beside_the_field(
    visitor: Visitor, page: Page, name: str, message: str
) -> None:
    refused = visitor.press(page, "presets/keep", answers={"name": name})
    assert refused.status == 422
    assert message in text(refused.soup.find(id="name-error"))
    assert refused.soup.find("button", attrs={"name": "replace"}) is None
    kept = visitor.press(refused, "presets/keep", answers={"name": name[:70] + "!"})
    assert kept.flash() == f"Kept as the preset {name[:70]}!."


def test_all_presets_are_listed_begun_with_and_deleted(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(outbound(name="Spring recall"))
    page = visitor.open(f"/drafts/{draft_id}/presets/keep")
    visitor.press(page, "keep", {"name": "Recalls"})
    listed = visitor.open("/presets")
    assert "Recalls" in listed.text
    (preset,) = {str(button["value"]) for button in listed.soup.select("details button")}
    begun = visitor.press(listed, "begin", {"preset": preset})
    assert begun.typed("daily_start_time") == "09:00"

    emptied = visitor.press(listed, "/presets/forget", {"preset": preset})
    assert "None is kept yet." in emptied.text
    assert "stay as they are" in emptied.flash()


def test_the_presets_of_the_rules_name_their_sources(visitor: Visitor) -> None:
    links = visitor.open("/presets").soup.select("section[aria-labelledby=given] dd a")
    assert links
    assert all(str(link["href"]).startswith("https://") for link in links)


def test_ids_go_with_the_connection_that_they_are_of(
    visitor: Visitor, saved: Saved, add_connection: Callable[..., str]
) -> None:
    draft_id = saved(outbound(), connection=(key := add_connection()))
    page = visitor.open(f"/drafts/{draft_id}/presets/keep")
    visitor.press(page, "presets/keep", {"name": "Ids", "ids": "yes"})
    blank = visitor.open("/drafts/new", connection="sandbox")
    number = str(blank.soup.find("button", string="Ids")["value"])  # type: ignore[index]
    begun = visitor.press(blank, "presets/begin", {"connection": "sandbox"}, preset=number)
    assert begun.typed("connection") == key


def test_a_preset_is_renamed_unless_another_has_the_name(visitor: Visitor, page: Page) -> None:
    for name in ("Our usual", "Evenings"):
        visitor.press(page, "presets/keep", answers={"name": name})
    listed = visitor.open("/presets")
    heading = listed.soup.find("h2", string="Our usual")
    assert isinstance(heading, Tag)
    preset = str(heading["id"]).partition("-")[2]

    taken = visitor.press(listed, "/presets/rename", {"preset": preset, "name": "Evenings"})
    assert taken.status == 422
    assert text(taken.soup.find(id="name-error")).startswith("Another preset has this name.")
    assert len(taken.soup.select("details[open]")) == 1
    nameless = visitor.press(listed, "/presets/rename", {"preset": preset, "name": " "})
    assert "Enter a name for the preset." in nameless.text
    renamed = visitor.press(listed, "/presets/rename", {"preset": preset, "name": "Mornings"})
    assert renamed.flash() == "The preset is called Mornings now."
    assert [text(heading) for heading in renamed.soup.select("h2")][:2] == ["Evenings", "Mornings"]


def test_of_two_presets_that_look_alike_the_one_is_replaced_that_was_named(store: Store) -> None:
    """As they could be kept once."""
    with store.writing() as session:
        for name in ("Late\u200d", "Late"):
            session.add(
                KeptPreset(name=name, connection_key="", created_at=datetime.now(UTC), settings={})
            )
    with store.writing() as session:
        presets.keep(session, "Late", {"timezone": "Asia/Tokyo"}, replaces=True)
        alike, exact = session.query(KeptPreset).order_by(KeptPreset.id)
        assert (alike.settings, exact.settings) == ({}, {"timezone": "Asia/Tokyo"})
        with pytest.raises(NameTaken):
            presets.rename(session, alike.id, "Late")


def test_a_preset_that_is_gone_is_not_renamed(visitor: Visitor, page: Page) -> None:
    visitor.press(page, "presets/keep", answers={"name": "Our usual"})
    listed = visitor.open("/presets")
    gone = visitor.press(listed, "/presets/rename", {"preset": "999", "name": "Mornings"})
    assert gone.flash() == "This preset is gone."


def test_many_presets_are_in_the_order_of_their_numbers_and_are_searched(
    visitor: Visitor, store: Store
) -> None:
    with store.writing() as session:
        for number in range(1, 13):
            presets.keep(session, f"Récall {number}", {"daily_start_time": "09:00"})
    titles = [title.text for title in visitor.open("/presets").soup.select("main h2[id^=preset-]")]
    assert titles[:12] == [f"Récall {number}" for number in range(1, 13)]
    searched = visitor.open("/presets", search="RECALL 12")
    assert [title.text for title in searched.soup.select("main h2[id^=preset-]")][:1] == [
        "Récall 12"
    ]
    assert "Récall 2" not in searched.text
    assert "Show all 12" in searched.text
    assert "No preset has these words" in visitor.open("/presets", search="spring").text


def test_a_new_campaign_leads_to_the_list_where_the_presets_are_many(
    visitor: Visitor, store: Store
) -> None:
    with store.writing() as session:
        for number in range(1, 9):
            presets.keep(session, f"Recall {number}", {"daily_start_time": "09:00"})
    assert len(visitor.open("/drafts/new").soup.select(".beginnings button")) == 8
    with store.writing() as session:
        presets.keep(session, "Recall 9", {"daily_start_time": "09:00"})
    link = visitor.open("/drafts/new").soup.select_one(".beginnings a")
    assert link
    assert (text(link), link["href"]) == ("one of 9 presets", "/presets")
