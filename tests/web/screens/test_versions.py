"""Two versions are compared in the words of the form, and an earlier one is put back."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.rights import Role
from tests.factories import outbound
from tests.pages import Page, Visitor, fields_of, text
from tests.web.teams import make_team

Saved = Callable[..., str]


@pytest.fixture
def edited(visitor: Visitor, saved: Saved) -> str:
    """Give the address of a campaign whose name and start were changed, one after the other."""
    address = f"/drafts/{saved(outbound(name='First'))}"
    visitor.press(visitor.open(address), answers={"name": "Second"})
    visitor.press(visitor.open(address), answers={"daily_start_time": "11:00"})
    return address


def differences(page: Page) -> list[str]:
    return [text(row) for row in page.soup.select(".differences tbody tr")]


def test_what_the_last_change_changed_is_shown_without_a_choice(
    visitor: Visitor, edited: str
) -> None:
    page = visitor.open(f"{edited}/versions")
    assert page.heading == "Versions of Second"
    assert differences(page) == ["From 09:00 11:00"]


def test_any_two_versions_are_compared_in_the_labels_of_the_form(
    visitor: Visitor, edited: str
) -> None:
    page = visitor.open(f"{edited}/versions", old=1, new=2)
    assert "Campaign name First Second" in differences(page)
    assert not any(row.startswith("From") for row in differences(page))
    turned = visitor.open(f"{edited}/versions", old=2, new=1)
    assert differences(turned) == differences(page)
    assert page.soup.select_one(".differences input") is None  # It is restored beside now.


def test_answers_are_written_in_the_words_of_the_form(visitor: Visitor, edited: str) -> None:
    visitor.press(visitor.open(edited), answers={"days_of_week": ["MONDAY"], "dialer_type": "POOL"})
    rows = differences(visitor.open(f"{edited}/versions"))
    assert "Phone numbers One number A pool of numbers" in rows
    assert "Call on Monday, Tuesday, Wednesday, Thursday, Friday Monday" in rows


def test_the_history_leads_to_each_version(visitor: Visitor, edited: str) -> None:
    page = visitor.open(f"{edited}/history")
    link = next(link for link in page.soup.select(".events a") if "version 1" in text(link))
    assert "Campaign name First Second" in differences(visitor.open(str(link["href"])))


def test_a_version_is_restored_as_a_new_one_and_told_in_one_sentence(
    visitor: Visitor, edited: str
) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    names = ["name", "daily_start_time"]
    form = visitor.press(page, "versions/restore", {"field": names}, restores="1")
    assert form.flash() == "Restored from version 1: Campaign name, From. Undo"
    assert (form.typed("name"), form.typed("daily_start_time")) == ("First", "09:00")
    entry = visitor.open(f"{edited}/history").soup.select(".events > li")[0]
    assert "Restored from version 1" in text(entry)
    assert "From: 11:00 09:00" in text(entry)


def test_only_what_is_ticked_is_restored(visitor: Visitor, edited: str) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    form = visitor.press(page, "versions/restore", {"field": "name"}, restores="1")
    assert (form.typed("name"), form.typed("daily_start_time")) == ("First", "11:00")


@pytest.mark.parametrize("ticked", [[], ["timezone"], ["made_up"]])
def test_without_a_tick_nothing_is_restored(
    visitor: Visitor, edited: str, ticked: list[str]
) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    again = visitor.press(page, "versions/restore", {"field": ticked}, restores="1")
    assert again.flash() == "Tick at least one answer that differs: nothing was restored."
    assert visitor.open(edited).typed("name") == "Second"


def test_a_restore_is_undone_by_the_version_before_it(visitor: Visitor, edited: str) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    form = visitor.press(page, "versions/restore", restores="1")
    undone = visitor.press(form, "versions/restore", restores="3")
    assert (undone.typed("name"), undone.typed("daily_start_time")) == ("Second", "11:00")
    assert "Undo" not in visitor.open(edited).flash()


def test_a_field_that_was_empty_then_is_emptied(visitor: Visitor, edited: str) -> None:
    visitor.press(visitor.open(edited), answers={"webhook_url": "https://hooks.example.org"})
    page = visitor.open(f"{edited}/versions")
    form = visitor.press(page, "versions/restore", restores="3")
    assert form.typed("webhook_url") == ""


def test_who_edits_at_the_same_time_is_not_overwritten(visitor: Visitor, edited: str) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    visitor.press(visitor.open(edited), answers={"name": "Third"})
    again = visitor.press(page, "versions/restore", restores="1")
    assert again.flash() == "The draft has changed meanwhile. Please look again."
    assert "Campaign name First Third" in differences(again)
    assert visitor.open(edited).typed("name") == "Third"


def test_a_campaign_that_was_sent_is_not_restored(visitor: Visitor, edited: str) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    visitor.press(visitor.open(f"{edited}/review"), "send")
    refused = visitor.press(page, "versions/restore", restores="1")
    assert refused.heading == "Created: Second"
    after = visitor.open(f"{edited}/versions", old=1)
    assert "its answers stay as they are" in after.text
    assert after.soup.select_one("[name=restores]") is None


@pytest.mark.parametrize("number", ["0", "99", "x"])
def test_a_version_that_is_not_there_cannot_be_restored(
    visitor: Visitor, edited: str, number: str
) -> None:
    page = visitor.open(f"{edited}/versions", old=1)
    assert visitor.press(page, "versions/restore", restores=number).status == 404


def test_a_draft_with_one_version_has_nothing_to_compare(visitor: Visitor, saved: Saved) -> None:
    assert "nothing to compare" in visitor.open(f"/drafts/{saved()}/versions").text


def test_the_approval_of_what_is_restored_over_is_void(app: Flask) -> None:
    team = make_team(app)
    team.ask_for_approval("")
    for name, role in (("edda", Role.EDITOR), ("ansel", Role.APPROVER), ("selma", Role.SENDER)):
        team.add(name, role)
    draft_id = team.write("edda")
    editor = Visitor(team.browsers["edda"])
    editor.press(editor.open(f"/drafts/{draft_id}"), answers={"daily_start_time": "11:00"})
    team.ask("edda", draft_id)
    assert team.decide("ansel", draft_id, "approve").status_code == 302
    page = editor.open(f"/drafts/{draft_id}/versions")
    assert "has to be approved as it stands" in page.text
    editor.press(page, "versions/restore", restores="1")
    assert "is not approved yet" in team.send("selma", draft_id).text
    viewer = Visitor(team.browsers["selma"])
    assert viewer.open(f"/drafts/{draft_id}/versions").soup.select_one("[name=restores]") is None


def test_nothing_is_put_back_to_where_somebody_may_not_edit(
    app: Flask, visitor: Visitor, made: Page, saved: Saved
) -> None:
    key = made.path.rpartition("/")[2]
    address = f"/drafts/{saved(outbound(name='First'))}"
    visitor.press(visitor.open(address), answers={"connection": key})
    browser = make_team(app).add("edda", Role.EDITOR, at=key)
    editor = Visitor(browser)
    page = editor.open(f"{address}/versions")
    assert page.soup.select_one("[name=field][value=connection]") is None
    posted = dict(fields_of(page.form())) | {"field": "connection", "restores": "1", "version": "2"}
    assert browser.post(f"{address}/versions/restore", data=posted).status_code == 403
    assert editor.open(address).typed("connection") == key
