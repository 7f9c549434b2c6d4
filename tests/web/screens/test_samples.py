"""An empty list leads to a campaign that can be sent, in few steps."""

from collections.abc import Callable

from flask import Flask

from app.rights import Role
from app.sandbox.ledger import Ledger
from tests.pages import Visitor, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.screens.draft_list import names

STEPS = ["Try it with a sample", "Start from a template", "Connect a client"]


def test_an_empty_list_offers_three_steps_in_order(visitor: Visitor) -> None:
    steps = visitor.open("/").soup.select(".first-steps li")
    assert [text(step.select_one("button, .button")) for step in steps] == STEPS


def test_the_sample_is_reviewed_and_sent_as_it_stands(visitor: Visitor, ledger: Ledger) -> None:
    form = visitor.press(visitor.open("/"), "/drafts/sample")
    assert "This sample is complete" in form.text
    review = visitor.press(form, form.path, then="review")
    assert review.heading == "Review Sample: new patient offer"
    created = visitor.press(review, "send")
    assert created.heading == "Created: Sample: new patient offer"
    assert [kept.name for kept in ledger.read_page(2)] == ["Sample: new patient offer"]


def test_the_sample_is_deleted_in_one_press(visitor: Visitor) -> None:
    form = visitor.press(visitor.open("/"), "/drafts/sample")
    deleted = visitor.press(form, "delete")
    assert names(deleted) == []
    assert "Deleted: Sample" in deleted.text


def test_a_template_is_a_draft_with_its_schedule_filled_in(visitor: Visitor) -> None:
    form = visitor.press(visitor.open("/"), "/drafts/template")
    assert "The name and the ids are left to enter." in form.text
    assert form.typed("daily_start_time") == "09:00"
    assert form.typed("assistant_id") == ""


def test_a_list_that_has_drafts_offers_none_of_it(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    saved()
    assert not visitor.open("/").soup.select(".first-steps")


def test_who_may_not_edit_at_the_sandbox_is_offered_no_sample(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    add_account(app)
    add_account(app, "edda@example.com", {add_connection(): frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client, "edda@example.com")
    visitor = Visitor(client)
    page = visitor.open("/")
    assert [text(button) for button in page.soup.select(".first-steps button")] == [STEPS[1]]
    assert "An administrator does that." in page.text
    form = visitor.press(page, "/drafts/template")
    assert form.status == 200
    token = {"csrf_token": form.typed("csrf_token")}
    assert client.post("/drafts/sample", data=token).status_code == 403


def test_who_may_only_look_is_offered_nothing(app: Flask) -> None:
    add_account(app)
    add_account(app, "vera@example.com", {"sandbox": frozenset({Role.VIEWER})})
    client = make_client(app)
    sign_in(client, "vera@example.com")
    page = Visitor(client).open("/")
    assert not page.soup.select(".first-steps :is(button, .button)")
