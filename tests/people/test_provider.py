"""A provider, attacked: a real one, over HTTP, that answers as it should and otherwise.

What an app believes is tried from the outside: by what its browser sees afterwards.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.people import provider as provider_module
from app.services import find_services
from tests.log_lines import Log
from tests.people.accounts import (
    find_token,
    hold_to_another_session,
    is_signed_in,
    make_client,
    post,
)
from tests.people.oidc_provider import (
    SECRET,
    Claims,
    FakeProvider,
    leave_unsigned,
    sign_by_another_key,
    sign_by_public_key,
    sign_by_secret,
)
from tests.people.visits import (
    ANNA,
    LONG_AGO,
    SOMEDAY,
    START,
    Make,
    come,
    forget_keys,
    having,
    make_for_anna,
    read_flash,
    set_out,
    visit,
    without,
)


@pytest.fixture
def app(make: Make) -> Flask:
    return make_for_anna(make)


UNTRUSTED = "an answer that cannot be trusted"
WRONG = (
    having(nonce="another"),
    without("nonce"),
    having(aud=["another client"]),
    having(aud=["another client"], azp="campaigns"),
    having(aud=["campaigns", "another client"], azp="another client"),
    without("aud"),
    having(iss="https://evil.example"),
    having(iss="http://127.0.0.1"),
    without("iss"),
    having(exp=LONG_AGO),
    having(exp="never"),
    without("exp"),
    having(iat=SOMEDAY),
    without("iat"),
    having(nbf=SOMEDAY),
    without("sub"),
    having(sub=""),
    having(sub="a\0"),
    having(sub="ä"),
    having(sub=["248289761001"]),
    having(sub="9" * 256),
    having(at_hash="another"),
    having(auth_time="now"),
)
"""How a token can be wrong that the provider has signed."""


class TestToken:
    """A token that the provider gives is looked at closely."""

    def test_one_that_is_not_right_signs_nobody_in(
        self, app: Flask, provider: FakeProvider, subtests: pytest.Subtests
    ) -> None:
        for number, change in enumerate(WRONG):
            with subtests.test(number=number):
                provider.change = change
                client = make_client(app, f"203.0.{number}.1")
                assert UNTRUSTED in read_flash(client, come(client))
                assert not is_signed_in(client)

    @pytest.mark.parametrize(
        "sign",
        [
            leave_unsigned,
            sign_by_another_key,
            sign_by_secret(SECRET.encode()),
            sign_by_public_key,
            lambda claims: f"{leave_unsigned(claims)}c2lnbmVk",
            lambda _: "no token",
            lambda _: "e30.e30.e30",
        ],
        ids=["none", "another key", "our secret", "public key", "forged", "no token", "empty"],
    )
    def test_one_that_the_provider_has_not_signed_signs_nobody_in(
        self, app: Flask, provider: FakeProvider, sign: Callable[[Claims], str]
    ) -> None:
        provider.sign = sign
        client = make_client(app)
        assert UNTRUSTED in read_flash(client, come(client))
        assert not is_signed_in(client)

    def test_what_is_told_of_another_subject_counts_for_nothing(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.person = {"sub": "somebody"}
        provider.user_info = dict(ANNA)
        client = make_client(app)
        assert UNTRUSTED in read_flash(client, come(client))
        assert not is_signed_in(client)

    def test_an_address_is_verified_only_beside_the_word_that_it_is(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.person = {"sub": "somebody", "email_verified": True}
        provider.user_info = {"sub": "somebody", "email": "anna@example.com"}
        client = make_client(app)
        assert come(client).status_code == 403
        assert not is_signed_in(client)


NO_ANSWERS = (
    (503, "", "cannot be reached"),
    (200, "<html>", UNTRUSTED),
    (200, "[]", UNTRUSTED),
    (200, "{}", UNTRUSTED),
    (200, '{"keys": [{"kty": "RSA"}], "id_token": 1}', UNTRUSTED),
    (200, "[" * 100_000, UNTRUSTED),
    (302, "", UNTRUSTED),
    (400, '{"error": "invalid_grant"}', "did not let you in"),
)
"""What a provider may answer: a status, a text, and what is said of it."""


STRANGE: tuple[dict[str, Any], ...] = (
    {"issuer": "https://evil.example"},
    {"issuer": None},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": "https://evil.example/\r\nSet-Cookie: a=b"},
    {"token_endpoint": "file:///etc/passwd"},
    {"token_endpoint": 7},
    {"jwks_uri": ""},
    {"userinfo_endpoint": "ftp://evil.example"},
)
"""What no provider says of itself."""


class TestProvider:
    """A provider that is down, talks nonsense, says no or is another one."""

    @pytest.mark.parametrize("name", ["openid-configuration", "keys", "token"])
    def test_what_is_no_answer_is_a_sentence_and_nothing_is_lost(
        self, app: Flask, provider: FakeProvider, name: str, subtests: pytest.Subtests
    ) -> None:
        for status, text, words in NO_ANSWERS:
            with subtests.test(status=status, text=text[:20]):
                forget_keys(app)
                provider.status, provider.text = {name: status}, {name: text}
                client = make_client(app)
                if name == "openid-configuration":
                    typed = {"csrf_token": find_token(client.get("/sign-in"))}
                    answer = client.post(f"{START}?next=/requests", data=typed)
                else:
                    answer = come(client, then="/requests")
                assert answer.location == "/sign-in?next=/requests"
                assert words in read_flash(client, answer)
                assert not is_signed_in(client)

                provider.status = {}
                assert come(client, then="/requests").location == "/requests"

    def test_one_that_is_gone_is_a_sentence(self, make: Make, provider: FakeProvider) -> None:
        issuer, provider.issuer = provider.issuer, "http://127.0.0.1:9"
        client = make_client(make())
        provider.issuer = issuer
        answer = post(client, START, "/sign-in")
        assert "cannot be reached" in read_flash(client, answer)

    def test_one_that_hangs_takes_few_threads(
        self, app: Flask, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provider_module, "_PATIENCE", 0.01)
        asked = find_services(app).provider
        assert asked
        while asked._lines.acquire(blocking=False):  # noqa: SLF001  As others would who wait.
            pass
        client = make_client(app)
        assert "cannot be reached" in read_flash(client, post(client, START, "/sign-in"))
        asked._lines.release()  # noqa: SLF001
        come(client)
        assert is_signed_in(client)

    @pytest.mark.parametrize("error", ["access_denied", "login_required", "<b>"])
    def test_one_that_says_no_is_a_sentence(
        self, app: Flask, provider: FakeProvider, error: str
    ) -> None:
        provider.answer = {"error": error}
        client = make_client(app)
        assert "did not let you in" in read_flash(client, come(client))
        assert not is_signed_in(client)

    def test_one_that_says_strange_things_of_itself_is_not_believed(
        self, app: Flask, provider: FakeProvider, subtests: pytest.Subtests
    ) -> None:
        for metadata in STRANGE:
            with subtests.test(metadata=metadata):
                provider.metadata = metadata
                client = make_client(app)
                assert UNTRUSTED in read_flash(client, post(client, START, "/sign-in"))

    def test_an_answer_of_another_issuer_is_not_believed(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        client = make_client(app)
        address = visit(set_out(client)) + "&iss=https://evil.example"
        assert UNTRUSTED in read_flash(client, client.get(address))
        assert not is_signed_in(client)

    def test_one_that_always_names_itself_is_held_to_that(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.metadata = {"authorization_response_iss_parameter_supported": True}
        client = make_client(app)
        assert UNTRUSTED in read_flash(client, come(client))
        client.get(visit(set_out(client)) + f"&iss={provider.issuer}")
        assert is_signed_in(client)

    def test_why_it_failed_is_in_the_log_and_no_secret_is(
        self, app: Flask, provider: FakeProvider, log: Log
    ) -> None:
        provider.change = having(nonce="another")
        client = make_client(app)
        come(client)
        lines = str(log.lines())
        assert "its token is not right" in lines
        assert SECRET not in lines


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "/%09/evil.example",
    "%20//evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "http://127.0.0.1:9@evil.example/",
    "/" + "x" * 5000,
)


class TestAttempt:
    """State, nonce and code are each of one attempt, in one browser, once."""

    def test_a_state_of_another_browser_signs_nobody_in(self, app: Flask) -> None:
        """An attacker who lets somebody come in as the attacker would read what they enter."""
        attacker, victim = make_client(app), make_client(app)
        address = visit(set_out(attacker))
        assert "not begun in this browser" in read_flash(victim, victim.get(address))
        set_out(victim)
        assert "not begun in this browser" in read_flash(victim, victim.get(address))
        assert not is_signed_in(victim)

    @pytest.mark.parametrize("state", ["", "&state=", "&state=wrong", "&state=%C3%A4"])
    def test_a_state_that_is_missing_or_wrong_signs_nobody_in(self, app: Flask, state: str) -> None:
        client = make_client(app)
        address = visit(set_out(client))
        stripped = re.sub("&state=[^&]+", state, address)
        assert "not begun in this browser" in read_flash(client, client.get(stripped))
        assert not is_signed_in(client)
        client.get(address)  # Who only sends somebody here does not end their attempt.
        assert is_signed_in(client)

    def test_a_state_counts_once(self, app: Flask) -> None:
        client = make_client(app)
        address = visit(set_out(client))
        client.get(address)
        post(client, "/sign-out", "/account")
        assert "not begun in this browser" in read_flash(client, client.get(address))
        assert not is_signed_in(client)

    def test_a_state_counts_once_when_nothing_came_of_it_as_well(
        self, app: Flask, provider: FakeProvider
    ) -> None:
        provider.answer = {"error": "access_denied"}
        client = make_client(app)
        address = visit(set_out(client))
        client.get(address)
        assert "not begun in this browser" in read_flash(client, client.get(address))

    def test_a_code_counts_once(self, app: Flask) -> None:
        """The cookie of before is put back, as only who has both cookie and code could."""
        client, thief = make_client(app), make_client(app)
        address = visit(set_out(client))
        before = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert before
        client.get(address)
        thief.set_cookie(before.key, before.value, path="/")
        assert "did not let you in" in read_flash(thief, thief.get(address))
        assert not is_signed_in(thief)

    def test_a_code_of_another_attempt_counts_for_nothing(self, app: Flask) -> None:
        attacker, victim = make_client(app), make_client(app)
        code = re.findall("code=([^&]+)", visit(set_out(attacker)))[0]
        address = visit(set_out(victim))
        victim.get(re.sub("code=[^&]+", f"code={code}", address))
        assert not is_signed_in(victim)

    def test_an_attempt_ends_after_a_while(self, app: Flask) -> None:
        client = make_client(app)
        address = visit(set_out(client))
        later = timedelta(seconds=provider_module.WITHIN + 1)
        with time_machine.travel(datetime.now(UTC) + later):
            assert "is over" in read_flash(client, client.get(address))
            assert not is_signed_in(client)

    def test_a_form_of_another_site_sets_nobody_out(self, app: Flask) -> None:
        assert make_client(app).post(START).status_code == 400
        assert make_client(app).get(START).status_code == 405

    def test_a_session_of_before_the_sign_in_is_not_signed_in_after_it(self, app: Flask) -> None:
        hold_to_another_session(app, come)

    def test_what_was_begun_before_is_not_gone_on_with(self, app: Flask) -> None:
        client = make_client(app)
        with client.session_transaction() as session:
            session["begun"] = "a second step"
        come(client)
        with client.session_transaction() as session:
            assert "begun" not in session

    def test_nobody_is_led_elsewhere_after_the_sign_in(
        self, app: Flask, subtests: pytest.Subtests
    ) -> None:
        for elsewhere in ELSEWHERE:
            with subtests.test(elsewhere=elsewhere[:40]):
                client = make_client(app)
                assert come(client, then=elsewhere).location == "/"
                assert is_signed_in(client)

    def test_tries_are_counted(self, app: Flask) -> None:
        client = make_client(app)
        token = find_token(client.get("/sign-in"))
        with time_machine.travel(datetime.now(UTC), tick=False):  # However long they take here.
            answers = [client.post(START, data={"csrf_token": token}) for _ in range(61)]
        assert {answer.status_code for answer in answers[:60]} == {200}
        assert answers[60].status_code == 429
