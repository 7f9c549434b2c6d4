"""Recovery, digests and webhooks in a real browser, on pages that everybody can read."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.services import find_services
from app.settings import Settings
from app.store import hooks
from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.browser.test_people import EMAIL, sign_in
from tests.people.accounts import PASSWORD, add_account
from tests.people.mail_server import Inbox, with_mail
from tests.people.test_recovery import PUBLIC, find_link


@pytest.fixture
def settings(settings: Settings, inbox: Inbox) -> Settings:
    return with_mail(settings, inbox, PUBLIC)


@pytest.fixture
def page(window: NewWindow) -> Page:
    return window(reduced_motion="reduce")


def test_who_cannot_sign_in_sets_a_new_password(page: Page, app: Flask, inbox: Inbox) -> None:
    add_account(app, password="the old one is lost")
    operator = Operator(page)
    page.goto("/sign-in")
    page.get_by_role("link", name="I cannot sign in").click()
    operator.sees_heading("I cannot sign in")
    operator.press("Send me a link")
    operator.sees("Enter an e-mail address, as name@example.com.")
    assert_good(page)
    page.get_by_label("E-mail address").fill(EMAIL)
    operator.press("Send me a link")
    operator.sees_heading("Sign in")
    operator.sees("an e-mail with a link is on its way")
    assert_good(page)
    page.goto(find_link(inbox.wait_for(1)[0]))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    operator.press("Set it, and sign in")
    operator.sees_heading("Your account")


def test_a_person_says_when_they_are_told(page: Page, app: Flask) -> None:
    add_account(app)
    sign_in(page)
    operator = Operator(page)
    page.goto("/account")
    page.get_by_label("Each morning").check()
    page.get_by_label("Time zone").fill("Nowhere")
    operator.press("Save")
    operator.sees("Enter a city or a time zone that there is")
    assert_good(page)
    page.get_by_label("In the morning at").fill("07:30")
    page.get_by_label("Time zone").fill("Europe/Zurich")
    operator.press("Save")
    operator.sees("Saved.")
    assert_good(page)


def test_a_webhook_is_made_fails_and_is_deleted(page: Page, app: Flask) -> None:
    add_account(app)
    sign_in(page)
    operator = Operator(page)
    page.get_by_role("link", name="People").click()
    assert_good(page)
    page.get_by_role("link", name="Webhooks").click()
    operator.press("Make a webhook")
    operator.sees("Enter a name by which you know the program.")
    assert_good(page)
    page.get_by_label("Name").fill("Chat")
    page.get_by_label("Address").fill("https://chat.example/hook")
    page.get_by_label("All connections").check()
    operator.press("Make a webhook")
    operator.sees_heading("The webhook “Chat”")
    assert_good(page)
    fail_once(app)
    page.get_by_role("link", name="All webhooks").click()
    operator.sees("It answered with status 500.")
    operator.press("Switch it off")
    operator.sees("OFF")
    assert_good(page)
    operator.press("Delete it")
    operator.sees("The webhook is deleted")


def fail_once(app: Flask) -> None:
    store, now = find_services(app).store, datetime.now(UTC)
    with store.writing() as session:
        hooks.enqueue(session, 1, "{}", now)
    with store.writing() as session:
        due = hooks.claim(session, now)
        assert due
        hooks.note_failure(session, due.id, "It answered with status 500.", now)
