"""Campaign Builder: build a calling campaign, see exactly what it is, send it once.

`create_app` is where the parts meet, and the only place that knows them all.
"""

import os
import secrets
import sqlite3
from pathlib import Path

import click
from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import web
from app.campaign.compliance.rule_file import BadRules
from app.campaign.compliance.rulebook import load_rulebook
from app.cli import backup, maintenance, move
from app.cli.explain import explain_command, list_rules
from app.connections import ENVIRONMENT, SANDBOX, ConnectionRegistry
from app.files import STATIC, TEMPLATES
from app.private_files import create_private, make_folder_private
from app.remote.adapter import WsgiAdapter
from app.remote.connection import BadConnection, Credentials
from app.sandbox import TOKEN, create_sandbox
from app.sending.background import Sender
from app.sending.journal import FOLDER, Journal
from app.services import Services
from app.settings import LOOPBACK, BadSetting, Settings, read_settings
from app.store.database import Store
from app.store.dialects.sqlite import MOVED
from app.store.migrations import UnusableDatabase
from app.store.vault import BadKeys, Vault
from app.web.assets import fingerprint

# No name server answers for .invalid (RFC 6761), so nothing of it can leave this process.
_SANDBOX = Credentials("Sandbox", "https://sandbox.invalid", TOKEN, is_sandbox=True)
LARGEST_REQUEST = 512 * 1024  # Of CJK text, which takes nine bytes a sign in a form, 58,000.


_COMMANDS = (*backup.COMMANDS, *maintenance.COMMANDS, *move.COMMANDS)


class CannotStart(click.ClickException):
    """Something that the app cannot start with; the message says what to change."""


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app; raises `CannotStart`."""
    try:
        return _make(settings or read_settings(os.environ))
    except (BadSetting, BadConnection, BadKeys) as error:
        raise CannotStart(f"Campaign Builder did not start. {error}") from error
    except BadRules as error:
        reason = f"a file of calling rules is wrong. {error}."
        raise CannotStart(f"Campaign Builder did not start: {reason}") from error
    except UnusableDatabase as error:
        reason = f"its database cannot be used. {error}"
        raise CannotStart(f"Campaign Builder did not start: {reason}") from error
    except (OSError, sqlite3.Error) as error:
        what = getattr(error, "filename", None) or "the instance folder"
        reason = str(getattr(error, "strerror", None) or error)
        raise CannotStart(
            f"Campaign Builder did not start: {what} cannot be used ({reason}). "
            "Set INSTANCE to another folder."
        ) from error


def _make(settings: Settings) -> Flask:
    load_rulebook()
    make_folder_private(settings.instance)
    app = Flask(
        __name__,
        instance_path=str(settings.instance),
        template_folder=str(TEMPLATES),
        static_folder=str(STATIC),
        static_url_path=f"/static/{fingerprint(STATIC)}",
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    hosts = [*LOOPBACK, settings.host, *settings.trusted_hosts]
    app.config.update(
        SECRET_KEY=settings.secret_key or _read_secret_key(settings.instance / "secret_key"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        TRUSTED_HOSTS=hosts,
    )
    sandbox = create_sandbox(settings.instance, trusted_hosts=[*hosts, "sandbox.invalid"])
    store = Store(_locate_database(settings))
    journal = Journal(settings.instance / FOLDER)
    connections = ConnectionRegistry(
        store,
        Vault(settings.instance / "token_keys", settings.token_keys),
        _list_fixed_connections(settings),
        {_SANDBOX.base_url: WsgiAdapter(sandbox)},
        settings.deadline,
    )
    Services(
        store=store,
        journal=journal,
        sender=Sender(store, journal),
        connections=connections,
        ledger=sandbox.extensions["ledger"],
        faults=sandbox.extensions["faults"],
    ).install(app)
    web.install(app)
    for command in (explain_command, list_rules, *_COMMANDS):
        app.cli.add_command(command)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/sandbox": sandbox})  # type: ignore[method-assign]
    return app


def _locate_database(settings: Settings) -> Path | URL:
    """Say where campaigns are kept; raises `BadSetting`."""
    moved = settings.instance / MOVED
    if not settings.database_url and moved.exists():
        raise BadSetting(
            f"What was in {settings.instance} was moved to PostgreSQL "
            f"({moved.read_text().strip()}): set DATABASE_URL. The database here does not know "
            f"what was sent since; to go on with it all the same, delete {moved}."
        )
    if not settings.database_url:
        return settings.instance / "campaigns.sqlite3"
    try:
        return make_url(settings.database_url)
    except ArgumentError as error:
        raise BadSetting(
            "DATABASE_URL cannot be read. It is like postgresql://user:password@host/database, "
            "with signs like @ and / in a password as %40 and %2F."
        ) from error


def _list_fixed_connections(settings: Settings) -> dict[str, Credentials]:
    """Name the connections that nobody enters, the default first."""
    fixed = {SANDBOX: _SANDBOX}
    if settings.token:
        live = Credentials("VoiceAIWrapper", settings.base_url, settings.token)
        fixed = {ENVIRONMENT: live} | fixed
    return fixed


def _read_secret_key(path: Path) -> str:
    """Read the key that signs cookies and forms, making it at the first start."""
    create_private(path, secrets.token_hex())
    return path.read_text()
