"""Two people change one draft: what only one of them changed is theirs, and nothing is lost."""

from collections.abc import Callable

import pytest

from tests.factories import inbound, outbound
from tests.pages import Page, Visitor


class TestWhatOnlyOneChanged:
    """On the page of two versions."""

    @pytest.fixture
    def conflict(self, visitor: Visitor, saved: Callable[..., str]) -> Page:
        mine = visitor.open(f"/drafts/{saved(inbound())}")
        theirs = {"assistant_id": "asst_theirs", "name": "Their name"}
        visitor.press(visitor.open(mine.path), answers=theirs)
        own = {"phone_number_id": "pn_mine", "name": "My name"}
        return visitor.press(mine, answers=own)

    def chosen(self, page: Page, name: str) -> str:
        return str(page.typed(f"keep-{name}"))

    def test_what_only_i_changed_is_mine_unless_i_say_otherwise(
        self, conflict: Page, visitor: Visitor
    ) -> None:
        assert self.chosen(conflict, "phone_number_id") == "mine"
        assert self.chosen(conflict, "assistant_id") == "theirs"
        assert self.chosen(conflict, "name") == "theirs"

        saved = visitor.press(conflict, "merge")
        kept = [saved.typed(name) for name in ("name", "assistant_id", "phone_number_id")]
        assert kept == ["Their name", "asst_theirs", "pn_mine"]

    def test_i_can_say_otherwise(self, conflict: Page, visitor: Visitor) -> None:
        other = {"keep-phone_number_id": "theirs", "keep-name": "mine"}
        saved = visitor.press(conflict, "merge", other)
        kept = [saved.typed(name) for name in ("name", "phone_number_id")]
        assert kept == ["My name", "pn_abc123"]

    def test_what_was_sent_meanwhile_loses_nothing(self, conflict: Page, visitor: Visitor) -> None:
        draft = conflict.path.removesuffix("/merge")
        visitor.press(visitor.open(f"{draft}/review"), "send")
        late = visitor.press(conflict, "merge", keep="mine")
        assert (late.status, late.heading) == (409, "This campaign was sent meanwhile")
        kept = visitor.press(late)
        assert (kept.heading, kept.typed("phone_number_id")) == ("My name", "pn_mine")
        assert kept.path != draft

    def test_a_third_version_meanwhile_keeps_what_was_chosen(
        self, conflict: Page, visitor: Visitor
    ) -> None:
        draft = conflict.path
        visitor.press(visitor.open(draft), answers={"webhook_url": "https://third.example/e"})
        again = visitor.press(conflict, "merge", {"keep-name": "mine"})
        assert again.status == 409
        saved = visitor.press(again, "merge")
        kept = [saved.typed(name) for name in ("name", "phone_number_id", "webhook_url")]
        assert kept == ["My name", "pn_mine", "https://third.example/e"]


def test_a_change_that_was_pressed_on_an_older_version_is_among_mine(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    mine = visitor.open(f"/drafts/{saved(outbound())}")
    visitor.press(visitor.open(mine.path), answers={"name": "Theirs"})
    conflict = visitor.press(mine, fix="daily_start_time=10%3A30")
    assert conflict.status == 409
    assert visitor.press(conflict, "merge").typed("daily_start_time") == "10:30"


def test_a_copy_keeps_a_name_that_is_too_long(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved(inbound(name='a' * 1001))}/duplicate")
    assert visitor.press(page, "duplicate").typed("name") == "a" * 1001 + " (copy)"
