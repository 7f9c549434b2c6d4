"""Connections are entered, changed, tested and disabled on their pages, and told apart on all."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from app import create_app
from app.connections import ENVIRONMENT
from app.services import find_services
from app.settings import Settings
from app.store import saved_connections
from app.store.database import Store
from tests.factories import inbound
from tests.fakes import LIVE
from tests.pages import Page, Visitor, fields_of, text
from tests.remote.wire import http
from tests.sending.presses import TOKEN, rows
from tests.servers import answering

ANSWERS = {
    "name": "Client A",
    "kind": "live",
    "base_url": "https://api.example",
    "token": TOKEN,
    "colour": "purple",
    "notes": "Ask Jo.",
}


@pytest.fixture
def made(visitor: Visitor) -> Page:
    """Enter a live connection."""
    return visitor.press(visitor.open("/connections/new"), "new", ANSWERS)


def token(app: Flask, page: Page) -> str:
    key = page.path.rpartition("/")[2]
    return str(find_services(app).connections.open_api(key).connection.token)


def test_the_sandbox_is_there_from_the_start_and_cannot_be_changed(visitor: Visitor) -> None:
    page = visitor.open("/connections")
    assert "Sandbox" in page.text
    sandbox = visitor.open("/connections/sandbox")
    assert "Built into this app" in sandbox.text
    assert not sandbox.soup.select("[name=base_url]")


def test_a_connection_is_entered_and_its_token_never_shown(
    app: Flask, made: Page, visitor: Visitor, instance: Path
) -> None:
    assert made.heading == "Client A"
    assert f"token ends in {TOKEN[-4:]}" in made.text
    assert token(app, made) == TOKEN
    for page in (made, visitor.open("/connections"), visitor.open("/")):
        assert TOKEN not in str(page.soup)
    for file in instance.rglob("*"):
        assert TOKEN.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "Enter a name, such as the client's."),
        ({"name": "\u3164"}, "name", "Take the invisible characters out of the name."),
        ({"name": "Sandbox"}, "name", "Another connection has this name."),
        ({"base_url": "http://api.example"}, "base_url", "starts with https://"),
        ({"base_url": "https://me:secret@api.example"}, "base_url", "Take the user name"),
        ({"token": ""}, "token", "Paste the token."),
        ({"token": "two words"}, "token", "Copy the token again"),
        (
            {"kind": "sandbox", "base_url": "https://api.voiceaiwrapper.app"},
            "kind",
            "This is the real API: choose live.",
        ),
    ],
)
def test_what_cannot_be_is_told_beside_the_field_and_what_was_typed_is_kept(
    visitor: Visitor, changes: dict[str, str], field: str, message: str
) -> None:
    page = visitor.press(visitor.open("/connections/new"), "new", ANSWERS | changes)

    assert page.status == 422
    assert message in page.soup.select_one(f"#{field}-error").text  # type: ignore[union-attr]
    assert page.typed("notes") == "Ask Jo."


def test_http_is_for_this_machine_alone(visitor: Visitor) -> None:
    page = visitor.press(
        visitor.open("/connections/new"), "new", ANSWERS | {"base_url": "http://127.0.0.1:8001"}
    )
    assert page.heading == "Client A"


def test_two_connections_cannot_have_one_name(visitor: Visitor, made: Page) -> None:
    again = visitor.press(visitor.open("/connections/new"), "new", ANSWERS | {"name": "CLIENT a"})
    assert "Another connection has this name" in again.text


def test_a_token_stays_until_somebody_says_that_it_is_replaced(
    app: Flask, visitor: Visitor, made: Page
) -> None:
    end = made.path.rpartition("/")[2]
    kept = visitor.press(made, end, {"token": "filled-in-by-a-browser", "notes": "New notes."})
    assert (token(app, kept), "New notes." in str(kept.soup)) == (TOKEN, True)

    replaced = visitor.press(kept, end, {"token": "an0ther-t0ken-1234", "replace": "yes"})
    assert token(app, replaced) == "an0ther-t0ken-1234"


def test_a_token_does_not_go_to_another_address_unasked(
    app: Flask, visitor: Visitor, made: Page
) -> None:
    end = made.path.rpartition("/")[2]
    refused = visitor.press(made, end, {"base_url": "https://elsewhere.example"})
    assert refused.status == 422
    assert "paste it again, so that it goes only where you mean it to" in refused.text

    moved = visitor.press(
        refused,
        end,
        {"base_url": "https://elsewhere.example", "replace": "yes", "token": TOKEN},
    )
    assert "https://elsewhere.example" in moved.text


def test_nothing_is_sent_over_one_that_is_disabled(visitor: Visitor, made: Page) -> None:
    key = made.path.rpartition("/")[2]
    draft = visitor.press(
        visitor.open("/drafts/new", connection=key), answers=ready(), then="review"
    )
    assert "Client A" in draft.text

    disabled = visitor.press(made, "enabled", enabled="no")
    assert "Disabled: nothing can be sent there." in disabled.text
    page = visitor.press(draft, "send", {"named": "Client A"})
    assert "Nothing can be sent to Client A" in page.text


def ready() -> dict[str, str]:
    return {name: str(value) for name, value in inbound().items()}


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
    is_asked, sender = Event(), find_services(app).sender
    is_running = sender.is_running

    def is_running_until_asked(name: int | str) -> bool:
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
        find_services(app).sender.drain(10)
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


def test_the_environments_is_there_and_read_only(instance: Path) -> None:
    app = create_app(Settings(instance=instance, base_url=LIVE.base_url, token=LIVE.token))
    visitor = Visitor(app.test_client())

    page = visitor.open(f"/connections/{ENVIRONMENT}")
    assert "comes from VOICEAIWRAPPER_TOKEN" in page.text
    assert not page.soup.select("[name=base_url]")
    assert "VoiceAIWrapper (LIVE)" in str(
        visitor.open("/drafts/new").soup.select_one("#connection")
    )


def test_every_page_from_which_something_could_be_sent_shows_where_to(
    visitor: Visitor, made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    form = visitor.open("/drafts/new", connection=key)
    review = visitor.press(form, answers=ready(), then="review")
    for page in (form, review):
        masthead = page.soup.select_one(".masthead .connection")
        assert masthead is not None
        assert "LIVE Client A" in " ".join(masthead.text.split())
        assert "to-purple" in page.soup.body["class"]  # type: ignore[index]
    sandbox = visitor.open("/drafts/new")
    assert "is-sandbox" in sandbox.soup.body["class"]  # type: ignore[index]


def badge(page: Page) -> str:
    return text(page.soup.select_one(".masthead .connection"))


def test_the_list_says_in_its_header_only_what_is_true_of_all_that_it_shows(
    visitor: Visitor, made: Page
) -> None:
    assert badge(visitor.open("/")).endswith("SANDBOX nobody is called")
    form = visitor.open("/drafts/new", connection=made.path.rpartition("/")[2])
    visitor.press(form, answers=ready() | {"name": "Live desk"})
    assert badge(visitor.open("/")).endswith("LIVE Client A")

    visitor.press(visitor.open("/drafts/new"), answers=ready())
    page = visitor.open("/")
    assert (badge(page), "to-" in str(page.soup.body.attrs)) == ("", False)  # type: ignore[union-attr]
    assert badge(visitor.open("/", search="Live")).endswith("LIVE Client A")
    assert badge(visitor.open("/", search="Sandbox")).endswith("SANDBOX nobody is called")


@pytest.mark.parametrize("address", ["/connections", "/connections/new", "/requests", "/about"])
def test_a_page_about_no_connection_in_particular_names_none(
    visitor: Visitor, made: Page, address: str
) -> None:
    assert badge(visitor.open(address)) == ""


def test_the_calls_of_one_connection_are_under_its_name(visitor: Visitor, made: Page) -> None:
    page = visitor.open("/requests", connection=made.path.rpartition("/")[2])
    assert badge(page).endswith("LIVE Client A")
    assert badge(visitor.open("/sandbox-campaigns")).endswith("SANDBOX nobody is called")


def test_a_draft_whose_connection_is_gone_says_so_and_can_be_given_another(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.press(visitor.open("/drafts/new", connection="gone"), answers=ready())
    assert badge(visitor.open("/")) == ""
    assert "Choose another: nothing can be sent there." in page.text
    moved = visitor.press(page, answers={"connection": "sandbox"}, then="review")
    assert moved.heading == "Review Front desk"


def test_what_was_changed_is_on_the_trail_without_the_token(
    made: Page, store: Store, visitor: Visitor
) -> None:
    visitor.press(made, "enabled", enabled="no")
    trail = " ".join(str(row) for row in rows(store, "SELECT kind, details FROM event"))
    assert "connection added" in trail
    assert '"enabled": [true, false]' in trail
    assert TOKEN not in trail
    with store.reading() as session:
        assert saved_connections.read_connections(session)[0].version == 2


def test_a_token_that_can_no_longer_be_read_is_told_and_nothing_is_sent(
    visitor: Visitor, made: Page, instance: Path, store: Store
) -> None:
    key = made.path.rpartition("/")[2]
    draft = visitor.press(
        visitor.open("/drafts/new", connection=key), answers=ready(), then="review"
    )
    (instance / "token_keys").write_text(Fernet.generate_key().decode())

    page = visitor.press(draft, "send", {"named": "Client A"})
    assert "The token of Client A can no longer be read. Enter it again." in page.flash()
    assert rows(store, "SELECT count(*) FROM submission") == [(0,)]
    assert visitor.open(f"/connections/{key}").status == 200


def test_a_token_that_is_typed_without_the_tick_is_not_dropped_silently(
    visitor: Visitor, made: Page
) -> None:
    page = visitor.press(visitor.open(made.path), made.path, {"token": "another-token-1234"})
    assert page.status == 422
    assert "Tick “Replace the token” to keep this one" in page.text


def test_a_token_that_does_not_come_back_is_asked_for_again(visitor: Visitor) -> None:
    page = visitor.press(visitor.open("/connections/new"), "new", ANSWERS | {"name": "a" * 61})
    assert "Paste the token again" in page.text
    assert ANSWERS["token"] not in str(page.soup)
