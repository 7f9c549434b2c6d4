"""Campaign Builder: build a calling campaign, see exactly what it is, send it once.

`create_app` is where the parts meet, and the only place that knows them all.
"""

import os
import secrets
from functools import partial
from pathlib import Path
from threading import Semaphore

import click
from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import logs, web
from app.campaign.compliance.rule_file import BadRules
from app.campaign.compliance.rulebook import load_rulebook
from app.cli import backup, certificates, doctor, maintenance, move, people, retention, send
from app.cli.explain import explain_command, list_rules
from app.connections import ENVIRONMENT, SANDBOX, ConnectionRegistry, Network
from app.files import STATIC, TEMPLATES
from app.host_settings import LOOPBACK
from app.metrics import Metrics
from app.notices.teller import Teller
from app.people.breaches import Breaches
from app.people.mail import Mailer, Outbox
from app.people.provider import Provider
from app.private_files import create_private, make_folder_private
from app.remote.adapter import WsgiAdapter
from app.remote.addresses import AllowedHosts
from app.remote.connection import BadConnection, Credentials, check_host
from app.rights import ALL
from app.sandbox import TOKEN, create_sandbox
from app.sandbox.file import FILE, open_file
from app.sending.background import Background
from app.sending.batch_work import BatchWork
from app.sending.brought_back import Witness
from app.sending.doorbell import Doorbell
from app.sending.journal import FOLDER, Journal
from app.sending.sender import Sender
from app.sending.sweep import archive_for_today, run_sweep
from app.server_addresses import read_database_url
from app.services import Services
from app.setting_values import BadSetting
from app.settings import Settings, read_settings
from app.store.archive_file import derive_key
from app.store.database import Store
from app.store.dialects.sqlite import MOVED, is_move_cut_off, read_place
from app.store.migrations import UnusableDatabase
from app.store.retention import Archiver
from app.store.vault import BadKeys, Vault
from app.web.assets import fingerprint
from app.web.headers import GuardedAnswers
from app.web.request_bounds import LARGEST_REQUEST
from app.web.request_lines import RequestLines
from app.web.sandbox_gate import SandboxGate
from app.web.waiting_list import make_list_of_items

# No name server answers for .invalid (RFC 6761), so nothing of it can leave this process.
_SANDBOX = Credentials("Sandbox", "https://sandbox.invalid", TOKEN, is_sandbox=True)

COMMANDS = (
    explain_command,
    list_rules,
    *backup.COMMANDS,
    *certificates.COMMANDS,
    *doctor.COMMANDS,
    *maintenance.COMMANDS,
    *move.COMMANDS,
    *people.COMMANDS,
    *retention.COMMANDS,
    *send.COMMANDS,
)


