"""What nobody knows the outcome of stays in sight, and what was left behind is found."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.people.sign_in import WITHOUT_ACCOUNT
from app.store.base import State
from app.store.database import Store
from tests.pages import Page, Visitor, text
from tests.sending.presses import expire

Sent = Callable[[State], int]


def attention(page: Page) -> str:
    return " ".join(text(part) for part in page.soup.select(".attention"))


@pytest.mark.parametrize("address", ["/", "/about", "/drafts/new", "/connections", "/nothing"])
def test_an_unknown_submission_is_on_every_page(visitor: Visitor, sent: Sent, address: str) -> None:
    submission_id = sent(State.UNKNOWN)
    page = visitor.open(address)

    assert "may have been created, or not" in attention(page)
    assert page.soup.select_one(f".attention a[href='/submissions/{submission_id}']")


def test_it_goes_once_somebody_has_looked(visitor: Visitor, sent: Sent) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    visitor.press(page, "resolve", {"who": "Ada"}, found="surely not")
    assert attention(visitor.open("/")) == ""


def test_what_is_under_way_is_told(visitor: Visitor, sent: Sent) -> None:
    sent(State.SENDING)
    assert "Being sent: Q4 Outreach" in attention(visitor.open("/"))


@pytest.mark.parametrize("address", ["/", "/submissions/1", "/submissions/1/state"])
def test_what_a_dead_process_left_is_found_by_the_running_one(
    visitor: Visitor, store: Store, sent: Sent, address: str
) -> None:
    expire(store, sent(State.SENDING))

    visitor.client.get(address)

    assert visitor.open("/submissions/1").heading == "Unknown: Q4 Outreach"
    assert "The app stopped while it waited" in visitor.open("/submissions/1").text


@pytest.mark.parametrize("state", [State.CREATED, State.REFUSED, State.UNSENT])
def test_what_is_known_needs_no_attention(visitor: Visitor, sent: Sent, state: State) -> None:
    sent(state)
    assert attention(visitor.open("/")) == ""


def test_what_is_told_without_the_database_are_addresses_that_there_are(app: Flask) -> None:
    assert WITHOUT_ACCOUNT - {None} <= app.view_functions.keys()


@pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN])
def test_the_page_of_a_submission_names_the_others_that_are_open_and_not_itself(
    visitor: Visitor, sent: Sent, state: State
) -> None:
    own, other = sent(state), sent(state)
    page = visitor.open(f"/submissions/{own}")
    links = [link["href"] for link in page.soup.select(".attention a")]
    assert links == [f"/submissions/{other}"]
