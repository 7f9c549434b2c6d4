"""The events of an account in words, for the page of a person."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.store.audit_trail import EventKind
from app.store.records import Event
from app.web.event_words import HistoryEntry, describe_each


def describe_account_events(events: Iterable[Event]) -> list[HistoryEntry]:
    """Put an account's events into words, the first one first."""
    return describe_each(events, _WORDS)


def _describe_second_step(known: dict[str, Any]) -> str:
    if known.get("removed"):
        return "Codes and passkeys were taken away"
    if known.get("recovery_codes"):
        return "New recovery codes were made"
    if "passkey" in known:
        return f"A passkey was {known['passkey']}"
    return "A code is asked for" if known["codes"] else "A code is no longer asked for"


def _describe_address(known: dict[str, Any]) -> str:
    return f"Signed in from {known['address']}" if known["address"] else "Signed in"


_WORDS: Mapping[EventKind, Callable[[dict[str, Any]], str]] = {
    EventKind.ACCOUNT_ADDED: lambda known: f"Added: {_describe_roles(known['roles'])}",
    EventKind.ACCOUNT_CORRECTED: lambda known: (
        f"Corrected: {known['name']}, {known['email']} "
        f"instead of {known['before']['name']}, {known['before']['email']}"
    ),
    EventKind.ROLES_SET: lambda known: (
        f"Roles set: {_describe_roles(known['roles'])} "
        f"instead of {_describe_roles(known['before'])}"
    ),
    EventKind.GROUPS_SET: lambda known: f"Groups set: {', '.join(known['groups']) or 'none'}",
    EventKind.ACCOUNT_CLOSED: lambda _: "Can no longer sign in",
    EventKind.ACCOUNT_OPENED: lambda _: "Can sign in again",
    EventKind.LINK_MADE: lambda known: (
        "A link to set a password was sent by e-mail, which somebody had asked for"
        if known.get("by_mail")
        else "A link was made with which a password can be set"
    ),
    EventKind.PASSWORD_SET: lambda _: "The password was set, and every sign-in ended",
    EventKind.SECOND_STEP_CHANGED: _describe_second_step,
    EventKind.SIGNED_IN: _describe_address,
    EventKind.SIGN_IN_ENDED: lambda known: (
        "Signed out everywhere" if known.get("everywhere") else "Signed out"
    ),
    EventKind.TOKEN_MADE: lambda known: (
        f"Made the token “{known['name']}”, which may {known['scope']} until {known['ends']}"
    ),
    EventKind.TOKEN_ENDED: lambda known: f"The token “{known['name']}” was ended",
    EventKind.IDENTITY_LINKED: lambda known: (
        f"Can sign in by {known['issuer']}, as {known['subject']}"
    ),
    EventKind.IDENTITY_UNLINKED: lambda known: f"Can no longer sign in by {known['issuer']}",
}


def _describe_roles(roles: Mapping[str, list[str]]) -> str:
    """Say roles and where they hold, by the keys of the connections."""
    phrases = [f"{', '.join(names)} at {key or 'all connections'}" for key, names in roles.items()]
    return "; ".join(phrases) or "nothing"
