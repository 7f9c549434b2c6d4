"""The settings of a provider: what is read, and a sentence for each that cannot be meant."""

import pytest

from app.provider_settings import GroupRole, ProviderSettings
from app.rights import ALL, Role
from app.setting_values import BadSetting
from app.settings import read_settings

ENVIRON = {
    "OIDC_ISSUER": "https://login.example.com/realm",
    "OIDC_CLIENT_ID": "campaigns",
    "OIDC_CLIENT_SECRET": "a secret of this test",
}


def refused(**changes: str) -> str:
    """Give the sentence with which these settings are refused."""
    with pytest.raises(BadSetting) as raised:
        read_settings(ENVIRON | changes)
    return str(raised.value)


def test_without_an_issuer_there_is_none() -> None:
    assert read_settings({}).provider is None


def test_three_settings_are_enough() -> None:
    assert read_settings(ENVIRON).provider == ProviderSettings(
        issuer="https://login.example.com/realm",
        client_id="campaigns",
        client_secret="a secret of this test",
        button="Sign in with your organisation",
    )


def test_each_setting_is_read_from_its_variable() -> None:
    provider = read_settings(
        ENVIRON
        | {
            "OIDC_BUTTON": "Sign in at work",
            "OIDC_DOMAINS": "example.com, @Example.org,",
            "OIDC_GROUPS_CLAIM": "teams",
            "OIDC_ROLES": "ops=editor, a=b=sender@sandbox ,heads=administrator",
        }
    ).provider

    assert provider
    assert provider.button == "Sign in at work"
    assert provider.domains == {"example.com", "example.org"}
    assert provider.groups_claim == "teams"
    assert provider.roles == (
        GroupRole("ops", ALL, Role.EDITOR),
        GroupRole("a=b", "sandbox", Role.SENDER),
        GroupRole("heads", ALL, Role.ADMINISTRATOR),
    )


@pytest.mark.parametrize("name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_an_issuer_alone_is_not_enough(name: str) -> None:
    expected = f"OIDC_ISSUER is set and {name} is not. The provider gives it to you."
    assert refused(**{name: ""}) == expected


@pytest.mark.parametrize(
    "name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_DOMAINS", "OIDC_ROLES"]
)
def test_nothing_is_of_use_without_an_issuer(name: str) -> None:
    with pytest.raises(BadSetting) as raised:
        read_settings({name: "something"})
    assert str(raised.value) == f"{name} is set and OIDC_ISSUER is not. Set both, or neither."


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9"])
def test_on_this_machine_an_issuer_needs_no_tls(issuer: str) -> None:
    provider = read_settings(ENVIRON | {"OIDC_ISSUER": issuer}).provider
    assert provider
    assert provider.is_on_this_machine


@pytest.mark.parametrize(
    "issuer", ["http://login.example.com", "ftp://login.example.com", "http://localhost.evil"]
)
def test_a_provider_elsewhere_is_spoken_to_by_https(issuer: str) -> None:
    assert refused(OIDC_ISSUER=issuer) == (
        f"OIDC_ISSUER is “{issuer}”. It has to begin with https://."
    )


@pytest.mark.parametrize(
    "issuer",
    [
        "login.example.com",
        "https://",
        "https://login.example.com?realm=a",
        "https://login.example.com#a",
        "https://me:secret@login.example.com",
        "https://[login",
        "https://login.example.com:port",
        "https://login.example.com/\u200b",
    ],
)
def test_an_issuer_is_what_one_can_be(issuer: str) -> None:
    assert "Set it to what the provider calls its issuer" in refused(OIDC_ISSUER=issuer)


@pytest.mark.parametrize("domains", ["a b", "example", "anna@example.com", "example..com", "*"])
def test_a_domain_is_what_one_can_be(domains: str) -> None:
    assert refused(OIDC_DOMAINS=f"example.com,{domains}").startswith(
        f"OIDC_DOMAINS has “{domains}”"
    )


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ("ops", "Set it to group=role"),
        ("=editor", "Set it to group=role"),
        ("ops=editor@", "Set it to group=role"),
        ("ops=editor@Client A", "Set it to group=role"),
        ("ops=owner", "A role is one of viewer, editor"),
        ("ops=", "A role is one of viewer, editor"),
        ("ops=administrator@sandbox", "The role administrator is one at all connections."),
    ],
)
def test_a_role_is_one_that_can_be_given(roles: str, words: str) -> None:
    message = refused(OIDC_ROLES=f"a=viewer,{roles}")
    assert message.startswith(f"OIDC_ROLES has “{roles}”")
    assert words in message


@pytest.mark.parametrize("button", ["x" * 61, "a\x07b"])
def test_a_button_has_room_for_what_it_says(button: str) -> None:
    assert refused(OIDC_BUTTON=button).startswith("OIDC_BUTTON is longer than 60 characters")


@pytest.mark.parametrize("name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_what_no_header_carries_is_refused(name: str) -> None:
    assert refused(**{name: "ä"}) == (
        f"{name} has signs that a provider never gives. Copy it again."
    )


def test_the_secret_is_not_shown_and_is_one_of_the_secrets() -> None:
    settings = read_settings(ENVIRON)
    assert "a secret of this test" not in repr(settings)
    assert "a secret of this test" in settings.secrets
