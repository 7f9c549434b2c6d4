"""How fast campaigns go to a connection is set on its page, and a pause is ended there."""

import pytest
from bs4 import Tag
from flask import Flask

from app.connections import SANDBOX
from app.sandbox.switch import Switch
from app.services import find_services
from app.store import throttles
from app.store.database import Store
from app.store.throttles import GENTLE, MOST_FAILURES, UNHURRIED, Pace
from tests.factories import outbound
from tests.pages import Page, Visitor

ADDRESS = f"/connections/{SANDBOX}"


def pace(store: Store) -> Pace:
    with store.reading() as session:
        return throttles.read_pace(session, SANDBOX, GENTLE)


def read_value(page: Page, name: str) -> str:
    control = page.soup.find(id=name)
    assert isinstance(control, Tag)
    return str(control["value"])


def test_a_pace_is_set_and_shown(visitor: Visitor, store: Store) -> None:
    page = visitor.open(ADDRESS)
    assert [read_value(page, name) for name in ("rate", "burst", "concurrency")] == ["0", "1", "16"]
    answers = {"rate": "0.5", "burst": "3", "concurrency": "2"}
    saved = visitor.press(page, "pace", answers)

    assert "Saved" in saved.flash()
    assert {name: read_value(saved, name) for name in answers} == answers
    assert pace(store) == Pace(0.5, 3, 2)


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("rate", "", "Enter a number; 0 is no limit."),
        ("rate", "many", "Enter a number, such as 2 or 0.5."),
        ("rate", "NaN", "Enter a number, such as 2 or 0.5."),
        ("rate", "sNaN", "Enter a number, such as 2 or 0.5."),
        ("rate", "1_0", "Enter a number, such as 2 or 0.5."),
        ("burst", "٣", "Enter a whole number."),
        ("rate", "-1", "Enter a number from 0 to 1,000."),
        ("burst", "0", "Enter a whole number from 1 to 1,000."),
        ("concurrency", "65", "Enter a whole number from 1 to 64."),
        ("concurrency", "2.5", "Enter a whole number."),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(
    visitor: Visitor, store: Store, name: str, typed: str, message: str
) -> None:
    refused = visitor.press(visitor.open(ADDRESS), "pace", {name: typed})

    assert refused.status == 422
    assert message in refused.text
    assert read_value(refused, name) == typed
    assert pace(store) == GENTLE


def send(visitor: Visitor, saved_id: str) -> Page:
    return visitor.press(visitor.open(f"/drafts/{saved_id}/review"), "send")


def test_a_run_of_failures_is_said_where_it_matters_and_ended_by_a_button(
    app: Flask, visitor: Visitor, saved: object
) -> None:
    find_services(app).faults.switch_on(Switch("500", every=True))
    save = saved
    assert callable(save)
    for number in range(MOST_FAILURES):
        send(visitor, save(outbound(name=f"Campaign {number}")))
    find_services(app).faults.switch_off()
    draft_id = save(outbound(name="One more"))

    review = visitor.open(f"/drafts/{draft_id}/review")
    assert "Nothing has been sent to Sandbox since" in review.text
    assert "Nothing has been sent there since" in visitor.open(ADDRESS).text
    refused = visitor.press(review, "send")
    assert refused.status == 422
    going_on = visitor.press(refused, "resume")
    assert "Campaigns go to Sandbox again." in going_on.flash()
    assert visitor.press(going_on, "send").heading == "Created: One more"
    assert "Nothing has been sent there" not in visitor.open(ADDRESS).text


def test_it_is_ended_on_the_page_of_the_connection(visitor: Visitor, store: Store) -> None:
    for _ in range(MOST_FAILURES):
        with store.writing() as session:
            throttles.find(session, SANDBOX, UNHURRIED)
            session.flush()
            throttles.count_failure(session, SANDBOX, "Silence.")
    page = visitor.press(visitor.open(ADDRESS), "resume")
    assert "Campaigns go there again." in page.flash()
    assert "Nothing has been sent there" not in page.text


def test_a_rate_that_nobody_can_mean_is_refused(visitor: Visitor, store: Store) -> None:
    refused = visitor.press(visitor.open(ADDRESS), "pace", {"rate": "0.0009"})
    assert (refused.status, "0.001 or more" in refused.text) == (422, True)
    assert pace(store) == GENTLE
