"""Connections are entered, changed and disabled on their pages, and their tokens never shown."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import update

from app import CannotStart, create_app
from app.connections import ENVIRONMENT
from app.rights import Role
from app.services import find_services
from app.settings import Settings
from app.store import saved_connections, throttles
from app.store.base import State
from app.store.connection_models import SavedConnection
from app.store.database import Store
from app.store.models import Submission
from app.store.throttles import GENTLE
from tests.fakes import LIVE
from tests.pages import Page, Visitor, text
from tests.people.accounts import make_client, sign_in
from tests.sending.presses import TOKEN, rows
from tests.servers import answering
from tests.web.screens.live_connection import ANSWERS, ready, token
from tests.web.teams import Team


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
        ({"name": "Client\u202e A"}, "name", "Take the invisible characters out of the name."),
        ({"name": "Sandbox"}, "name", "Another connection has this name."),
        ({"base_url": "http://api.example"}, "base_url", "starts with https://"),
        ({"base_url": "https://me:secret@api.example"}, "base_url", "Take the user name"),
        ({"base_url": "https://*.example"}, "base_url", "this one cannot be called"),
        ({"base_url": "https://10.0.0.1"}, "base_url", "Give the public host name of the API"),
        (
            {"kind": "sandbox", "base_url": "https://169.254.169.254"},
            "base_url",
            "Give the public host name of the API",
        ),
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


class TestWithoutAllowedHosts:
    """As it is unless whoever runs the app says otherwise."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, allow_private_hosts=())

    @pytest.mark.parametrize(("kind", "status"), [("live", 422), ("sandbox", 200)])
    def test_only_a_sandbox_is_on_this_machine(
        self, visitor: Visitor, kind: str, status: int
    ) -> None:
        answers = ANSWERS | {"base_url": "http://127.0.0.1:8001", "kind": kind}
        assert visitor.press(visitor.open("/connections/new"), "new", answers).status == status

    def test_what_was_entered_before_is_not_called(
        self, visitor: Visitor, add_connection: Callable[..., str]
    ) -> None:
        with answering() as (address, came):
            key = add_connection(base_url=address.url)
            page = visitor.press(visitor.open(f"/connections/{key}"), "test")
            tested = visitor.open(page.path)

        assert "Client A could not be reached: its host has no public address." in tested.text
        assert not came


def test_the_environments_has_to_be_public_too(settings: Settings) -> None:
    inside = replace(settings, base_url="https://10.0.0.1", token=LIVE.token)
    with pytest.raises(CannotStart, match="Give the public host name of the API"):
        create_app(inside)


def test_two_connections_cannot_have_names_that_look_alike(visitor: Visitor) -> None:
    form = visitor.open("/connections/new")
    assert visitor.press(form, "new", ANSWERS | {"name": "Café  A"}).heading == "Café A"
    for alike in ("Cafe\u0301 a", "Caf\u200dé A", "San\u200ddbox"):
        again = visitor.press(form, "new", ANSWERS | {"name": alike})
        assert "Another connection has this name" in again.text


def test_a_name_that_was_kept_before_is_taken_by_what_looks_like_it(
    visitor: Visitor, store: Store, made: Page
) -> None:
    with store.writing() as session:
        session.execute(update(SavedConnection).values(name="Client  A", name_key="client  a"))
    again = visitor.press(visitor.open("/connections/new"), "new", ANSWERS | {"name": "Client A"})
    assert "Another connection has this name" in again.text


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


def test_one_to_which_nothing_goes_is_named_in_the_list(visitor: Visitor, store: Store) -> None:
    assert "nothing goes there" not in visitor.open("/connections").text
    with store.writing() as session:
        throttles.find(session, "sandbox", GENTLE).paused_at = datetime.now(UTC)
    assert "Paused: nothing goes there. See why" in (visitor.open("/connections").text)


def test_the_environments_is_there_and_read_only(instance: Path) -> None:
    app = create_app(Settings(instance=instance, base_url=LIVE.base_url, token=LIVE.token))
    visitor = Visitor(app.test_client())

    page = visitor.open(f"/connections/{ENVIRONMENT}")
    assert "comes from VOICEAIWRAPPER_TOKEN" in page.text
    assert not page.soup.select("[name=base_url]")
    assert "VoiceAIWrapper (LIVE)" in str(
        visitor.open("/drafts/new").soup.select_one("#connection")
    )


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


