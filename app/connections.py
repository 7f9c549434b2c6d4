"""Every place that campaigns can be sent to: the sandbox, the environment's, and saved ones."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from requests.adapters import BaseAdapter

from app.remote.addresses import NOTHING_ELSE, AllowedHosts
from app.remote.client import DEADLINE, CampaignApi
from app.remote.connection import BadConnection, Credentials, join_campaigns_url
from app.store import saved_connections
from app.store.connection_models import SavedConnection
from app.store.database import Store
from app.store.saved_connections import NoSuchConnection
from app.store.vault import CannotUnlock, Vault

SANDBOX, ENVIRONMENT = "sandbox", "environment"
"""Keys of the two connections that nobody has to enter."""

GREEN = "green"
COLOURS = ("orange", "blue", "purple", "pink", "brown", "teal", "grey")
"""Colours of the connections that people enter; green is the built-in sandbox's alone."""

_SHORTEST = 12  # Of a shorter token, four characters would give too much away.


@dataclass(frozen=True)
class Network:
    """How calls leave: through *adapters* where their URL begins so, and within a deadline.

    Besides public addresses they reach only *allowed* ones. The deadline is in seconds.
    """

    adapters: Mapping[str, BaseAdapter]
    deadline: float = DEADLINE
    allowed: AllowedHosts = NOTHING_ELSE


@dataclass(frozen=True)
class Connection:
    """A connection as it is chosen and shown, without its token.

    `is_fixed` is one that no page can change; `version` is another after every change of one.
    """

    key: str
    name: str
    base_url: str
    is_sandbox: bool
    colour: str
    notes: str = ""
    is_enabled: bool = True
    is_fixed: bool = True
    version: int = 0
    dashboard_url: str = ""

    @property
    def is_built_in(self) -> bool:
        """Tell the sandbox within this app, which calls nobody, from every other connection."""
        return self.key == SANDBOX

    @property
    def mode(self) -> str:
        """What its campaigns are, in the sign that every page has: real, or tried out."""
        return "SANDBOX" if self.is_sandbox else "LIVE"

    @property
    def name_in_a_sentence(self) -> str:
        return "the sandbox" if self.is_built_in else self.name

    @property
    def campaigns_url(self) -> str:
        return join_campaigns_url(self.base_url)

    @property
    def stamp(self) -> str:
        """Name everything that a person has to see again before sending, if it changes."""
        seen = (self.key, self.name, self.base_url, self.is_sandbox, self.version)
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


class ConnectionRegistry:
    """The connections, by their keys."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        fixed: Mapping[str, Credentials],
        network: Network,
    ) -> None:
        """Offer the *fixed* ones, the default first, and those in the store."""
        self.vault = vault
        self.network = network
        self._store = store
        self._fixed = dict(fixed)

    @property
    def default(self) -> Connection:
        """Where a new campaign goes unless somebody chooses another."""
        return self.find(next(iter(self._fixed)))

    def list_all(self) -> list[Connection]:
        """Give every connection: the fixed ones, then the others by name."""
        with self._store.reading() as session:
            saved = [
                _describe_saved(connection)
                for connection in saved_connections.read_connections(session)
            ]
        return [_describe_fixed(key, connection) for key, connection in self._fixed.items()] + saved

    def find(self, key: str) -> Connection:
        """Find a connection; no key is the default, and a strange one is a disabled one."""
        if not key:
            return self.default
        try:
            return self.get(key)
        except NoSuchConnection:
            return Connection(key, "a connection that is gone", "", False, "grey", is_enabled=False)

    def list_draft_keys(self, key: str) -> set[str]:
        """List the keys that drafts keep which go to this connection: none is the usual one."""
        return {key, ""} if key == self.default.key else {key}

    def get(self, key: str) -> Connection:
        """Get a connection that is there; raises `NoSuchConnection` for any other key."""
        if key in self._fixed:
            return _describe_fixed(key, self._fixed[key])
        with self._store.reading() as session:
            return _describe_saved(saved_connections.find(session, key))

    def open_api(self, key: str) -> CampaignApi:
        """Give the way to call over a connection.

        Raises `NoSuchConnection`, and `BadConnection` for one whose token no key decrypts.
        """
        network = self.network
        return CampaignApi(
            self._find_credentials(key), network.adapters, network.deadline, network.allowed
        )

    def read_token_end(self, key: str) -> str:
        """Give the last four characters of a token; none of one that is short or lost."""
        try:
            token = self._find_credentials(key).token
        except BadConnection:
            return ""
        return token[-4:] if len(token) >= _SHORTEST else ""

    def _find_credentials(self, key: str) -> Credentials:
        if key in self._fixed:
            return self._fixed[key]
        with self._store.reading() as session:
            saved = saved_connections.find(session, key)
        try:
            token = self.vault.unlock(saved.token)
        except CannotUnlock as error:
            raise BadConnection(
                f"The token of {saved.name} can no longer be read. Enter it again."
            ) from error
        return Credentials(saved.name, saved.base_url, token, is_sandbox=saved.is_sandbox)


def _describe_fixed(key: str, credentials: Credentials) -> Connection:
    colour = GREEN if key == SANDBOX else COLOURS[0]
    # Of the token a few bits: another one is another account, and has to be seen again.
    version = int.from_bytes(hashlib.sha256(credentials.token.encode()).digest()[:4])
    return Connection(
        key,
        credentials.name,
        credentials.base_url,
        credentials.is_sandbox,
        colour,
        version=version,
    )


def _describe_saved(connection: SavedConnection) -> Connection:
    return Connection(
        connection.id,
        connection.name,
        connection.base_url,
        connection.is_sandbox,
        connection.colour,
        connection.notes,
        is_enabled=connection.disabled_at is None,
        is_fixed=False,
        version=connection.version,
        dashboard_url=connection.dashboard_url,
    )
