"""Run the app: ``python -m app``; ``python -m app worker`` sends what others have queued."""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from queue import Empty, SimpleQueue
from ssl import SSLContext

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import DatabaseError
from waitress.proxy_headers import proxy_headers_middleware

from app import COMMANDS, CannotStart, create_app, gunicorn_server, logs
from app.cli.stopping import describe_cut_off
from app.gunicorn_connection import make_tls
from app.gunicorn_server import Served
from app.metrics import counting_together
from app.sending.recording import recover
from app.sending.submission import GRACE
from app.server import Limits, Server, limit_malloc_arenas, raise_open_file_limit, stop_on_signals
from app.services import Services, find_services
from app.setting_values import BadSetting
from app.settings import Settings, TlsFiles, read_settings
from app.store import accounts, join_links, queued, seals
from app.store.accounts import ALL_ACCOUNTS
from app.version import VERSION
from app.web.request_bounds import LARGEST_REQUEST

_TURN = 1.0
"""Seconds after which a signal is heard that came at the wrong moment."""


@click.group(invoke_without_command=True)
@click.version_option(VERSION, prog_name="Campaign Builder", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Serve the app; a command does something else."""
    context.obj = ScriptInfo(create_app=_create_app_for_command)
    if context.invoked_subcommand is None:
        serve()


def serve() -> None:
    """Serve until stopped; an unusable setting ends it with one sentence."""
    limit_malloc_arenas()
    settings = _read_settings()
    if gunicorn_server.is_handed_over() or settings.processes > 1 or settings.tls:
        _serve_from_processes(settings)
        return
    app = _create_app()
    limits = Limits(body=app.config["MAX_CONTENT_LENGTH"], threads=settings.threads)
    try:
        server = Server(app, limits, **_listen(settings))
    except (OSError, ValueError) as error:
        sys.exit(_describe_unusable(settings, error))
    raise_open_file_limit()
    services = find_services(app)
    _settle(services)
    stop_on_signals(server.stop)
    _begin_to_send(settings, services)
    _greet(settings, services)
    _run(server.run, services, settings.deadline + GRACE.total_seconds())


@main.command("worker", help="Send what waits in the queue, beside any number of other workers.")
def worker_command() -> None:
    work()


def work() -> None:
    """Send what waits in the queue until stopped; an unusable setting ends it with one sentence."""
    settings = _read_settings()
    if not settings.queue_url:
        sys.exit(
            "The worker did not start: QUEUE_URL is not set. Without it the app sends by itself."
        )
    services = find_services(_create_app())
    _settle(services)
    stopped: SimpleQueue[None] = SimpleQueue()
    stop_on_signals(partial(stopped.put, None))
    _send_from_now_on(services)
    print("The worker sends what waits in the queue.", flush=True)
    _run(partial(_wait_for, stopped), services, settings.deadline + GRACE.total_seconds())


def _wait_for(stopped: SimpleQueue[None]) -> None:
    """Wait until something is put in, by a signal handler as well.

    An `Event` could not be set by one: it interrupts the very thread that may hold the event's
    lock. A signal that comes just before the wait begins is heard at its next turn.
    """
    while True:
        with suppress(Empty):
            return stopped.get(timeout=_TURN)


def _read_settings() -> Settings:
    try:
        return read_settings(os.environ)
    except BadSetting as error:
        sys.exit(f"Campaign Builder did not start. {error}")


def _create_app() -> Flask:
    try:
        return create_app()
    except CannotStart as error:
        sys.exit(error.message)


def _create_app_for_command() -> Flask:
    """Make the app; where it cannot start, a command can do nothing, and ends with 2."""
    try:
        return create_app()
    except CannotStart as error:
        click.echo(error.message, err=True)
        sys.exit(2)


def _describe_unusable(settings: Settings, error: OSError | ValueError) -> str:
    reason = "there is no such host"
    if isinstance(error, OSError):
        reason = os.strerror(error.errno or 0)
    return (
        f"Campaign Builder did not start: port {settings.port} on {settings.host} cannot be "
        f"used ({reason}). Set PORT or HOST to another."
    )


def _serve_from_processes(settings: Settings) -> None:
    """Serve from several processes, each with an app of its own."""
    logs.set_up(settings.log, settings.secrets)
    limits = Limits(body=LARGEST_REQUEST, threads=settings.threads)
    tls = _make_tls(settings.tls) if settings.tls else None
    try:
        sockets = gunicorn_server.listen(settings.host, settings.port, limits.connections)
    except (OSError, ValueError) as error:
        sys.exit(_describe_unusable(settings, error))
    gunicorn_server.run_apart(partial(_prepare, settings))
    server = gunicorn_server.Server(
        partial(_make_served, settings, tls),
        limits,
        sockets,
        processes=settings.processes,
        drain_seconds=settings.deadline + GRACE.total_seconds(),
    )
    with counting_together() if settings.metrics_token else nullcontext():
        server.run()


def _prepare(settings: Settings) -> None:
    """Do once what each start does, and find what keeps the processes from starting."""
    services = find_services(_create_app())
    _settle(services)
    _greet(settings, services)


def _make_tls(files: TlsFiles) -> SSLContext:
    """Make what TLS is spoken by; ends the program where that cannot be."""
    try:
        return make_tls(files.certificate, files.key)
    except OSError as error:
        sys.exit(
            "Campaign Builder did not start: TLS_CERTIFICATE and TLS_KEY cannot be used "
            f"({error.strerror or error}). They are files in PEM, the key without a password."
        )


def _make_served(settings: Settings, tls: SSLContext | None) -> Served:
    """Make what one process serves."""
    app = _create_app()
    services = find_services(app)
    _begin_to_send(settings, services)

    def drain(seconds: float) -> bool:
        _stop_sending(services)
        return services.sender.drain(seconds)

    def describe() -> str:
        under_way = services.sender.list_under_way()
        return describe_cut_off(under_way) if under_way else ""

    is_trusting = bool(settings.trusted_proxy)
    application = proxy_headers_middleware(app, **_trust(settings)) if is_trusting else app
    return Served(application, drain, describe, tls)


def _begin_to_send(settings: Settings, services: Services) -> None:
    """Send in this process, unless workers do."""
    if not settings.queue_url:
        _send_from_now_on(services)


def _send_from_now_on(services: Services) -> None:
    """Send what waits since an earlier run, and from now on what is rung for.

    A database that cannot be read just now is swept in a minute.
    """
    with suppress(DatabaseError):
        with services.store.reading() as session:
            waiting = queued.list_waiting_connections(session)
        for connection_key in waiting:
            services.sender.wake(connection_key)
    services.doorbell.listen()


def _settle(services: Services) -> None:
    """Settle what an earlier run left open, and seal what is there.

    A database that cannot be written just now is found by the first request.
    """
    with suppress(DatabaseError):
        recover(services.store, services.journal)
        with services.store.writing() as session:
            seals.seal(session)


def _run(work: Callable[[], object], services: Services, seconds: float) -> None:
    """Work until stopped, and end only when no campaign is on its way any more.

    So each outcome is on record. A second signal, or *seconds*, end the wait.
    """
    sender = services.sender
    try:
        work()
        _stop_sending(services)
        if sender.drain(0):
            return
        with suppress(OSError):  # The terminal that was hung up cannot be written to.
            print("Stopping as soon as the campaigns that are being sent are answered.", flush=True)
        if sender.drain(seconds):
            return
    except KeyboardInterrupt:
        pass
    sys.exit(describe_cut_off(sender.list_under_way()))


def _stop_sending(services: Services) -> None:
    """Claim nothing more; what waits stays in the queue."""
    services.doorbell.stop()
    services.sender.stop()


def _listen(settings: Settings) -> dict[str, object]:
    listen: dict[str, object] = {"host": settings.host, "port": settings.port}
    if settings.trusted_proxy:
        listen |= _trust(settings) | {"clear_untrusted_proxy_headers": True}
    return listen


def _trust(settings: Settings) -> dict[str, object]:
    """Say whom to believe what about the way that a request came, in the words of waitress."""
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
    }


def _greet(settings: Settings, services: Services) -> None:
    scheme = "https" if settings.tls else "http"
    address = f"{scheme}://{settings.host}:{settings.port}"
    print(f"Campaign Builder: {address}", flush=True)
    print(f"Campaigns are sent to: {services.connections.default.name}", flush=True)
    if settings.is_reachable and (key := _make_first_link(services)):
        print(
            "Nobody has an account, and others can reach this machine: nothing is served until "
            f"somebody makes the first account, within {join_links.HOURS} hours, "
            f"at {settings.address}/join/{key}",
            flush=True,
        )


def _make_first_link(services: Services) -> str:
    """Make the link of the first account; nothing if there is an account, or no database now."""
    with suppress(DatabaseError), services.store.writing(ALL_ACCOUNTS) as session:
        if not accounts.is_any_active(session):
            return join_links.make_first(session)
    return ""


for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main()
