"""Drafts are deleted in the list, and brought back where one was."""

from collections.abc import Callable

import pytest

from app.store.base import State
from app.store.draft_query import PAGE
from app.web.names import name_campaign
from tests.factories import inbound, outbound
from tests.pages import Visitor, query_of
from tests.web.screens.draft_list import follow, names


def test_a_page_whose_last_draft_was_deleted_gives_way_to_the_one_before(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    oldest = saved(inbound(name="Desk 0"))
    for number in range(1, PAGE + 1):
        saved(inbound(name=f"Desk {number}"))
    second = follow(visitor, visitor.open("/"), "Next page")
    assert names(second) == ["Desk 0"]
    page = visitor.press(second, f"{oldest}/delete")
    assert len(names(page)) == PAGE
    assert page.soup.find("a", string="Next page") is None


def test_deleting_and_undoing_stay_on_the_page_that_one_came_back_to(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE * 3):
        saved(inbound(name=f"Desk {number:02}"))
    third = visitor.open("/", sort="name")
    for _ in range(2):
        third = follow(visitor, third, "Next page")
    second = follow(visitor, third, "Previous page")
    listed = names(second)
    assert listed[0] == f"Desk {PAGE:02}"
    deleted = visitor.press(second, "delete")
    assert set(listed[1:]) <= set(names(deleted))
    assert names(visitor.press(deleted, "restore")) == listed


def test_a_draft_that_is_brought_back_leaves_the_list_of_deleted_ones_open(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for name in ("Desk one", "Desk two"):
        draft_id = saved(inbound(name=name))
        visitor.press(visitor.open("/"), f"{draft_id}/delete")
    page = visitor.open("/", show="deleted", search="Desk")
    back = visitor.press(page, "restore")
    assert names(back) == names(page)[1:]
    assert query_of("?" + back.query) == {"show": "deleted", "search": "Desk"}


def test_a_deleted_draft_comes_back_by_undo(visitor: Visitor, saved: Callable[..., str]) -> None:
    draft_id = saved(inbound(name="By mistake"))
    page = visitor.press(visitor.open("/"), f"{draft_id}/delete")
    assert names(page) == []
    assert "Deleted: By mistake." in page.flash()

    back = visitor.press(page, f"{draft_id}/restore")
    assert names(back) == ["By mistake"]
    assert "The campaign is back." in back.flash()


@pytest.mark.usefixtures("three")
def test_what_was_looked_for_stays_through_deleting_and_undoing(visitor: Visitor) -> None:
    asked = {"search": "solar", "type": "INBOUND", "show": "not_sent", "sort": "name"}
    page = visitor.open("/", **asked)
    deleted = visitor.press(page, "delete")
    assert (names(deleted), query_of("?" + deleted.query)) == ([], asked)
    back = visitor.press(deleted, "restore")
    assert (names(back), query_of("?" + back.query)) == (["Gamma solar"], asked)


@pytest.mark.parametrize("name", ["", "\N{ZERO WIDTH SPACE}", "Ж" * 1000])
def test_whatever_a_draft_is_called_the_message_tells_it_from_others(
    visitor: Visitor, saved: Callable[..., str], name: str
) -> None:
    draft_id = saved(inbound(name=name))
    page = visitor.press(visitor.open("/"), f"{draft_id}/delete")
    display_name = name_campaign(name)
    assert f"Deleted: {display_name}." in page.flash()
    assert f"Undo deleting {display_name}" in page.flash()
    assert visitor.open(f"/drafts/{draft_id}").heading == f"Deleted: {display_name}"


def test_a_deleted_draft_can_be_brought_back_later(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Later"))
    visitor.press(visitor.open("/"), f"{draft_id}/delete")
    assert names(visitor.open("/", show="deleted")) == ["Later"]
    page = visitor.open(f"/drafts/{draft_id}")
    assert page.heading == "Deleted: Later"
    assert visitor.press(page, "restore").heading == "Later"


def test_what_may_exist_at_the_api_cannot_be_deleted(
    visitor: Visitor, sent: Callable[[State], int], saved: Callable[..., str]
) -> None:
    sent(State.UNKNOWN)
    draft_id = saved(inbound())
    page = visitor.open("/")
    assert len(page.soup.select("form[action$='/delete']")) == 1

    visitor.press(visitor.open(f"/drafts/{draft_id}/review"), "send")
    late = visitor.press(page, "delete")
    assert "This campaign was sent, and its record is kept." in late.flash()


@pytest.mark.parametrize("name", ["Same", "Another"])
def test_what_is_saved_over_a_deleted_campaign_is_kept_and_the_page_says_that_it_is_deleted(
    visitor: Visitor, saved: Callable[..., str], name: str
) -> None:
    draft_id = saved(inbound(name="Same"))
    form = visitor.open(f"/drafts/{draft_id}")
    visitor.press(visitor.open("/"), f"{draft_id}/delete")
    page = visitor.press(form, answers={"name": name})
    assert page.heading == f"Deleted: {name}"
    assert "saved, and the campaign stays deleted" in page.flash()
    assert visitor.press(page, "restore").heading == name


def test_no_preset_or_version_is_put_into_a_deleted_campaign(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(outbound(name="Old"))
    visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"name": "New"})
    versions = visitor.open(f"/drafts/{draft_id}/versions")
    presets = visitor.open(f"/drafts/{draft_id}/presets")
    visitor.press(visitor.open("/"), f"{draft_id}/delete")
    ticked = {"field": "name"}
    for page in (
        visitor.press(versions, "restore", ticked),
        visitor.press(presets, "use", preset="office-hours"),
        visitor.open(f"/drafts/{draft_id}/presets"),
    ):
        assert page.heading == "Deleted: New"
