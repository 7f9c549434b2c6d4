"""The client that is worked on: chosen once, followed by lists and new campaigns."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.rights import Role
from tests.pages import Page, Visitor, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.screens.live_connection import ready


@pytest.fixture
def client_key(made: Page) -> str:
    return made.path.rpartition("/")[2]


@pytest.fixture
def two_campaigns(visitor: Visitor, client_key: str) -> None:
    """Set up a campaign for the sandbox, and one for a client."""
    visitor.press(visitor.open("/drafts/new"), answers=ready() | {"name": "Practice"})
    form = visitor.open("/drafts/new", connection=client_key)
    visitor.press(form, answers=ready() | {"name": "Real desk"})


def work_on(visitor: Visitor, key: str, address: str = "/") -> Page:
    return visitor.press(visitor.open(address), "/client", client=key)


def campaigns(page: Page) -> list[str]:
    return [text(link) for link in page.soup.select("tbody tr td:first-child a strong")]


@pytest.mark.usefixtures("two_campaigns")
def test_the_list_follows_the_client_and_so_does_the_next_visit(
    visitor: Visitor, client_key: str
) -> None:
    assert campaigns(visitor.open("/")) == ["Real desk", "Practice"]
    assert campaigns(work_on(visitor, client_key)) == ["Real desk"]
    page = visitor.open("/")
    assert campaigns(page) == ["Real desk"]
    assert "to-purple" in page.soup.body["class"]  # type: ignore[index]
    assert campaigns(work_on(visitor, "all")) == ["Real desk", "Practice"]


@pytest.mark.usefixtures("two_campaigns")
def test_the_client_stands_in_its_colour_before_what_sends(
    visitor: Visitor, client_key: str
) -> None:
    assert visitor.open("/").soup.select(".selection > .goes") == []
    (goes_to,) = work_on(visitor, client_key).soup.select(".selection > .goes")
    assert text(goes_to).startswith("Goes to LIVE ")
    assert "to-purple" in goes_to["class"]


def test_a_new_campaign_goes_to_the_client_that_is_worked_on(
    visitor: Visitor, client_key: str
) -> None:
    work_on(visitor, client_key)
    chosen = visitor.open("/drafts/new").soup.select_one("select[name=connection] [selected]")
    assert chosen is not None
    assert chosen["value"] == client_key
    begun = visitor.press(visitor.open("/"), "/drafts/template")
    chosen = begun.soup.select_one("select[name=connection] [selected]")
    assert chosen is not None
    assert chosen["value"] == client_key


@pytest.mark.usefixtures("two_campaigns")
def test_what_is_done_to_all_that_match_is_done_to_what_was_shown(
    visitor: Visitor, client_key: str
) -> None:
    """Another tab may choose another client before the button is pressed."""
    page = work_on(visitor, client_key)
    work_on(visitor, "sandbox")
    batch = visitor.press(page, "batches", all=client_key)
    assert "Real desk" in batch.text
    assert "Practice" not in batch.text


@pytest.mark.usefixtures("two_campaigns")
def test_the_links_of_a_list_of_all_clients_stay_with_all(
    visitor: Visitor, client_key: str
) -> None:
    work_on(visitor, client_key)
    page = visitor.open("/", client="all")
    heading = page.soup.select_one("th.name a")
    assert heading is not None
    assert campaigns(visitor.open(str(heading["href"]))) == ["Practice", "Real desk"]
    ids = [str(box["value"]) for box in page.soup.select("input[name=draft]")]
    made = visitor.press(page, "batches", {"draft": ids})
    assert [text(link) for link in made.soup.select("tbody strong")] == ["Batch 2", "Batch 1"]


@pytest.mark.usefixtures("two_campaigns")
def test_an_address_that_names_a_client_goes_before_the_choice(
    visitor: Visitor, client_key: str
) -> None:
    work_on(visitor, client_key)
    assert campaigns(visitor.open("/", client="sandbox")) == ["Practice"]
    assert campaigns(visitor.open("/", client="all")) == ["Real desk", "Practice"]
    assert campaigns(visitor.open("/")) == ["Real desk"]


def test_an_empty_list_of_a_client_says_whose_it_is(visitor: Visitor, client_key: str) -> None:
    page = work_on(visitor, client_key)
    assert "There is no campaign for Client A yet." in page.text


@pytest.mark.parametrize("address", ["/requests", "/batches", "/activity"])
def test_the_same_page_is_shown_for_another_client(
    visitor: Visitor, client_key: str, address: str
) -> None:
    page = work_on(visitor, client_key, address)
    assert page.path == address
    assert text(page.soup.select_one(".masthead .connection")).endswith("LIVE Client A")


@pytest.mark.usefixtures("two_campaigns")
def test_only_campaigns_of_the_client_can_be_seen_in_requests(
    visitor: Visitor, client_key: str, saved: Callable[..., str]
) -> None:
    visitor.press(visitor.open("/connections/sandbox"), "test")
    assert len(visitor.open("/requests").soup.select("tbody tr")) == 1
    page = work_on(visitor, client_key, "/requests")
    assert page.soup.select("tbody tr") == []
    assert len(visitor.open("/requests", connection="all").soup.select("tbody tr")) == 1


@pytest.mark.usefixtures("two_campaigns")
def test_a_strange_page_or_client_leads_to_all_campaigns(visitor: Visitor) -> None:
    page = visitor.press(
        visitor.open("/"), "/client", {"client": "gone", "page": "https://evil.example"}
    )
    assert page.path == "/"
    assert campaigns(page) == ["Real desk", "Practice"]


@pytest.mark.usefixtures("two_campaigns")
def test_who_sees_one_client_alone_has_no_switch_and_is_told_of_no_other(
    app: Flask, client_key: str
) -> None:
    add_account(app, roles={"sandbox": frozenset({Role.EDITOR})})
    browser = make_client(app)
    sign_in(browser)
    browser.set_cookie("client", client_key)
    page = Page(browser.get("/"))
    assert campaigns(page) == ["Practice"]
    assert page.soup.select("form[action='/client']") == []
    assert "Client A" not in page.text


@pytest.mark.usefixtures("two_campaigns")
def test_a_campaign_of_another_client_says_where_it_goes(visitor: Visitor, client_key: str) -> None:
    listed = visitor.open("/")
    work_on(visitor, client_key)
    link = listed.soup.find("a", string="Practice")
    assert link is not None
    badge = text(visitor.open(str(link["href"])).soup.select_one(".masthead .connection"))
    assert badge.endswith("SANDBOX nobody is called")


@pytest.mark.usefixtures("two_campaigns")
def test_the_filters_offer_no_client_where_one_is_worked_on_and_none_is_asked_for_beside(
    visitor: Visitor, client_key: str
) -> None:
    def filters(page: Page) -> list[str]:
        return [text(title) for title in page.soup.select(".rail h2")]

    assert "Client" in filters(visitor.open("/"))
    work_on(visitor, client_key)
    assert "Client" not in filters(visitor.open("/"))
    assert "Client" not in filters(visitor.open("/", client=client_key, sort="name"))
    assert "Client" in filters(visitor.open("/", client="sandbox"))
    assert "Client" in filters(visitor.open("/", client="all"))


@pytest.mark.usefixtures("two_campaigns")
def test_who_can_set_another_client_reads_what_goes_along(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    words = "takes history and comments along; a copy does not"
    assert words in visitor.open("/").text
    assert words in visitor.open(f"/drafts/{saved()}").text
    assert words not in visitor.open("/drafts/new").text


def test_with_one_client_there_is_nothing_to_go_along_to(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    assert "takes history" not in visitor.open(f"/drafts/{saved()}").text
