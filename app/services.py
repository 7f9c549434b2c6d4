"""What the present app works with: made once at its start, asked for by screens and commands."""

from dataclasses import dataclass
from threading import Semaphore
from typing import cast

from flask import Flask, current_app

from app.connections import ConnectionRegistry
from app.metrics import Metrics
from app.notices.teller import Teller
from app.people.mail import Outbox
from app.people.provider import Provider
from app.sandbox.account import Account
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Faults
from app.sending.background import Background
from app.sending.batch_work import BatchWork
from app.sending.doorbell import Doorbell
from app.sending.journal import Journal
from app.sending.sender import Sender
from app.store.database import Store
from app.store.retention import Archiver

_NAME = "services"


@dataclass(frozen=True)
class Services:
    """The parts of one app; `ledger`, `faults` and `account` are those of its built-in sandbox.

    Each of the `streams` holds a thread of the server: whoever gets none asks again and again.
    `metrics` are there if somebody may read them, and `provider` if people sign in by one.
    `public_url` is where people reach the app, for links in e-mail; without it there are none.
    """

    store: Store
    journal: Journal
    sender: Sender
    doorbell: Doorbell
    background: Background
    batch_work: BatchWork
    streams: Semaphore
    connections: ConnectionRegistry
    archiver: Archiver
    outbox: Outbox
    public_url: str
    teller: Teller
    ledger: Ledger
    faults: Faults
    account: Account
    metrics: Metrics | None
    provider: Provider | None

    @property
    def can_recover(self) -> bool:
        """Whether somebody who cannot sign in is sent a link.

        Where it leads has to be set: the host that a request names can be one of another server.
        """
        return self.outbox.is_open and bool(self.public_url)

    def install(self, app: Flask) -> None:
        """Let the app's screens and commands find these."""
        app.extensions[_NAME] = self


def find_services(app: Flask | None = None) -> Services:
    """Give what an app works with, or the present one if none is named."""
    return cast(Services, (app or current_app).extensions[_NAME])


def store() -> Store:
    return find_services().store


def connections() -> ConnectionRegistry:
    return find_services().connections


def find_issuer() -> str:
    """Find what the provider of sign-in calls itself; nobody is known at an empty one."""
    provider = find_services().provider
    return provider.settings.issuer if provider else ""