class CannotStart(click.ClickException):
    """Something that the app cannot start with; the message says what to change."""


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app; raises `CannotStart`.

    An app that reads its settings from the environment is that of the process, whose log it sets
    up as well.
    """
    try:
        if settings is None:
            settings = read_settings(os.environ)
            logs.set_up(settings.log, settings.secrets)
        return _make(settings)
    except (BadSetting, BadConnection, BadKeys) as error:
        raise CannotStart(f"Campaign Builder did not start. {error}") from error
    except BadRules as error:
        reason = f"a file of calling rules is wrong. {error}."
        raise CannotStart(f"Campaign Builder did not start: {reason}") from error
    except UnusableDatabase as error:
        reason = f"its database cannot be used. {error}"
        raise CannotStart(f"Campaign Builder did not start: {reason}") from error
    except (OSError, DatabaseError) as error:
        what = getattr(error, "filename", None) or "the instance folder"
        reason = str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)
        raise CannotStart(
            f"Campaign Builder did not start: {what} cannot be used ({reason}). "
            "Set INSTANCE to another folder."
        ) from error


def _make(settings: Settings) -> Flask:
    load_rulebook()
    make_folder_private(settings.instance)
    app = _make_flask(settings)
    store = Store(_locate_database(settings))
    sandbox = _make_sandbox(settings, store, [*app.config["TRUSTED_HOSTS"], "sandbox.invalid"])
    allowed = AllowedHosts.of(settings.allow_private_hosts)
    connections = _make_connections(settings, store, sandbox, allowed)
    services = _make_services(app, settings, store, connections, sandbox)
    services.install(app)
    app.extensions["breaches"] = Breaches(settings.breached_passwords_url, allowed)
    web.install(
        app,
        store,
        is_reachable=settings.is_reachable,
        wants_second_factor=settings.require_second_factor,
    )
    for command in COMMANDS:
        app.cli.add_command(command)
    both = DispatcherMiddleware(app.wsgi_app, {"/sandbox": SandboxGate(sandbox, app)})
    count = services.metrics.count_request if services.metrics else None
    app.wsgi_app = RequestLines(GuardedAnswers(both), count)  # type: ignore[method-assign]
    return app


def _make_flask(settings: Settings) -> Flask:
    app = Flask(
        __name__,
        instance_path=str(settings.instance),
        template_folder=str(TEMPLATES),
        static_folder=str(STATIC),
        static_url_path=f"/static/{fingerprint(STATIC)}",
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        SECRET_KEY=settings.secret_key or _read_secret_key(settings.instance / "secret_key"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        TRUSTED_HOSTS=[*LOOPBACK, settings.host, *settings.trusted_hosts],
        METRICS_TOKEN=settings.metrics_token,
        ADDRESS=settings.address,
        PROVIDER_BUTTON=settings.provider.button if settings.provider else "",
    )
    return app


def _make_connections(
    settings: Settings, store: Store, sandbox: Flask, allowed: AllowedHosts
) -> ConnectionRegistry:
    """Make the connections, of which the sandbox is reached within this process."""
    keys = settings.instance / "token_keys"
    return ConnectionRegistry(
        store,
        Vault(keys, settings.token_keys, settings.token_keys_file),
        _list_fixed_connections(settings, allowed),
        Network({_SANDBOX.base_url: WsgiAdapter(sandbox)}, settings.deadline, allowed),
    )


def _make_services(
    app: Flask, settings: Settings, store: Store, connections: ConnectionRegistry, sandbox: Flask
) -> Services:
    """Make what works beside the requests, and tie it together."""
    secret: str = app.config["SECRET_KEY"]
    journal, background = Journal(settings.instance / FOLDER), Background()
    witness = Witness(store, settings.instance, partial(_list_entered, connections))
    is_one_of_many = bool(settings.database_url)
    sender = Sender(store, journal, connections, is_one_of_many=is_one_of_many, witness=witness)
    doorbell = Doorbell(settings.queue_url, settings.instance, secret, answer=sender.wake)
    outbox = Outbox(_make_mailer(settings), background.run)
    public_url = settings.mail.public_url
    list_items = make_list_of_items(app, connections)
    services = Services(
        store=store,
        journal=journal,
        sender=sender,
        doorbell=doorbell,
        background=background,
        batch_work=BatchWork(store, connections, background, doorbell.ring),
        streams=Semaphore(min(2, settings.threads // 4)),
        connections=connections,
        archiver=Archiver(store, settings.keep, settings.archive_folder, derive_key(secret)),
        outbox=outbox,
        public_url=public_url,
        teller=Teller(store, connections, outbox, public_url, list_items, background.run),
        ledger=sandbox.extensions["ledger"],
        faults=sandbox.extensions["faults"],
        account=sandbox.extensions["account"],
        metrics=Metrics(store) if settings.metrics_token else None,
        provider=_make_provider(settings, connections),
    )
    doorbell.sweep = partial(_do_what_is_due, services, witness)
    return services


def _do_what_is_due(services: Services, witness: Witness) -> None:
    """Do what is done every minute: the sweep, of which one machine does most, then the telling."""
    archiver = services.archiver
    archive = partial(services.background.run, "archive", partial(archive_for_today, archiver))
    witness.check()
    run_sweep(
        services.store,
        services.journal,
        services.sender.wake,
        services.batch_work.start,
        archive if archiver.is_set else None,
    )
    services.teller.look()


def _locate_database(settings: Settings) -> Path | URL:
    """Say where campaigns are kept; raises `BadSetting`."""
    moved = settings.instance / MOVED
    if not settings.database_url and moved.exists() and not is_move_cut_off(moved):
        raise BadSetting(
            f"What was in {settings.instance} was moved to PostgreSQL "
            f"({read_place(moved)}): set DATABASE_URL. The database here does not know "
            f"what was sent since; to go on with it all the same, delete {moved}."
        )
    if not settings.database_url:
        return settings.instance / "campaigns.sqlite3"
    return read_database_url(settings.database_url, "DATABASE_URL")


def _list_entered(connections: ConnectionRegistry) -> list[str]:
    return [known.key for known in connections.list_all() if not known.is_built_in]


def _make_mailer(settings: Settings) -> Mailer | None:
    server, sender = settings.mail.server, settings.mail.sender
    return Mailer(server, sender) if server and sender else None


def _make_sandbox(settings: Settings, store: Store, trusted_hosts: list[str]) -> Flask:
    """Make the sandbox where all machines share it; raises `UnusableDatabase`.

    That is the database on PostgreSQL, else a file, for which it raises `DatabaseError`.
    """
    if not settings.database_url:
        return create_sandbox(open_file(settings.instance / FILE), trusted_hosts)
    try:
        return create_sandbox(store.database.writer, trusted_hosts)
    except DatabaseError as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise UnusableDatabase(f"PostgreSQL cannot be used ({reason}).") from error


def _list_fixed_connections(settings: Settings, allowed: AllowedHosts) -> dict[str, Credentials]:
    """Name the connections that nobody enters, the default first."""
    fixed = {SANDBOX: _SANDBOX}
    if settings.token:
        check_host(settings.base_url, allowed)
        live = Credentials("VoiceAIWrapper", settings.base_url, settings.token)
        fixed = {ENVIRONMENT: live} | fixed
    return fixed


def _make_provider(settings: Settings, connections: ConnectionRegistry) -> Provider | None:
    """Make the provider of sign-in, if there is one; raises `BadSetting` for an unknown key."""
    if settings.provider is None:
        return None
    keys = {ALL, *(connection.key for connection in connections.list_all())}
    for entry in settings.provider.roles:
        if entry.key not in keys:
            raise BadSetting(
                f"OIDC_ROLES gives a role at the connection “{entry.key}”, and there is none. The "
                "key of a connection stands in the address of its page."
            )
    return Provider(settings.provider, settings.allow_private_hosts)


def _read_secret_key(path: Path) -> str:
    """Read the key that signs cookies and forms, making it at the first start."""
    create_private(path, secrets.token_hex())
    return path.read_text()
