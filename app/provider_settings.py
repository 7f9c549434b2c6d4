"""The settings of sign-in by a provider, as OpenID Connect describes it.

They stand apart from the other settings, as they depend on each other and on no others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from app.rights import ALL, EVERYWHERE, Role
from app.setting_values import BadSetting, split_list

_ISSUER, _CLIENT, _SECRET = "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"
_DOMAINS, _ROLES = "OIDC_DOMAINS", "OIDC_ROLES"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_DOMAIN = re.compile(r"[^\s@.,/]+(\.[^\s@.,/]+)+")
_KEY = re.compile("[a-z0-9]{1,32}")
_LONGEST_BUTTON = 60


class GroupRole(NamedTuple):
    """A role that a group gives at a connection, by its key; `rights.ALL` is all of them."""

    group: str
    key: str
    role: Role


@dataclass(frozen=True)
class ProviderSettings:
    """Who the provider is, what we are to it, and what it decides here.

    *issuer* is exactly what it calls itself. People without an account get one only if their
    e-mail address is of one of the *domains*, and one of the *roles* is theirs.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    button: str
    domains: frozenset[str] = frozenset()
    groups_claim: str = "groups"
    roles: tuple[GroupRole, ...] = ()

    @property
    def host(self) -> str:
        """The host by which people know the provider."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def is_on_this_machine(self) -> bool:
        return self.host in _LOOPBACK


def read_provider(values: Mapping[str, str]) -> ProviderSettings | None:
    """Read the settings of a provider, if there is one; raises `BadSetting`."""
    issuer = values[_ISSUER]
    if not issuer:
        _check_nothing_else(values)
        return None
    for name in (_CLIENT, _SECRET):
        if not values[name]:
            raise BadSetting(f"{_ISSUER} is set and {name} is not. The provider gives it to you.")
        if not (values[name].isascii() and values[name].isprintable()):
            raise BadSetting(f"{name} has signs that a provider never gives. Copy it again.")
    _check_issuer(issuer)
    button = values["OIDC_BUTTON"]
    if len(button) > _LONGEST_BUTTON or not button.isprintable():
        raise BadSetting(f"OIDC_BUTTON is longer than {_LONGEST_BUTTON} characters. Shorten it.")
    return ProviderSettings(
        issuer=issuer,
        client_id=values[_CLIENT],
        client_secret=values[_SECRET],
        button=button,
        domains=frozenset(_read_domains(values[_DOMAINS])),
        groups_claim=values["OIDC_GROUPS_CLAIM"],
        roles=tuple(_read_roles(values[_ROLES])),
    )


def _check_nothing_else(values: Mapping[str, str]) -> None:
    for name in (_CLIENT, _SECRET, _DOMAINS, _ROLES):
        if values[name]:
            raise BadSetting(f"{name} is set and {_ISSUER} is not. Set both, or neither.")


def _check_issuer(issuer: str) -> None:
    """Check that an issuer is what one can be (OpenID Connect Discovery, 2): a URL, over TLS."""
    try:
        parts = urlsplit(issuer)
        is_url = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url or parts.query or parts.fragment or parts.username or not issuer.isprintable():
        raise BadSetting(
            f"{_ISSUER} is “{issuer}”. Set it to what the provider calls its issuer, such as "
            "https://login.example.com."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise BadSetting(f"{_ISSUER} is “{issuer}”. It has to begin with https://.")


def _read_domains(value: str) -> Iterator[str]:
    for part in split_list(value):
        domain = part.removeprefix("@").lower()
        if not _DOMAIN.fullmatch(domain):
            raise BadSetting(
                f"{_DOMAINS} has “{part}”. Set it to domains of e-mail addresses, such as "
                "example.com, with commas."
            )
        yield domain


def _read_roles(value: str) -> Iterator[GroupRole]:
    """Read roles as `group=role@key`; a group may have a “=” in its name, and no comma."""
    for part in split_list(value):
        group, _, place = part.rpartition("=")
        role, _, key = place.partition("@")
        if not group.strip() or (("@" in place) != bool(_KEY.fullmatch(key))):
            raise BadSetting(
                f"{_ROLES} has “{part}”. Set it to group=role, or group=role@connection for one "
                "connection by its key, with commas."
            )
        if role not in set(Role):
            raise BadSetting(f"{_ROLES} has “{part}”. A role is one of {', '.join(Role)}.")
        if key and Role(role) in EVERYWHERE:
            raise BadSetting(f"{_ROLES} has “{part}”. The role {role} is one at all connections.")
        yield GroupRole(group.strip(), key or ALL, Role(role))