def test_the_page_of_a_created_campaign_leads_to_the_dashboard(
    app: Flask, visitor: Visitor, made: Page, sent: Callable[[State], int]
) -> None:
    key, submission_id = made.path.rpartition("/")[2], sent(State.CREATED)
    with find_services(app).store.writing() as session:
        of_id = update(Submission).where(Submission.id == submission_id)
        session.execute(of_id.values(connection_key=key))
    address = f"/submissions/{submission_id}"
    assert "dashboard" not in visitor.open(address).text

    visitor.press(made, key, {"dashboard_url": "https://agency.example/campaigns?of=a#open"})
    link = visitor.open(address).soup.find("a", string=re.compile("Open the dashboard"))
    assert link is not None
    assert link["href"] == "https://agency.example/campaigns?of=a#open"
    assert set(link["rel"]) == {"noopener", "noreferrer"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//agency.example",
        "http://agency.example",
        "https://user:password@agency.example",
        "https://",
        "agency.example",
        "https://agency.example/?of=a b",
        "https://agency.example/#a\\b",
        f"https://agency.example/{'x' * 2000}",
    ],
)
def test_what_is_no_address_of_a_dashboard_is_told_at_the_field(
    visitor: Visitor, made: Page, address: str
) -> None:
    page = visitor.press(made, made.path.rpartition("/")[2], {"dashboard_url": address})
    assert page.status == 422
    assert page.soup.find(id="dashboard_url-error") is not None
    field = page.soup.find(id="dashboard_url")
    assert field is not None
    assert field["value"] == address


@pytest.fixture
def overtaken(visitor: Visitor, made: Page) -> Page:
    """Open a connection's page, and let somebody else change its notes meanwhile."""
    old = visitor.open(made.path)
    visitor.press(visitor.open(made.path), made.path, {"notes": "Ask Kim."})
    return old


def test_what_somebody_else_has_changed_meanwhile_is_not_undone_by_an_old_page(
    visitor: Visitor, overtaken: Page
) -> None:
    answer = visitor.press(overtaken, overtaken.path, {"name": "Client B"})
    assert answer.status == 409
    assert "Somebody has changed this connection since you opened this page." in answer.flash()
    assert answer.soup.select_one("#name")["value"] == "Client B"  # type: ignore[index]
    now = visitor.open(overtaken.path)
    assert (now.heading, text(now.soup.select_one("#notes"))) == ("Client A", "Ask Kim.")
    saved = visitor.press(answer, overtaken.path, {"notes": "Ask Kim."})
    assert saved.heading == "Client B"


def test_a_slip_on_an_old_page_does_not_let_it_undo_what_somebody_else_has_changed(
    visitor: Visitor, overtaken: Page
) -> None:
    slip = visitor.press(overtaken, overtaken.path, {"name": ""})
    assert slip.status == 422
    assert visitor.press(slip, overtaken.path, {"name": "Client B"}).status == 409


def test_no_new_campaign_goes_to_a_connection_that_is_disabled_or_gone(
    visitor: Visitor, made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    visitor.press(made, "enabled", enabled="no")
    for asked in (key, "zzz"):
        page = visitor.open("/drafts/new", connection=asked)
        assert page.typed("connection") == "sandbox"
        assert "this one goes to Sandbox." in page.flash()


def test_who_changed_what_of_a_connection_is_on_its_page(
    app: Flask, team: Team, acme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = make_client(app)
    sign_in(boss)
    team.browsers["anna"] = boss
    page = f"/connections/{acme}"
    team.add("edda", Role.EDITOR, at=acme)
    for approver in ("anybody", "nobody"):
        team.press("anna", f"{page}/approval", page, approver=approver)
    team.press("anna", f"{page}/enabled", page, enabled="no")
    team.press("anna", f"{page}/pace", page, rate="7")
    record = team.read("anna", page).partition("On record")[2]
    for words in (
        "Pace: 7 a second",
        "Disabled: nothing can be sent there",
        "Who has to approve: nobody instead of one approver",
        "Who has to approve: one approver instead of nobody",
        "Added as Acme Dental, at https://",
    ):
        assert words in record
        record = record.partition(words)[2]
    assert "Anna <anna@example.com>" in team.read("anna", page)
    assert "On record" not in team.read("edda", page)

    monkeypatch.setattr("app.web.screens.connections._MOST_EVENTS", 1)
    record = team.read("anna", page).partition("On record")[2]
    assert ("Pace: 7 a second" in record, "Disabled" in record) == (True, False)
