"""Where campaigns go is checked before anything goes there."""

import pytest

from app.remote.connection import BadConnection, Credentials
from tests.remote.wire import TOKEN

USER = "Take the user name and password out of the base URL."
WHOLE = "Give the base URL as https://host, without “?” or “#”."
HTTPS = "Give a base URL that starts with https://."
AGAIN = "Copy the token again: it has a space or a sign that no token has."


def refused(base_url: str = "https://api.example", token: str = TOKEN) -> str:
    """Give the sentence with which this connection is refused."""
    with pytest.raises(BadConnection) as raised:
        Credentials("VoiceAIWrapper", base_url, token)
    return str(raised.value)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.example",
        "https://api.example/",
        "https://api.example:8443",
        "https://api.example/of/a/gateway",
        "HTTPS://API.EXAMPLE",
        "https://bücher.example",
        "https://[2001:db8::1]",
        "http://127.0.0.1:8001",
        "http://127.8.8.8",
        "http://[::1]:8001",
        "http://localhost:8001",
        "http://LOCALHOST",
    ],
)
def test_https_is_for_everywhere_and_http_for_this_machine(base_url: str) -> None:
    connection = Credentials("VoiceAIWrapper", base_url, TOKEN)

    assert connection.campaigns_url == base_url.rstrip("/") + "/api/v2/voice-campaigns"


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.example",
        "http://192.168.0.7",
        "http://0.0.0.0",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://notlocalhost",
        "http://2130706433",
        "ftp://api.example",
        "//api.example",
    ],
)
def test_a_token_does_not_cross_a_network_in_the_open(base_url: str) -> None:
    assert refused(base_url) == HTTPS


@pytest.mark.parametrize(
    "base_url",
    [
        "https://user:secret@api.example",
        "https://user@api.example",
        "https://:secret@api.example",
        "https://@api.example",
        "https://api.example@evil.example",
        "https://api.example\\@evil.example",
    ],
)
def test_a_user_name_has_no_place_in_the_address(base_url: str) -> None:
    assert refused(base_url) == USER


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.example",
        "https://",
        "https:///path",
        "https://api.example?",
        "https://api.example/?page=1",
        "https://api.example#",
        "https://api.example#top",
        "https://[api.example",
        "https://api.example:99999",
        "https://api.example:port",
        "https://api.example\\path",
        "https://api .example",
        "https://api.example\nevil.example",
        "https://api.example/\x00",
        "https://api.example\u00a0",
    ],
)
def test_an_address_that_is_not_whole_or_says_more_is_refused(base_url: str) -> None:
    assert refused(base_url) == WHOLE


@pytest.mark.parametrize(
    "token", ["", " ", "to ken", "to\nken", "token\r\nX-More: yes", "to\x00ken", "“token”", "töken"]
)
def test_a_token_that_no_request_can_carry_is_refused(token: str) -> None:
    assert refused(token=token) == AGAIN


@pytest.mark.parametrize("token", ["t", "a.b-c_d~e+f/g==", "!", "~", "x" * 2000])
def test_a_token_may_have_every_sign_that_tokens_have(token: str) -> None:
    assert Credentials("VoiceAIWrapper", "https://api.example", token).token == token


def test_a_refusal_does_not_repeat_the_password_or_the_token() -> None:
    assert "secret" not in refused("https://user:secret@api.example")
    assert "token-with" not in refused(token="token-with a space")


def test_a_connection_does_not_show_its_token() -> None:
    connection = Credentials("VoiceAIWrapper", "https://api.example", TOKEN)

    assert TOKEN not in repr(connection) + str(connection)
