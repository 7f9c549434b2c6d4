"""The page of webhooks: a secret is shown once, what failed is shown, nobody inside is called."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests.adapters
from flask import Flask

from app.services import find_services
from app.store import hooks
from app.store.audit_trail import INSTANCE, read_chain, read_details
from app.store.database import Store
from app.store.vault import Vault
from tests.pages import Page, Visitor
from tests.sending.webhook_receiver import make_certificate, receiving

TYPED = {
    "name": "Chat",
    "url": "https://chat.example/hook?key=s3cret",
    "connections": "all",
}


def make(visitor: Visitor, **typed: str) -> Page:
    return visitor.press(visitor.open("/hooks"), "/hooks", TYPED | typed)


def find_errors(page: Page) -> list[str]:
    return [error.text for error in page.soup.select(".refused")]


def test_a_secret_is_shown_once_and_the_rest_of_an_address_never(visitor: Visitor) -> None:
    page = make(visitor)
    assert page.heading == "The webhook “Chat”"
    secret = page.soup.select_one("#secret")
    assert secret
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret.text)
    after = visitor.open("/hooks")
    assert "chat.example" in after.text
    assert "All connections" in after.text
    assert secret.text not in str(after.soup)
    assert "s3cret" not in str(after.soup)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Enter a name by which you know the program."),
        ({"name": "\u200b"}, "Take the invisible characters out of the name."),
        ({"url": ""}, "Enter an address that starts with https://."),
        ({"url": "http://chat.example"}, "Enter an address that starts with https://."),
        ({"url": "https://a:b@chat.example"}, "Take the user name and password out"),
        ({"url": "https://10.0.0.1/"}, "Enter a public host name"),
        ({"url": "https://169.254.169.254/"}, "Enter a public host name"),
        ({"url": "https://0xa.1/"}, "Enter a public host name"),
        ({"url": "https://[::1/"}, "Enter an address as https://host/path."),
        ({"url": f"https://chat.example/{'a' * 2000}"}, "Shorten it to 2,000 characters"),
    ],
)
def test_what_is_no_hook_is_refused_with_a_sentence(
    app: Flask, visitor: Visitor, typed: dict[str, str], words: str
) -> None:
    page = make(visitor, **typed)
    assert page.status == 422
    assert [error for error in find_errors(page) if error.startswith(words)]
    with find_services(app).store.reading() as session:
        assert hooks.list_all(session) == []


def test_connections_are_chosen_from_those_that_there_are(app: Flask, visitor: Visitor) -> None:
    page = visitor.open("/hooks")
    token = page.soup.select_one("input[name=csrf_token]")
    assert token
    typed = TYPED | {"csrf_token": str(token["value"])}
    for chosen, status in ((["sandbox"], 200), (["gone"], 422), ([], 422)):
        answer = visitor.client.post("/hooks", data=typed | {"connections": chosen})
        assert answer.status_code == status
    with find_services(app).store.reading() as session:
        assert [hook.keys for hook in hooks.list_all(session)] == [["sandbox"]]


def test_a_test_says_what_came_of_it(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path / "receiver.pem")
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    for number, (status, words) in enumerate(
        [(204, "Chat: It has taken the test."), (404, "Chat: It answered with status 404")], 1
    ):
        with receiving(status, certificate) as receiver:
            make(visitor, url=receiver.url)
            page = visitor.press(visitor.open("/hooks"), f"{number}/test")
            assert words in page.text
            assert len(receiver.came) == 1


def test_a_hook_is_switched_off_and_on_and_deleted_and_all_of_it_is_on_record(
    app: Flask, visitor: Visitor
) -> None:
    make(visitor)
    assert "OFF" in visitor.press(visitor.open("/hooks"), "1/active", {"active": "no"}).text
    assert "OFF" not in visitor.press(visitor.open("/hooks"), "1/active", {"active": "yes"}).text
    assert "chat.example" not in visitor.press(visitor.open("/hooks"), "1/delete").text
    with find_services(app).store.reading() as session:
        events = [event for event in read_chain(session, INSTANCE) if "hook" in event.kind]
        assert [event.kind for event in events] == [
            *("hook added", "hook changed", "hook changed", "hook deleted")
        ]
        assert all(read_details(event)["name"] == "Chat" for event in events)
        assert not any("s3cret" in event.details for event in events)
    assert visitor.client.post("/hooks/1/test").status_code in {400, 404}


def test_what_failed_last_is_shown_with_when_it_is_tried_again(
    app: Flask, visitor: Visitor
) -> None:
    make(visitor)
    with find_services(app).store.writing() as session:
        hooks.enqueue(session, 1, "{}", datetime.now(UTC))
    with find_services(app).store.writing() as session:
        due = hooks.claim(session, datetime.now(UTC))
        assert due
        hooks.note_failure(session, due.id, "It answered with status 500.", datetime.now(UTC))
    text = visitor.open("/hooks").text
    assert "It answered with status 500." in text
    assert "1 try" in text
    assert "again" in text


def test_a_secret_is_encrypted_in_the_transaction_that_keeps_it(
    visitor: Visitor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotation of the keys waits for that: what was encrypted before would be missed by it."""
    lock = Vault.lock

    def lock_there(vault: Vault, secret: str) -> bytes:
        with pytest.raises(RuntimeError, match="end it before"), store.writing():
            pass  # This thread has a transaction already.
        return lock(vault, secret)

    monkeypatch.setattr(Vault, "lock", lock_there)
    assert make(visitor).heading == "The webhook “Chat”"
