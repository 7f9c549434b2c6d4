"""Presets fill in when and how often to call, and show first what they change."""

from collections.abc import Callable
from typing import Any

import pytest

from app.campaign.compliance.rulebook import load_rulebook
from app.store import drafts
from app.store.acceptances import judge
from app.store.database import Store
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor


def card(page: Page, title: str) -> str:
    heading = page.soup.find("h2", string=title)
    assert heading is not None
    section = heading.find_parent("section")
    assert section is not None
    return " ".join(section.get_text(" ").split())


@pytest.fixture
def page(visitor: Visitor, saved: Callable[..., str]) -> Page:
    return visitor.open(f"/drafts/{saved()}/presets")


def test_every_preset_of_the_rules_is_offered_with_its_source(page: Page) -> None:
    for preset in load_rulebook().presets:
        assert "checked on" in card(page, preset.title)
        assert preset.note in card(page, preset.title)


def test_it_shows_what_would_change_and_nothing_else(page: Page) -> None:
    assert "From 09:00 16:00" in card(page, "Strictest US")  # 10:00 in Hawaii, in summer.
    assert "Call on" not in card(page, "Strictest US")  # Monday to Friday already.


def test_using_one_fills_it_in_and_leaves_the_rest(visitor: Visitor, page: Page) -> None:
    form = visitor.press(page, "presets/use", preset="us-strictest")
    assert form.flash() == "Filled in: Strictest US. Undo"
    assert form.typed("daily_start_time") == "16:00"
    assert (form.typed("max_call_attempts"), form.typed("max_daily_attempts")) == ("3", "1")
    assert form.typed("start_date") == "2027-01-04"


def test_what_a_preset_filled_in_is_put_back_by_undo(visitor: Visitor, page: Page) -> None:
    before = visitor.open(page.path.removesuffix("/presets"))
    form = visitor.press(page, "presets/use", preset="us-strictest")
    undone = visitor.press(form, "versions/restore", restores="1")
    assert undone.flash().startswith("Restored from version 1: ")
    for name in ("daily_start_time", "daily_end_time"):
        assert undone.typed(name) == before.typed(name)


@pytest.mark.parametrize(
    ("audience", "zone", "hours"),
    [
        ("Florida", "America/New_York", ("11:00", "17:00")),  # From 10:00 in Pensacola.
        ("Hawaii, France", "America/New_York", None),
        ("California", "America/New_York", ("13:00", "20:00")),
        ("Hawaii", "America/Sao_Paulo", ("17:00", "23:59")),  # Until midnight there.
    ],
)
def test_hours_on_the_leads_clocks_are_put_on_the_campaigns(
    visitor: Visitor, store: Store, audience: str, zone: str, hours: Any
) -> None:
    draft_id = drafts.make_id()
    with store.writing() as session:
        campaign = typed(outbound(timezone=zone)) | {"audience": audience}
        drafts.save(session, draft_id, judge(campaign), expected_version=0)
    page = visitor.open(f"/drafts/{draft_id}/presets")
    preset = card(page, "Strictest US")
    assert "10:00 to 17:00 are meant on the clock of every lead." in preset
    if hours is None:
        assert "No one window does that for all of them" in preset
        assert "Use Strictest US" not in preset
    else:
        form = visitor.press(page, "presets/use", preset="us-strictest")
        assert (form.typed("daily_start_time"), form.typed("daily_end_time")) == hours


def test_without_days_and_a_zone_it_cannot_be_said_what_such_hours_are(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved({'type': 'OUTBOUND', 'name': 'New'})}/presets")
    assert "Enter the days and the time zone of the campaign first." in card(page, "Strictest US")


def test_a_preset_that_changes_nothing_says_so(visitor: Visitor, page: Page) -> None:
    form = visitor.press(page, "presets/use", preset="us-strictest")
    again = visitor.open(f"{form.path}/presets")
    assert "already has these settings" in card(again, "Strictest US")


def test_the_form_leads_to_the_presets_and_saves_on_the_way(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    form = visitor.open(f"/drafts/{saved()}")
    page = visitor.press(form, answers={"name": "Renamed"}, then="presets")
    assert page.heading == "Presets for Renamed"


def test_a_draft_that_changed_meanwhile_is_looked_at_again(
    visitor: Visitor, page: Page, store: Store
) -> None:
    draft_id = page.path.split("/")[2]
    with store.writing() as session:
        drafts.save(session, draft_id, judge(typed(outbound(name="Renamed"))), expected_version=1)
    again = visitor.press(page, "presets/use", preset="us-strictest")
    assert again.flash() == "The draft has changed meanwhile. Please look again."
    assert again.heading == "Presets for Renamed"


def test_a_preset_that_has_stopped_to_fit_is_not_filled_in(visitor: Visitor, page: Page) -> None:
    draft = page.path.removesuffix("/presets")
    visitor.press(visitor.open(draft), answers={"audience": "Hawaii, France"})
    refused = visitor.press(page, "presets/use", preset="us-strictest")
    assert "No one window does that for all of them" in refused.flash()
    assert visitor.open(draft).typed("daily_start_time") == "09:00"


def test_a_preset_that_is_gone_is_said_to_be(visitor: Visitor, page: Page) -> None:
    assert visitor.press(page, "presets/use", preset="99").flash() == "This preset is gone."


def test_a_campaign_that_is_rung_is_offered_no_hours_and_no_attempts(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound())}/presets")
    assert "it has no hours and no attempts that a preset could fill in" in page.text
    assert not page.soup.select("[name=preset]")
