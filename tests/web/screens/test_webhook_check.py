"""The button beside the webhook address checks it, comes back to the form, and loses nothing."""

from collections.abc import Callable

import pytest

from app.store.database import Store
from tests.factories import outbound, typed
from tests.pages import Page, Visitor
from tests.sending.presses import rows
from tests.sending.webhook_receiver import receiving


def check(visitor: Visitor, url: str, **changes: str) -> Page:
    answers = {**typed(outbound(webhook_url=url)), **changes}
    return visitor.press(visitor.open("/drafts/new"), answers=answers, then="webhook")


def result(page: Page) -> str:
    element = page.soup.select_one(".webhook-checked")
    return " ".join(element.text.split()) if element else ""


def test_the_result_stands_in_the_form_with_all_that_was_typed(visitor: Visitor) -> None:
    with receiving() as receiver:
        page = check(visitor, receiver.url, name="Not yet done", end_date="soon")

    assert result(page).startswith(f"{receiver.url} It answers with status 204. It took ")
    assert page.heading == "Not yet done"
    assert (page.typed("webhook_url"), page.typed("end_date")) == (receiver.url, "soon")
    assert len(receiver.came) == 1


@pytest.mark.parametrize(("status", "has_failed"), [(200, False), (299, False), (404, True)])
def test_a_failure_is_marked_as_one(visitor: Visitor, status: int, has_failed: bool) -> None:
    with receiving(status) as receiver:
        page = check(visitor, receiver.url)
    assert bool(page.soup.select(".webhook-checked.failed")) is has_failed


def test_what_was_sent_is_in_the_request_log(visitor: Visitor) -> None:
    with receiving() as receiver:
        page = check(visitor, receiver.url)
    link = page.soup.select_one(".webhook-checked a")
    assert link is not None

    logged = visitor.open(str(link["href"]))
    assert "Webhook" in logged.text
    assert '"test": true' in logged.text
    assert "X-Campaign-Builder" in logged.text


def test_nothing_of_the_campaign_is_sent(visitor: Visitor) -> None:
    with receiving() as receiver:
        check(visitor, receiver.url)

    sent = str(receiver.came)
    for value in ("Q4 Outreach", "asst_abc123", "New_York"):
        assert value not in sent


@pytest.mark.parametrize("url", ["", " ", "hooks.example", "https://", "ftp://hooks.example"])
def test_what_is_no_web_address_is_not_called(visitor: Visitor, store: Store, url: str) -> None:
    page = check(visitor, url)

    assert "Enter the webhook address first" in page.flash()
    assert result(page) == ""
    assert rows(store, "SELECT id FROM exchange") == []


def test_a_second_press_at_once_is_told_to_wait(visitor: Visitor) -> None:
    with receiving() as receiver:
        again = visitor.press(check(visitor, receiver.url), then="webhook")

    assert "Press again in two seconds." in again.flash()
    assert again.typed("webhook_url") == receiver.url
    assert len(receiver.came) == 1


def test_an_address_inside_is_not_called(visitor: Visitor) -> None:
    page = check(visitor, "http://169.254.169.254/latest/meta-data/")
    assert "It could not be reached: its host has no public address." in result(page)


def test_only_a_check_is_shown_as_one(
    visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key, draft_id = add_connection(base_url="https://10.0.0.1"), saved()
    visitor.press(visitor.open(f"/connections/{key}"), "test")
    for number in ("1", "2", "0", "x", "9" * 30):
        assert result(visitor.open(f"/drafts/{draft_id}", checked=number)) == ""


@pytest.mark.parametrize("change", ["?key=abc", "?", "user@", "HTTP"])
def test_the_result_of_an_address_with_secrets_stands_in_the_form(
    visitor: Visitor, change: str
) -> None:
    with receiving() as receiver:
        url = receiver.url
        match change:
            case "user@":
                url = url.replace("://", "://who:secret@")
            case "HTTP":
                url = url.replace("http", "HTTP", 1)
            case _:
                url += change
        page = check(visitor, url)
        assert len(receiver.came) == 1
    assert "It answers with status 204." in result(page)


def test_the_result_of_an_address_is_not_shown_for_one_that_begins_like_it(
    visitor: Visitor,
) -> None:
    with receiving() as receiver:
        checked = check(visitor, receiver.url)
        other = visitor.press(
            visitor.open("/drafts/new"),
            answers=typed(outbound(webhook_url=f"{receiver.url}-of-another")),
        )
    assert result(checked)
    assert result(visitor.open(other.path, checked="1")) == ""
