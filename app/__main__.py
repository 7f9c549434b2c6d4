"""Run the app: ``python -m app``."""

import os
import sys
from contextlib import suppress

from sqlalchemy.exc import DatabaseError

from app import CannotStart, create_app
from app.sending.background import Sender
from app.sending.journal import Journal
from app.sending.recording import recover
from app.sending.submission import GRACE
from app.server import Limits, Server, limit_malloc_arenas, raise_open_file_limit, stop_on_signals
from app.services import find_services
from app.settings import Settings, read_settings
from app.store import seals
from app.store.database import Store

THREADS = 8


def main() -> None:
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
    _settle(find_services(app).store, find_services(app).journal)
    stop_on_signals(server)
    _greet(settings, find_services(app).connections.default.name)
    _run(server, find_services(app).sender, settings.deadline + GRACE.total_seconds())


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
