"""Views of the list: kept under a name, begun with the next time, and forgotten."""

import pytest
from flask import Flask

from app.rights import Role
from app.services import find_services
from app.store import accounts, saved_views
from app.store.saved_views import MOST
from tests.pages import Page, Visitor, query_of, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.screens.draft_list import names

pytestmark = pytest.mark.usefixtures("three")


def keep(visitor: Visitor, name: str, **asked: str) -> Page:
    return visitor.press(visitor.open("/", **asked), "/views", {"name": name})


def listed_views(page: Page) -> dict[str, str]:
    return {text(link): str(link["href"]) for link in page.soup.select(".rail a[href^='/views/']")}


def current(page: Page) -> list[str]:
    return [text(link) for link in page.soup.select(".rail a[href^='/views/'][aria-current]")]


def test_a_view_shows_again_what_it_was_kept_of(visitor: Visitor) -> None:
    kept = keep(visitor, "Incoming", type="INBOUND", sort="name")
    assert (names(kept), current(kept)) == (["Gamma solar"], ["Incoming"])
    everything = visitor.open(listed_views(kept)["All campaigns"])
    assert (len(names(everything)), current(everything)) == (3, ["All campaigns"])
    again = visitor.open(listed_views(everything)["Incoming"])
    assert (names(again), current(again)) == (["Gamma solar"], ["Incoming"])
    assert query_of("?" + again.query)["sort"] == "name"


def test_the_next_visit_begins_with_the_view_that_was_opened_last(visitor: Visitor) -> None:
    kept = keep(visitor, "Incoming", type="INBOUND")
    assert current(visitor.open("/")) == ["Incoming"]
    visitor.open(listed_views(kept)["All campaigns"])
    assert current(visitor.open("/")) == ["All campaigns"]


def test_a_filter_can_be_taken_off_a_view(visitor: Visitor) -> None:
    kept = keep(visitor, "Incoming", type="INBOUND")
    link = next(
        link for link in kept.soup.select(".rail a[aria-current]") if "Inbound" in text(link)
    )
    assert len(names(visitor.open(str(link["href"])))) == 3


def test_what_is_deleted_in_a_view_leads_back_to_it(visitor: Visitor) -> None:
    kept = keep(visitor, "Incoming", type="INBOUND")
    box = kept.soup.select_one("td input[name=draft]")
    assert box is not None
    deleted = visitor.press(kept, "delete-ticked", {"draft": [str(box["value"])]})
    assert current(deleted) == ["Incoming"]
    assert "1 campaign was deleted." in deleted.flash()


def test_a_view_that_is_kept_under_the_same_name_takes_its_place(visitor: Visitor) -> None:
    keep(visitor, "Mine", type="INBOUND")
    kept = keep(visitor, "Mine", search="Alpha")
    assert (names(kept), list(listed_views(kept))) == (["Alpha dental"], ["All campaigns", "Mine"])
    assert "The view “Mine” was replaced." in kept.flash()
    assert list(listed_views(keep(visitor, "mine", search="Alpha"))) == ["All campaigns", "mine"]


def test_the_first_account_has_the_views_that_were_kept_without_one(
    visitor: Visitor, app: Flask
) -> None:
    keep(visitor, "Incoming", type="INBOUND")
    clients = []
    for email in ("anna@example.com", "ben@example.com"):
        add_account(app, email)
        clients.append(make_client(app))
        sign_in(clients[-1], email)
    first, second = (Page(client.get("/")) for client in clients)
    assert list(listed_views(first)) == ["All campaigns", "Incoming"]
    assert list(listed_views(second)) == ["All campaigns"]


def test_a_first_account_after_all_others_were_closed_has_them_as_well(
    visitor: Visitor, app: Flask
) -> None:
    add_account(app)
    store = find_services(app).store
    with store.writing() as session:
        accounts.close_all(session, who="")
    keep(visitor, "Incoming", type="INBOUND")
    with store.writing() as session:
        joined = accounts.add_first(session, "ben@example.com", "Ben")
        assert [view.name for view in saved_views.list_views(session, joined.id)] == ["Incoming"]


def test_a_view_is_forgotten_and_its_campaigns_stay(visitor: Visitor) -> None:
    kept = keep(visitor, "Incoming", type="INBOUND")
    page = visitor.press(kept, "forget", view=listed_views(kept)["Incoming"].rpartition("/")[2])
    assert (len(names(page)), list(listed_views(page))) == (3, ["All campaigns"])
    assert "The view is forgotten." in page.flash()
    assert len(names(visitor.open("/"))) == 3


@pytest.mark.parametrize(
    ("name", "message"), [(" ", "Enter a name"), ("x" * 41, "40 characters or fewer")]
)
def test_a_name_that_cannot_be_is_told(visitor: Visitor, name: str, message: str) -> None:
    page = keep(visitor, name, type="INBOUND")
    assert message in page.flash()
    assert names(page) == ["Gamma solar"]
    assert list(listed_views(page)) == ["All campaigns"]


def test_nobody_keeps_more_than_can_be_read(visitor: Visitor) -> None:
    for number in range(MOST):
        keep(visitor, f"View {number}", type="INBOUND")
    page = keep(visitor, "One more", type="INBOUND")
    assert f"there are {MOST} already" in page.flash()
    assert len(listed_views(page)) == MOST + 1


def test_views_are_their_owners_alone(app: Flask) -> None:
    visitors = []
    for email in ("one@example.com", "two@example.com"):
        add_account(app, email, {"sandbox": frozenset({Role.EDITOR})})
        client = make_client(app)
        sign_in(client, email)
        visitors.append(Visitor(client))
    first, second = visitors
    kept = keep(first, "Incoming", type="INBOUND")
    assert list(listed_views(second.open("/"))) == ["All campaigns"]
    assert len(names(second.open(listed_views(kept)["Incoming"]))) == 3
    view = listed_views(kept)["Incoming"].rpartition("/")[2]
    forgotten = visitors[1].press(keep(second, "Mine", type="INBOUND"), "forget", view=view)
    assert "Mine" in listed_views(forgotten)
    assert "Incoming" in listed_views(first.open("/"))


def test_a_view_that_is_kept_while_one_works_on_a_client_suits_the_others_too(
    visitor: Visitor, made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    visitor.press(visitor.open("/"), "/client", client=key)
    kept = keep(visitor, "Incoming", type="INBOUND")
    assert names(kept) == []
    visitor.press(kept, "/client", client="all")
    assert names(visitor.open(listed_views(kept)["Incoming"])) == ["Gamma solar"]


def test_a_view_of_one_client_stays_its_own(visitor: Visitor, made: Page) -> None:
    kept = keep(visitor, "Practice", client="sandbox")
    visitor.press(kept, "/client", client=made.path.rpartition("/")[2])
    assert len(names(visitor.open(listed_views(kept)["Practice"]))) == 3
