"""A test of a connection says what came of it, and creates nothing."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import update

from app import create_app
from app.connections import SANDBOX
from app.sending.connection_test import begin_test
from app.sending.connection_test import test_connection as call_connection
from app.sending.submission import GRACE
from app.services import find_services
from app.settings import Settings
from app.store.database import Store
from app.store.records import LoggedCall
from app.store.verification import verify
from tests.pages import Visitor, fields_of
from tests.remote.wire import http
from tests.sending.presses import TOKEN
from tests.servers import answering
from tests.store.tampering import tamper, verdict
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


def test_every_process_says_alike_that_a_test_is_under_way(
    app: Flask, visitor: Visitor, settings: Settings
) -> None:
    """Two processes on one database: one is asked to test, and the other for the page."""
    is_asked, other = Event(), create_app(settings)
    beside = Visitor(other.test_client())
    with answering(http(405, ""), once=is_asked) as (address, came):
        made = visitor.press(
            visitor.open("/connections/new"), "new", ANSWERS | {"base_url": address.url}
        )
        form = made.form("test")
        for client in (visitor.client, visitor.client):  # The second press begins no second test.
            client.post(form.attrib["action"], data=dict(fields_of(form)))
        answers = [each.get(f"{made.path}/test").json for each in (visitor.client, beside.client)]
        pages = [each.get(made.path).text for each in (visitor.client, beside.client)]
        is_asked.set()
        find_services(app).background.drain(10)

    assert answers == [{"pending": True}] * 2
    assert ["Being tested" in page for page in pages] == [True, True]
    assert len(came) == 1
    for each in (visitor.client, beside.client):
        assert each.get(f"{made.path}/test").json == {"pending": False}
        assert "It answers (status 405)" in each.get(made.path).text
    find_services(other).doorbell.stop()
    find_services(other).sender.stop()
    find_services(other).store.engine.dispose()


def test_a_test_whose_process_died_is_over_after_its_deadline(
    app: Flask, visitor: Visitor, store: Store
) -> None:
    its = find_services(app)
    to = its.connections.find(SANDBOX)
    address = f"/connections/{SANDBOX}"
    longest = timedelta(seconds=its.connections.network.deadline) + GRACE
    began = datetime.now(UTC) - longest + timedelta(seconds=20)
    assert begin_test(its.connections, to, began, store)
    assert "Being tested" in visitor.client.get(address).text
    assert begin_test(its.connections, to, datetime.now(UTC), store) is None

    with store.writing() as session:
        session.execute(update(LoggedCall).values(at=began - timedelta(seconds=20)))

    page = visitor.open(address)
    assert "nobody knows what came of it" in page.text
    assert visitor.client.get(f"{address}/test").json == {"pending": False}
    assert "Test it again." in page.text
    assert "It answers" in visitor.press(page, "test").text


def test_what_is_known_of_a_test_holds_at_every_step(app: Flask, store: Store) -> None:
    its = find_services(app)
    to = its.connections.find(SANDBOX)
    number = begin_test(its.connections, to, datetime.now(UTC), store)
    assert number
    with store.reading() as session:
        assert verify(session).fault == ""
    call_connection(its.connections, SANDBOX, number, store)
    with store.reading() as session:
        assert verify(session).fault == ""
    tamper(store, "UPDATE exchange SET outcome = ''")
    assert verdict(store).fault == f"The call {number} was changed."


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
            visitor.client.post(form.attrib["action"], data=dict(fields_of(form)) | changes)
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
