"""Run the app: ``python -m app``; ``python -m app worker`` sends what others have queued."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from types import FrameType

import click
from sqlalchemy.exc import DatabaseError

from app import CannotStart, create_app
from app.sending.recording import recover
from app.sending.submission import GRACE
from app.server import Limits, Server, limit_malloc_arenas, raise_open_file_limit, stop_on_signals
from app.services import Services, find_services
from app.settings import Settings, read_settings
from app.store import seals, submissions

THREADS = 8


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Serve the app; a command does something else."""
    if context.invoked_subcommand is None:
        serve()


def serve() -> None:
    """Serve until stopped; an unusable setting ends it with one sentence."""
    limit_malloc_arenas()
    try:
        app = create_app()
    except CannotStart as error:
        sys.exit(error.message)
    settings = read_settings(os.environ)
    try:
        limits = Limits(body=app.config["MAX_CONTENT_LENGTH"], threads=THREADS)
        server = Server(app, limits, **_listen(settings))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "there is no such host")
        sys.exit(
            f"Campaign Builder did not start: port {settings.port} on {settings.host} cannot be "
            f"used ({reason}). Set PORT or HOST to another."
        )
    raise_open_file_limit()
    services = find_services(app)
    _settle(services)
    stop_on_signals(server)
    if not settings.queue_url:
        _begin_to_send(services)
    _greet(settings, services.connections.default.name)
    _run(server.run, services, settings.deadline + GRACE.total_seconds())


@main.command()
def worker() -> None:
    """Send what waits in the queue, beside any number of other workers, until stopped."""
    settings = read_settings(os.environ)
    if not settings.queue_url:
        sys.exit(
            "The worker did not start: QUEUE_URL is not set. Without it the app sends by itself."
        )
    try:
        services = find_services(create_app(settings))
    except CannotStart as error:
        sys.exit(error.message)
    _settle(services)
    stopped = Event()
    _stop_on_signals(stopped)
    _begin_to_send(services)
    print("The worker sends what waits in the queue.", flush=True)
    _run(stopped.wait, services, settings.deadline + GRACE.total_seconds())


def _stop_on_signals(stopped: Event) -> None:
    """Stop at the first signal; a further one raises `KeyboardInterrupt`."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for later in signals:
            signal.signal(later, signal.default_int_handler)
        stopped.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        signal.signal(number, stop)


def _begin_to_send(services: Services) -> None:
    """Send what waits since an earlier run, and from now on what is rung for.

    A database that cannot be read just now is swept in a minute.
    """
    with suppress(DatabaseError):
        with services.store.reading() as session:
            waiting = submissions.list_waiting_connections(session)
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
        services.doorbell.stop()
        sender.stop()
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
        listen |= {
            "trusted_proxy": settings.trusted_proxy,
            "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-host"},
            "clear_untrusted_proxy_headers": True,
        }
    return listen


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
