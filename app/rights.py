"""What somebody may do, at which connections.

A role is a set of rights. Each is given for one connection or for all; who has no role at a
connection neither sees nor can guess what is in it. To edit is not to send, and what takes a
responsibility of its own (breaking a law, saying what became of a campaign, approving what somebody
else has made, sending without that) is a role of its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

ALL = ""
"""In place of the key of a connection: all of them, those that come later included."""


class Right(StrEnum):
    """Something that can be allowed."""

    VIEW = "view"
    EDIT = "edit"
    SEND = "send"
    ACCEPT = "accept"
    RESOLVE = "resolve"
    APPROVE = "approve"
    OVERRIDE = "override"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What rights are given by."""

    VIEWER = "viewer"
    EDITOR = "editor"
    SENDER = "sender"
    ACCEPTER = "accepter"
    RESOLVER = "resolver"
    APPROVER = "approver"
    OVERRIDER = "overrider"
    ADMINISTRATOR = "administrator"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.VIEW}),
        Role.EDITOR: frozenset({Right.VIEW, Right.EDIT}),
        Role.SENDER: frozenset({Right.VIEW, Right.SEND}),
        Role.ACCEPTER: frozenset({Right.VIEW, Right.ACCEPT}),
        Role.RESOLVER: frozenset({Right.VIEW, Right.RESOLVE}),
        Role.APPROVER: frozenset({Right.VIEW, Right.APPROVE}),
        Role.OVERRIDER: frozenset({Right.VIEW, Right.OVERRIDE}),
        Role.ADMINISTRATOR: frozenset(Right),
    }
)
"""The rights of each role."""

EVERYWHERE = frozenset({Role.ADMINISTRATOR})
"""Roles that are given for all connections only: people and connections are everybody's."""


class Scope(StrEnum):
    """How much of what an account may do one of its tokens may."""

    READ = "read"
    WRITE = "write"


SCOPES: Mapping[Scope, frozenset[Right]] = MappingProxyType(
    {
        Scope.READ: frozenset({Right.VIEW}),
        Scope.WRITE: frozenset({Right.VIEW, Right.EDIT}),
    }
)
"""The rights to which a token holds its account: none of them sends, or looks after people."""


@dataclass(frozen=True)
class Person:
    """Who acts: an account, or whoever sits at this machine while there are no accounts.

    *roles* are those at each connection by its key, and at all by `ALL`; *groups* are what others
    call those whom they belong to, for approval. With a *scope* it is a
    program that acts for an account.
    """

    account_id: int | None
    name: str
    email: str
    roles: Mapping[str, frozenset[Role]]
    scope: Scope | None = None
    groups: frozenset[str] = frozenset()

    @property
    def is_local(self) -> bool:
        """Whether this is the one person who uses this machine."""
        return self.account_id is None

    @property
    def label(self) -> str:
        """The name in the trail, which is nobody else's."""
        return f"{self.name} <{self.email}>" if self.email else self.name

    def may(self, right: Right, connection_key: str) -> bool:
        """Tell whether a right is given at a connection."""
        return right in self._list_rights(connection_key) | self._list_rights(ALL)

    def may_somewhere(self, right: Right) -> bool:
        """Tell whether a right is given at any connection."""
        return any(right in self._list_rights(key) for key in self.roles)

    def find_keys(self, right: Right) -> frozenset[str] | None:
        """Find the keys of the connections at which a right is given; `None` is all of them."""
        if self.may(right, ALL):
            return None
        return frozenset(key for key in self.roles if self.may(right, key))

    def limit_to(self, keys: Collection[str]) -> "Person":
        """Give this person with no rights but those at the connections of these keys."""
        if ALL in keys:
            return self
        everywhere = self.roles.get(ALL, frozenset())
        roles = {key: self.roles.get(key, frozenset()) | everywhere for key in keys}
        return replace(self, roles={key: at_key for key, at_key in roles.items() if at_key})

    def _list_rights(self, connection_key: str) -> frozenset[Right]:
        roles = self.roles.get(connection_key, frozenset())
        rights = frozenset[Right]().union(*(RIGHTS[role] for role in roles))
        return rights & SCOPES[self.scope] if self.scope else rights


def make_local_person(name: str) -> Person:
    """Make the person of a machine that has no accounts, who may do everything."""
    return Person(None, name, "", {ALL: frozenset({Role.ADMINISTRATOR})})
