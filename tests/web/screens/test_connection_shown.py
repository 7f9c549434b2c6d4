"""Every page from which something could be sent shows where to, and no other does."""

from collections.abc import Callable

import pytest

from tests.factories import inbound
from tests.pages import Page, Visitor, text
from tests.web.screens.live_connection import ready


def test_every_page_from_which_something_could_be_sent_shows_where_to(
    visitor: Visitor, made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    form = visitor.open("/drafts/new", connection=key)
    review = visitor.press(form, answers=ready(), then="review")
    for page in (form, review):
        masthead = page.soup.select_one(".masthead .connection")
        assert masthead is not None
        assert "LIVE Client A" in " ".join(masthead.text.split())
        assert "to-purple" in page.soup.body["class"]  # type: ignore[index]
    sandbox = visitor.open("/drafts/new")
    assert "is-sandbox" in sandbox.soup.body["class"]  # type: ignore[index]


def badge(page: Page) -> str:
    return text(page.soup.select_one(".masthead .connection"))


def test_the_list_says_in_its_header_whose_campaigns_it_shows(
    visitor: Visitor, request: pytest.FixtureRequest
) -> None:
    assert badge(visitor.open("/")).endswith("SANDBOX nobody is called")

    made: Page = request.getfixturevalue("made")
    page = visitor.open("/")
    assert badge(page) == "Campaigns of: All clients"
    assert "to-" not in str(page.soup.body.attrs)  # type: ignore[union-attr]
    key = made.path.rpartition("/")[2]
    assert badge(visitor.open("/", client=key)).endswith("LIVE Client A")


@pytest.mark.parametrize("address", ["/connections", "/connections/new", "/requests", "/about"])
def test_a_page_about_no_connection_in_particular_names_none(
    visitor: Visitor, made: Page, address: str
) -> None:
    assert badge(visitor.open(address)) == "Campaigns of: All clients"


def test_the_calls_of_one_connection_are_under_its_name(visitor: Visitor, made: Page) -> None:
    page = visitor.open("/requests", connection=made.path.rpartition("/")[2])
    assert badge(page).endswith("LIVE Client A")
    assert badge(visitor.open("/sandbox-campaigns")).endswith("SANDBOX nobody is called")


def test_a_draft_whose_connection_is_gone_says_so_and_can_be_given_another(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(inbound(), connection='gone')}")
    assert "Choose another: nothing can be sent there." in page.text
    moved = visitor.press(page, answers={"connection": "sandbox"}, then="review")
    assert moved.heading == "Review Front desk"
