"""The filters beside the list: links with counts, which hold the list to what they say."""

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import Tag
from time_machine import TimeMachineFixture

from app.store import facets as counting
from tests.factories import inbound, outbound
from tests.pages import Page, Visitor, query_of, text
from tests.web.screens.draft_list import names


def choices(page: Page) -> dict[str, str]:
    """Give the counts of all choices, by their words."""
    links = page.soup.select(".rail nav a:has(span)")
    return {text(link).rpartition(" ")[0] or text(link): text(link.span) for link in links}


def choose(visitor: Visitor, page: Page, words: str) -> Page:
    link = next(link for link in page.soup.select(".rail a") if text(link).startswith(words))
    return visitor.open(str(link["href"]))


@pytest.fixture
def four(visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]) -> str:
    """Save two drafts of no connection, one of a client, and one that only answers."""
    key = add_connection("Acme")
    visitor.press(visitor.open("/drafts/new", connection=key), answers={"name": "Of Acme"})
    saved(outbound(name="January", start_date=date(2027, 1, 4)))
    saved(outbound(name="February", start_date=date(2027, 2, 1), end_date=None))
    saved(inbound(name="Desk"))
    return key


@pytest.mark.usefixtures("four")
def test_each_choice_says_how_many_it_shows_and_shows_them(visitor: Visitor) -> None:
    page = visitor.open("/")
    assert choices(page) == {
        "Ready": "1",
        "Answers missing": "1",
        "Breaks a rule": "2",
        "Sandbox": "3",
        "Acme": "1",
        "Outbound": "2",
        "Inbound": "1",
        "February 2027": "1",
        "January 2027": "1",
        "No first day": "2",
    }
    for words, count in choices(page).items():
        assert len(names(choose(visitor, page, words))) == int(count), words


@pytest.mark.usefixtures("four")
def test_choices_add_up_in_the_address_and_are_taken_back_one_by_one(visitor: Visitor) -> None:
    page = choose(visitor, visitor.open("/", sort="name", search="a"), "Breaks a rule")
    page = choose(visitor, page, "January 2027")
    assert names(page) == ["January"]
    chosen = {"sort": "name", "search": "a", "show": "BREAKS", "month": "2027-01"}
    assert query_of("?" + page.query) == chosen
    current = page.soup.select(".rail a[aria-current]")
    assert [text(link).rpartition(" ")[0] for link in current] == ["Breaks a rule", "January 2027"]
    page = choose(visitor, page, "January 2027")
    assert names(page) == ["February", "January"]
    assert "month" not in query_of("?" + page.query)


@pytest.mark.usefixtures("four")
def test_a_search_is_held_to_what_is_chosen(visitor: Visitor) -> None:
    page = visitor.open("/", month="2027-01", sort="name")
    hidden = page.soup.select("form[role=search] input[type=hidden]")
    assert {field["name"]: field["value"] for field in hidden} == {
        "month": "2027-01",
        "sort": "name",
    }


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    "query", [{"client": "gone"}, {"month": "2027-13"}, {"month": "0000-01"}, {"month": "x"}]
)
def test_what_there_is_none_of_holds_the_list_to_nothing(
    visitor: Visitor, query: dict[str, str]
) -> None:
    assert len(names(visitor.open("/", **query))) == 4


@pytest.mark.usefixtures("four")
def test_counts_that_are_capped_say_so(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED", 2)
    page = visitor.open("/")
    assert choices(page)["Sandbox"].endswith("+")
    assert "is at least so many" in page.text
    assert choices(choose(visitor, page, "Sandbox"))["Sandbox"] == "3"  # As the list has.
    assert "Result unknown" in text(page.soup.select_one(".rail"))


def test_what_is_deleted_has_no_filter_that_leads_out_of_it(
    visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key = add_connection("Acme")
    for name in ("One", "Two"):
        draft_id = saved(outbound(name=name), connection=key)
        visitor.press(visitor.open("/"), f"drafts/{draft_id}/delete")
    page = visitor.open("/", show="deleted")
    assert list(choices(page)) == ["Acme", "Outbound", "January 2027"]
    for words in choices(page):
        narrowed = choose(visitor, page, words)
        assert (narrowed.heading, sorted(names(narrowed))) == ("Deleted campaigns", ["One", "Two"])


def test_what_was_deleted_of_a_client_is_reached_from_its_list(
    visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key = add_connection("Acme")
    for name, to in (("Ours", ""), ("Of Acme", key)):
        draft_id = saved(outbound(name=name), connection=to)
        visitor.press(visitor.open("/"), f"drafts/{draft_id}/delete")
    saved(connection=key)
    link = visitor.open("/", client=key).soup.find("a", string="Deleted campaigns")
    assert isinstance(link, Tag)
    assert names(visitor.open(str(link["href"]))) == ["Of Acme"]


def test_of_many_months_those_near_today_are_offered(
    visitor: Visitor, saved: Callable[..., str], time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2027-01-15", tick=False)
    for number in range(30):
        first = date(2027 + number // 12, number % 12 + 1, 4)
        saved(outbound(name=f"{number}", start_date=first, end_date=None))
    offered = [words for words in choices(visitor.open("/")) if words[-4:].startswith("20")]
    assert (offered[0], offered[-1], len(offered)) == ("December 2028", "January 2027", 24)
