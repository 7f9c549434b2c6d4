"""A test of a connection says what came of it, and creates nothing."""

from threading import Event

import pytest
from flask import Flask

from app.services import find_services
from tests.pages import Visitor, fields_of
from tests.remote.wire import http
from tests.sending.presses import TOKEN
from tests.servers import answering
from tests.web.screens.live_connection import ANSWERS


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (http(405, ""), "It answers (status 405), and did not refuse the token."),
        (http(401, '{"message": "Who are you?"}'), "It answers, and does not accept the token."),
        (http(307, "", "Location: https://other.example"), "redirect to https://other.example"),
        (http(503, ""), "The answer was status 503"),
    ],
)
def test_a_test_says_what_came_of_it_and_creates_nothing(
    visitor: Visitor, answer: bytes, message: str
) -> None:
    with answering(answer) as (address, came):
        made = visitor.press(
            visitor.open("/connections/new"), "new", ANSWERS | {"base_url": address.url}
        )
        tested = visitor.press(made, "test")

    assert message in tested.text
    assert came[0].startswith(b"GET ")
    assert "Client A" in visitor.open("/requests").text


def test_a_test_that_ends_while_its_page_is_drawn_is_told(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked, sender = Event(), find_services(app).background
    is_running = sender.is_running

    def is_running_until_asked(name: str) -> bool:
        is_asked.set()
        sender.drain(10)
        return is_running(name)

    with answering(http(405, ""), once=is_asked) as (address, _came):
        made = visitor.press(
            visitor.open("/connections/new"), "new", ANSWERS | {"base_url": address.url}
        )
        monkeypatch.setattr(sender, "is_running", is_running_until_asked)
        tested = visitor.press(made, "test")

    assert "It answers (status 405)" in tested.text


def test_a_test_during_which_the_connection_changed_is_told_to_be_of_the_older_version(
    app: Flask, visitor: Visitor
) -> None:
    is_changed = Event()
    with answering(http(405, ""), once=is_changed) as (address, _came):
        made = visitor.press(
            visitor.open("/connections/new"), "new", ANSWERS | {"base_url": address.url}
        )
        for action, changes in (("test", {}), (made.path, {"notes": "Changed meanwhile."})):
            form = made.form(action)
            visitor.client.post(str(form["action"]), data=dict(fields_of(form)) | changes)
        is_changed.set()
        find_services(app).background.drain(10)
    words = visitor.open(made.path).text
    assert ", as it was before the last change: It answers (status 405)" in words

    with answering(http(401, "{}")) as (address, _came):
        changed = visitor.press(
            visitor.open(made.path),
            made.path,
            {"base_url": address.url, "replace": "yes", "token": TOKEN},
        )
        assert "as it was before the last change" in changed.text
        again = visitor.press(changed, "test")
    assert "It answers, and does not accept the token." in again.text
    assert "before the last change" not in again.text
