"""The page of the sandbox tells which ids it knows, and can be told to insist on them."""

from collections.abc import Callable

import pytest

from app.sandbox.examples import EXAMPLES
from tests.pages import Visitor

PAGE = "/sandbox-campaigns"


def test_it_shows_the_ids_that_it_knows(visitor: Visitor) -> None:
    page = visitor.open(PAGE)
    assert all(example.value in page.text for example in EXAMPLES)


def test_a_campaign_with_an_unknown_id_comes_back_with_it_named(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    insisting = visitor.press(visitor.open(PAGE), "insist", known="only")
    assert "The sandbox refuses unknown ids." in insisting.flash()
    refused = visitor.press(visitor.open(f"/drafts/{saved()}/review"), "send")
    assert "assistant_id names no assistant of this account." in refused.text
    taking = visitor.press(visitor.open(PAGE), "insist", known="any")
    assert "The sandbox takes any id." in taking.flash()


def test_another_id_can_be_added(visitor: Visitor) -> None:
    added = visitor.press(visitor.open(PAGE), "ids", {"kind": "pool", "value": " pool_9 "})
    assert "pool_9" in added.text
    assert "The sandbox knows this id." in added.flash()


@pytest.mark.parametrize("typed", [{"value": " "}, {"kind": "campaign", "value": "a"}])
def test_what_is_no_id_is_not_added(visitor: Visitor, typed: dict[str, str]) -> None:
    refused = visitor.press(visitor.open(PAGE), "ids", {"kind": "pool"} | typed)
    assert "Choose a kind, and enter an id" in refused.flash()
