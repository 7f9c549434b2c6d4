"""Run the app: ``python -m app``."""

import os
import sys
from contextlib import suppress
from functools import partial
from secrets import token_hex

from flask import Flask
from sqlalchemy.exc import DatabaseError
from waitress.proxy_headers import proxy_headers_middleware

from app import LARGEST_REQUEST, CannotStart, create_app, gunicorn_server
from app.gunicorn_server import Served
from app.sending import recording, submission
from app.sending.background import Sender
from app.sending.journal import Journal
from app.sending.recording import recover
from app.sending.submission import GRACE
from app.server import Limits, Server, limit_malloc_arenas, raise_open_file_limit, stop_on_signals
from app.services import find_services
from app.settings import BadSetting, Settings, read_settings
from app.store import seals
from app.store.database import Store


def main() -> None:
    """Serve until stopped; an unusable setting ends it with one sentence."""
    limit_malloc_arenas()
    if gunicorn_server.is_handed_over() or _read_settings().processes > 1:
        _serve_from_processes(_read_settings())
        return
    app = _create_app()
    settings = _read_settings()
    limits = Limits(body=app.config["MAX_CONTENT_LENGTH"], threads=settings.threads)
    try:
        server = Server(app, limits, **_listen(settings))
    except (OSError, ValueError) as error:
        sys.exit(_describe_unusable(settings, error))
    raise_open_file_limit()
    _settle(find_services(app).store, find_services(app).journal)
    stop_on_signals(server)
    _greet(settings, find_services(app).connections.default.name)
    _run(server, find_services(app).sender, settings.deadline + GRACE.total_seconds())


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
    limits = Limits(body=LARGEST_REQUEST, threads=settings.threads)
    try:
        sockets = gunicorn_server.listen(settings.host, settings.port, limits.connections)
    except (OSError, ValueError) as error:
        sys.exit(_describe_unusable(settings, error))
    gunicorn_server.run_apart(partial(_prepare, settings))
    gunicorn_server.Server(
        partial(_make_served, settings),
        limits,
        sockets,
        processes=settings.processes,
        drain_seconds=settings.deadline + GRACE.total_seconds(),
    ).run()


def _prepare(settings: Settings) -> None:
    """Do once what each start does, and find what keeps the processes from starting."""
    services = find_services(_create_app())
    _settle(services.store, services.journal)
    _greet(settings, services.connections.default.name)


def _make_served(settings: Settings) -> Served:
    """Make what one process serves."""
    run = token_hex(4)  # Each process is a run of its own.
    for module in (recording, submission):
        setattr(module, "RUN", run)  # noqa: B010  Not part of its types.
    app = _create_app()
    sender = find_services(app).sender
    return Served(
        proxy_headers_middleware(app, **_trust(settings)) if settings.trusted_proxy else app,
        sender.drain,
        lambda: describe_cut_off(sender.list_under_way()) if sender.list_under_way() else "",
    )


def _settle(store: Store, journal: Journal) -> None:
    """Settle what an earlier run left open, and seal what is there.

    A database that cannot be written just now is found by the first request.
    """
    with suppress(DatabaseError):
        recover(store, journal)
        with store.writing() as session:
            seals.seal(session)


def _run(server: Server, sender: Sender, seconds: float) -> None:
    """Serve until stopped, and end only when no campaign is on its way any more.

    So each outcome is on record. A second signal, or *seconds*, end the wait.
    """
    try:
        server.run()
        if sender.drain(0):
            return
        with suppress(OSError):  # The terminal that was hung up cannot be written to.
            print("Stopping as soon as the campaigns that are being sent are answered.", flush=True)
        if sender.drain(seconds):
            return
    except KeyboardInterrupt:
        pass
    sys.exit(describe_cut_off(sender.list_under_way()))


def describe_cut_off(submissions: list[int]) -> str:
    """Say which submissions have no outcome, as the program ends before there is one."""
    if not submissions:
        return "Stopped. No campaign was being sent."
    numbers = ", ".join(map(str, submissions))
    if len(submissions) == 1:
        return (
            "Stopped. 1 campaign was not answered yet: it is UNKNOWN after the next start "
            f"(submission {numbers})."
        )
    return (
        f"Stopped. {len(submissions)} campaigns were not answered yet: they are UNKNOWN after "
        f"the next start (submissions {numbers})."
    )


def _listen(settings: Settings) -> dict[str, object]:
    listen: dict[str, object] = {"host": settings.host, "port": settings.port}
    if settings.trusted_proxy:
        listen |= _trust(settings) | {"clear_untrusted_proxy_headers": True}
    return listen


def _trust(settings: Settings) -> dict[str, object]:
    """Say whom to believe what about the way that a request came, in the words of waitress."""
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-host"},
    }


def _greet(settings: Settings, connection: str) -> None:
    print(f"Campaign Builder: http://{settings.host}:{settings.port}", flush=True)
    print(f"Campaigns are sent to: {connection}", flush=True)
    if not settings.is_loopback:
        print(
            f"Warning: there is no sign-in yet. Everybody who can reach {settings.host} "
            "can read and send every campaign.",
            flush=True,
        )


if __name__ == "__main__":
    main()
