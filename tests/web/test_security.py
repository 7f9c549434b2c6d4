"""What keeps a browser, a stranger's page or another host from being used against the person."""

import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.connections import ENVIRONMENT
from app.services import find_services
from app.settings import Settings
from app.store.base import State
from tests.factories import inbound
from tests.fakes import LIVE
from tests.pages import Page, Visitor
from tests.sending.batch_of import make

NEW = "/drafts/new/a1a1a1a1a1a1a1a1"
WITHOUT_TOKEN = {"api.create", "api.validate", "preview.show", "policy_reports.take"}
"""Those but the last look at where a request comes from; the last changes nothing."""


def test_a_form_of_another_site_is_refused(
    app: Flask,
    client: FlaskClient,
    sent: Callable[[State], int],
    saved: Callable[..., str],
    add_connection: Callable[..., str],
) -> None:
    services = find_services(app)
    known: dict[str, Any] = {
        "submission_id": sent(State.UNKNOWN),
        "draft_id": saved(inbound()),
        "batch_id": make(services.store, services.connections, [saved()]),
        "change": "stop",
        "account_id": 1,
        "view_id": 1,
        "sign_in_id": 1,
        "token_id": 1,
        "comment_id": 1,
        "hook_id": 1,
    }
    known["key"] = add_connection()
    refused = 0
    for rule in app.url_map.iter_rules():
        about = ("security.", "account.", "provider.", "recovery.")
        is_about_an_account = rule.endpoint.startswith(about)
        if "POST" not in (rule.methods or ()) or rule.endpoint in WITHOUT_TOKEN:
            continue
        if is_about_an_account:  # They are not there while nobody has an account.
            continue
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
        response = client.post(address, data={"name": "Forged", "found": "no"})
        assert response.status_code == 400, address
        assert "This page is from an older visit" in response.text
        refused += 1
    assert refused > 15


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil"])
def test_another_host_name_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400
    assert client.get("/sandbox/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "campaigns.example"])
def test_the_own_names_are_answered(instance: Path, host: str) -> None:
    app = create_app(Settings(instance=instance, trusted_hosts=("campaigns.example",)))
    assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_stays_where_it_belongs(client: FlaskClient, scheme: str, secure: bool) -> None:
    response = client.get(NEW, base_url=f"{scheme}://localhost")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert ("Secure" in cookie) is secure
    assert cookie.startswith("__Host-session-") is secure
    assert len(cookie.partition(";")[0]) < 4096


def test_what_is_signed_is_signed_with_sha_256(app: Flask, client: FlaskClient) -> None:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    assert serializer.make_signer().digest_method is hashlib.sha256
    page = client.get(NEW)
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    for signed in (cookie, Page(page).typed("csrf_token")):
        signature = signed.rpartition(".")[2]
        assert len(urlsafe_b64decode(f"{signature}=")) * 8 == 256


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_a_choice_that_is_kept_stays_there_too(
    client: FlaskClient, saved: Callable[..., str], scheme: str, secure: bool
) -> None:
    base, address = f"{scheme}://localhost", f"/drafts/{saved()}/review"
    token = Page(client.get(address, base_url=base)).typed("csrf_token")
    posted = {"clock": "UTC", "csrf_token": token}
    headers = {"Referer": f"{base}{address}"}
    answer = client.post(address, base_url=base, data=posted, headers=headers)
    [kept] = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "clock=UTC" in cookie]
    assert kept.startswith("__Host-clock=") is secure
    assert 'aria-pressed="true">of UTC' in client.get(address, base_url=base).text
    assert "SameSite=Lax" in kept
    assert ("Secure" in kept) is secure


def test_a_request_that_is_too_large_is_refused_with_a_page(client: FlaskClient) -> None:
    response = client.post("/preview", data={"name": "x" * 600_000})
    assert response.status_code == 413
    assert "That is too much at once" in response.text


class TestToken:
    """The token is in the header of the one call, and nowhere else."""

    @pytest.fixture
    def app(self, instance: Path) -> Flask:
        return create_app(Settings(instance=instance, base_url=LIVE.base_url, token=LIVE.token))

    def test_it_is_on_no_page(
        self, app: Flask, visitor: Visitor, saved: Callable[..., str], sent: Callable[[State], int]
    ) -> None:
        draft, submission = f"/drafts/{saved()}", f"/submissions/{sent(State.UNKNOWN)}"
        for address in ("/", "/about", draft, f"{draft}/review", submission, "/nothing"):
            page = visitor.open(address)
            assert address == "/nothing" or "LIVE" in str(page.soup)
            assert LIVE.token not in str(page.soup)

    def test_it_is_in_no_file(
        self, app: Flask, instance: Path, sent: Callable[[State], int]
    ) -> None:
        sent(State.CREATED)
        for path in instance.rglob("*"):
            assert LIVE.token.encode() not in path.read_bytes()

    def test_it_is_not_shown_with_the_objects_that_hold_it(self, app: Flask) -> None:
        connections = find_services(app).connections
        assert LIVE.token not in repr(connections.default)
        assert LIVE.token not in repr(vars(connections))
        assert LIVE.token not in repr(vars(connections.open_api(ENVIRONMENT)))
        assert LIVE.token not in str(app.config)

    def test_the_snippets_take_it_from_the_environment(
        self, visitor: Visitor, saved: Callable[..., str]
    ) -> None:
        page = visitor.open(f"/drafts/{saved()}")
        curl = page.soup.find(id="curl")
        assert curl is not None
        assert '"Authorization: Bearer $VOICEAIWRAPPER_TOKEN"' in curl.text
        assert f"{LIVE.base_url}/api/v2/voice-campaigns" in curl.text


def test_two_instances_on_one_machine_do_not_share_a_cookie(app: Flask, tmp_path: Path) -> None:
    other = create_app(Settings(instance=tmp_path / "other"))
    names = {instance.config["SESSION_COOKIE_NAME"] for instance in (app, other)}
    assert len(names) == 2
    assert names & {cookie_of(instance) for instance in (app, other)} == names


def cookie_of(app: Flask) -> str:
    answer = app.test_client().get(NEW)
    return answer.headers["Set-Cookie"].partition("=")[0]


class TestOlderVisit:
    """A form whose session is gone."""

    def pressed(self, visitor: Visitor) -> Page:
        page = visitor.open("/drafts/new")
        visitor.client.delete_cookie(visitor.client.application.config["SESSION_COOKIE_NAME"])
        return visitor.press(page, answers={"name": "Typed long ago"})

    def test_what_a_page_of_ours_posted_can_be_posted_again(self, visitor: Visitor) -> None:
        older = self.pressed(visitor)
        assert (older.status, older.typed("name")) == (400, "Typed long ago")
        assert visitor.press(older).heading == "Typed long ago"

    def test_what_comes_from_elsewhere_is_not_offered(self, visitor: Visitor) -> None:
        visitor.client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
        older = self.pressed(visitor)
        assert older.status == 400
        assert "Typed long ago" not in str(older.soup)


def test_a_host_name_that_is_not_ours_is_named_as_the_reason(client: FlaskClient) -> None:
    page = client.get("/", headers={"Host": "evil.example"})
    problem = client.get("/api/drafts/0000000000000000", headers={"Host": "evil.example"})
    assert (page.status_code, problem.status_code) == (400, 400)
    for answer in (page, problem):
        assert "This host name is not known here" in answer.text
    assert problem.content_type == "application/problem+json"
