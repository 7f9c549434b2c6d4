"""People with accounts: the first one, passkeys, and pages that everybody can read."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.rights import Role
from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.people.accounts import PASSWORD, add_account
from tests.servers import Address

EMAIL = "anna@example.com"


@pytest.fixture
def page(window: NewWindow) -> Page:
    return window(reduced_motion="reduce")


def sign_in(page: Page, email: str = EMAIL) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_from_one_machine_alone_to_two_people(page: Page, window: NewWindow) -> None:
    operator = Operator(page)
    page.goto("/")
    page.get_by_role("link", name="This machine only").click()
    assert_good(page)
    operator.press("Make the first account")
    operator.sees_heading("The first account")
    assert_good(page)
    page.get_by_label("Name").fill("Anna Berg")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill("password1234")
    page.get_by_label("The same again").fill(PASSWORD)
    operator.press("Make the account, and sign in")
    operator.sees("This password is easy to guess.")
    assert_good(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    operator.press("Make the account, and sign in")
    operator.sees_heading("Your account")
    assert_good(page)

    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add a person").click()
    assert_good(page)
    page.get_by_label("Name").fill("Bo")
    page.get_by_label("E-mail address").fill("bo@example.com")
    page.get_by_label("Editor at Sandbox").check()
    operator.press("Add, and make a link for them")
    assert_good(page)
    link = page.locator("#link").inner_text()
    page.get_by_role("link", name="Bo", exact=True).click()
    operator.sees_heading("Bo")
    assert_good(page)
    page.goto("/people")
    assert_good(page)

    bo = window(reduced_motion="reduce")
    bo.goto(link)
    Operator(bo).sees_heading("Set your password")
    bo.get_by_label("Password").fill(PASSWORD)
    bo.get_by_label("The same again").fill(PASSWORD)
    Operator(bo).press("Set it, and sign in")
    Operator(bo).sees_heading("Your account")
    expect(bo.get_by_role("link", name="People")).to_have_count(0)


def test_the_pages_about_signing_in(page: Page, app: Flask, subtests: pytest.Subtests) -> None:
    add_account(app)
    page.goto("/sign-in")
    assert_good(page)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill("wrong wrong wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    Operator(page).sees("The e-mail address or the password is wrong.")
    assert_good(page)
    sign_in(page)
    for address in (
        "/account/password",
        "/account/codes",
        "/account/recovery-codes",
        "/account/passkeys",
        "/sign-in/again",
    ):
        with subtests.test(address):
            page.goto(address)
            assert_good(page)
    page.goto("/account/codes")
    Operator(page).press("Set it up")
    Operator(page).sees("2. Enter the code that it shows")
    assert_good(page)
    page.goto("/account/recovery-codes")
    Operator(page).press("Make new codes")
    Operator(page).sees("Keep these where only you find them")
    assert_good(page)


def test_a_token_is_made_shown_once_and_ended(page: Page, app: Flask) -> None:
    add_account(app)
    operator = Operator(page)
    sign_in(page)
    page.goto("/account")
    page.get_by_role("link", name="Tokens", exact=True).click()
    operator.sees_heading("Tokens for programs")
    assert_good(page)
    operator.press("Make a token")
    operator.sees("Enter a name by which you know the program.")
    assert_good(page)
    page.get_by_label("Name").fill("Nightly import")
    page.get_by_label("Read, create and change campaigns").check()
    operator.press("Make a token")
    operator.sees_heading("The token “Nightly import”")
    expect(page.locator("#token")).to_contain_text("cb_")
    assert_good(page)
    page.get_by_role("link", name="Your tokens").click()
    expect(page.get_by_role("cell", name="Nightly import", exact=True)).to_be_visible()
    assert_good(page)
    page.goto("/people/1")
    operator.sees("Tokens for programs")
    assert_good(page)
    operator.press("End it Nightly import")
    operator.sees("That token no longer works.")
    operator.sees("The token “Nightly import” was ended")
    assert_good(page)


def at_a_name(page: Page, site: Address) -> str:
    """Open the app by a name, as passkeys belong to names and to no bare address."""
    url = site.url.replace("127.0.0.1", "localhost")
    kept = page.context.cookies()
    page.context.add_cookies(
        [{"name": cookie["name"], "value": cookie["value"], "url": url} for cookie in kept]
    )
    return url


def test_a_passkey_signs_in_and_proves_who_it_is(page: Page, app: Flask, site: Address) -> None:
    add_account(app)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    url = at_a_name(page, site)
    sign_in_at(page, url)
    page.goto(f"{url}/account/passkeys")
    page.get_by_label("Name").fill("Phone")
    Operator(page).press("Add a passkey")
    Operator(page).sees_heading("Your account")
    Operator(page).sees("1 passkey")
    page.goto(f"{url}/account/passkeys")
    expect(page.get_by_role("cell", name="Phone", exact=True)).to_be_visible()
    assert_good(page)
    page.goto(f"{url}/account")
    Operator(page).press("Sign out")
    Operator(page).sees_heading("Sign in")

    Operator(page).press("Sign in with a passkey")
    expect(page.get_by_role("link", name="Anna")).to_be_visible()
    app.config["WANTS_SECOND_FACTOR"] = True  # A passkey is two factors.
    page.goto(f"{url}/account")
    Operator(page).sees_heading("Your account")

    page.goto(f"{url}/sign-in/again")
    Operator(page).press("Use a passkey")
    Operator(page).sees("Thank you. Go on where you were.")
    page.goto(f"{url}/account")
    Operator(page).press("Sign out")
    Operator(page).sees_heading("Sign in")

    sign_in_at(page, url)  # The password alone is one factor.
    Operator(page).sees_heading("Prove that it is you")
    Operator(page).press("Use a passkey")
    Operator(page).sees("Thank you. Go on where you were.")
    page.goto(f"{url}/account")
    Operator(page).sees_heading("Your account")
    devices.detach()


def sign_in_at(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Anna")).to_be_visible()


def test_a_passkey_that_the_browser_does_not_give_is_told_with_what_to_do(
    window: NewWindow, app: Flask, site: Address
) -> None:
    page = window(clock="without passkeys")  # One of its own, as what is put into it stays there.
    add_account(app)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    page.goto(f"{at_a_name(page, site)}/sign-in")
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no'))")
    Operator(page).press("Sign in with a passkey")
    Operator(page).sees("The browser gave no passkey.")
    devices.detach()


def test_who_may_only_look_is_offered_nothing_that_changes(
    page: Page, app: Flask, saved: Callable[..., str]
) -> None:
    draft_id = saved()
    add_account(app, roles={"sandbox": frozenset({Role.VIEWER})})
    sign_in(page)
    assert_good(page)
    expect(page.get_by_role("link", name="New campaign")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.goto(f"/drafts/{draft_id}")
    expect(page.get_by_role("button", name="Save draft")).to_have_count(0)
    assert_good(page)
    page.goto(f"/drafts/{draft_id}/review")
    expect(page.get_by_role("button", name="Send to the sandbox")).to_have_count(0)
    assert_good(page)
