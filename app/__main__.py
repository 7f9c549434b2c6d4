"""Run the app: ``python -m app``."""

import os
import signal
import sys

from flask import Flask
from waitress import create_server

from app import create_app
from app.campaign.rule_file import BadRules
from app.remote.connection import BadConnection
from app.settings import BadSetting, Settings, read_settings
from app.store.migrations import UnusableDatabase
from app.store.vault import BadKeys
from app.submission import GRACE, recover

THREADS = 16


def main() -> None:
    """Serve until stopped; settings that cannot be meant end it with one sentence."""
    try:
        settings = read_settings(os.environ)
        app = create_app(settings)
    except (BadSetting, BadConnection, BadKeys) as error:
        sys.exit(f"Campaign Builder did not start. {error}")
    except BadRules as error:
        sys.exit(f"Campaign Builder did not start: a file of calling rules is wrong. {error}.")
    except UnusableDatabase as error:
        sys.exit(f"Campaign Builder did not start: its database cannot be used. {error}")
    except OSError as error:
        sys.exit(
            f"Campaign Builder did not start: {error.filename} cannot be used ({error.strerror}). "
            "Set INSTANCE to another folder."
        )
    try:
        server = create_server(app, threads=THREADS, ident=None, **_listen(settings))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "there is no such host")
        sys.exit(
            f"Campaign Builder did not start: port {settings.port} on {settings.host} cannot be "
            f"used ({reason}). Set PORT or HOST to another."
        )
    recover(app.extensions["store"])
    _greet(settings, app.extensions["connections"].default.name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    server.run()
    server.close()
    _end_what_is_sent(app, settings.deadline)


def _end_what_is_sent(app: Flask, deadline: float) -> None:
    """Stop only when no campaign is on its way any more, so that each outcome is on record."""
    sender = app.extensions["sender"]
    if sender.drain(0):
        return
    print("Stopping as soon as the campaigns that are being sent are answered.", flush=True)
    try:
        sender.drain(deadline + GRACE.total_seconds())
    except KeyboardInterrupt:
        sys.exit("Stopped. What was not answered yet is UNKNOWN after the next start.")


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
