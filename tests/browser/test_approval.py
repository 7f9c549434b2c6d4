"""Three people at three browsers: one writes a campaign, one approves it, one sends it."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.rights import Role
from app.services import find_services
from app.store import approvals
from app.store.database import Store
from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.browser.test_people import sign_in
from tests.factories import inbound, typed
from tests.people.accounts import add_account

ROLES = {"edda": Role.EDITOR, "ansel": Role.APPROVER, "selma": Role.SENDER}


@pytest.fixture
def people(app: Flask, window: NewWindow) -> dict[str, Page]:
    """Give the windows of an author, an approver and a sender, at the sandbox."""
    add_account(app)
    with find_services(app).store.writing() as session:
        approvals.set_rule(session, "sandbox", "", who="")
    windows = {}
    for name, role in ROLES.items():
        add_account(app, f"{name}@example.com", {"sandbox": frozenset({role})})
        windows[name] = window(reduced_motion="reduce")
        sign_in(windows[name], f"{name}@example.com")
    return windows


def test_an_author_an_approver_and_a_sender_bring_a_campaign_on_its_way(
    people: dict[str, Page],
) -> None:
    edda, ansel, selma = (Operator(people[name]) for name in ROLES)
    edda.start(typed(inbound(name="Front desk")))
    edda.press("Review and send")
    edda.sees("Somebody else has to approve this campaign")
    assert_good(edda.page)
    edda.press("Ask for approval")
    edda.sees("Approval is asked for.")
    edda.page.get_by_role("link", name="Comments").click()
    edda.page.get_by_label("Say something about this campaign").fill("The new desk, @Ansel.")
    assert_good(edda.page)
    edda.press("Comment")
    edda.sees("Ansel finds it under “Waiting for me”.")
    assert_good(edda.page)

    ansel.page.goto("/")
    ansel.page.get_by_role("link", name="Waiting for me 2").click()
    ansel.sees("Edda <edda@example.com>: The new desk, @Ansel.")
    assert_good(ansel.page)
    ansel.page.get_by_role("link", name="Front desk").first.click()
    ansel.sees_heading("Approve Front desk")
    ansel.sees("This campaign was never approved before")
    assert_good(ansel.page)
    ansel.press("Do not approve")
    expect(ansel.page.get_by_label("Comment optional if you approve")).to_be_focused()
    assert_good(ansel.page)
    ansel.page.get_by_label("Comment optional if you approve").fill("As the client wants it.")
    ansel.press("Approve it as it stands here")
    ansel.sees("Approved.")
    assert_good(ansel.page)

    selma.page.goto("/waiting")
    selma.page.get_by_role("link", name="Front desk").click()
    selma.sees("by Ansel <ansel@example.com>, exactly as it stands here")
    selma.press("Send to the sandbox")
    selma.sees_heading("Created: Front desk")
    selma.sees("by Ansel <ansel@example.com>")


def test_the_way_without_approval_is_hidden_until_somebody_opens_it(
    people: dict[str, Page], window: NewWindow
) -> None:
    anna = Operator(window(reduced_motion="reduce"))
    sign_in(anna.page, "anna@example.com")
    anna.start(typed(inbound(name="Front desk")))
    anna.press("Review and send")
    button = anna.page.get_by_role("button", name="Send without approval to the sandbox")
    anna.sees("Send it without approval")
    expect(button).to_be_hidden()
    anna.page.get_by_text("Send it without approval").click()
    expect(button).to_be_visible()
    assert_good(anna.page)
    anna.page.get_by_label("Why it cannot wait").fill("The client is on the phone.")
    button.click()
    anna.sees_heading("Created: Front desk")


def test_each_sees_who_else_has_the_campaign_open(people: dict[str, Page]) -> None:
    edda, ansel = (Operator(people[name]) for name in ("edda", "ansel"))
    edda.start(typed(inbound(name="Front desk")))
    edda.waits_until_saved()
    edda.page.reload()
    ansel.page.goto(edda.page.url)
    ansel.sees("Also open at: Edda")
    edda.page.reload()
    edda.sees("Also open at: Ansel")
    assert_good(edda.page)


def test_who_has_to_say_their_name_sees_where_while_approval_is_missing(
    operator: Operator, store: Store
) -> None:
    with store.writing() as session:
        approvals.set_rule(session, "sandbox", "", who="")
    operator.start(typed(inbound(name="Front desk")))
    operator.press("Review and send")
    operator.sees("Send it without approval")
    expect(operator.page.get_by_label("Your name")).to_be_visible()
    expect(operator.page.get_by_role("button", name="Send without approval")).to_be_hidden()
