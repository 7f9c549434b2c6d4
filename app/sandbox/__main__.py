"""Run the sandbox alone, on this machine only: ``python -m app.sandbox``."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DatabaseError

from app import logs
from app.files import HOME
from app.sandbox import LARGEST_REQUEST, TOKEN, create_sandbox
from app.sandbox.file import FILE, open_file
from app.server import Limits, Server, raise_open_file_limit, stop_on_signals
from app.setting_values import BadSetting
from app.settings import read_log_settings

_HOST = "127.0.0.1"
_HOSTS = (_HOST, "localhost")
_LIMITS = Limits(body=2 * LARGEST_REQUEST, threads=16)
"""Twice its own limit for a body, so that it can mostly answer in its own words."""


def main() -> None:
    """Serve until stopped; a setting that cannot be used ends it with one sentence."""
    try:
        logs.set_up(read_log_settings(os.environ))
    except BadSetting as error:
        sys.exit(f"The sandbox did not start. {error}")
    port = os.environ.get("PORT", "").strip() or "8001"
    sandbox = _make_sandbox(HOME / (os.environ.get("INSTANCE", "").strip() or "instance"))
    try:
        server = Server(sandbox, _LIMITS, host=_HOST, port=port)
    except (OSError, ValueError, OverflowError):
        sys.exit(f"The sandbox did not start: port {port} cannot be used. Set PORT to another.")
    raise_open_file_limit()
    stop_on_signals(server.stop)
    print(f"Sandbox: http://{_HOST}:{port} (token: {TOKEN})", flush=True)
    with suppress(KeyboardInterrupt):
        server.run()


def _make_sandbox(instance: Path) -> Flask:
    try:
        return create_sandbox(open_file(instance / FILE), _HOSTS)
    except OSError as error:
        reason = error.strerror or str(error)
        sys.exit(
            f"The sandbox did not start: {instance} cannot be used ({reason}). "
            "Set INSTANCE to another folder."
        )
    except DatabaseError as error:
        sys.exit(
            f"The sandbox did not start: {instance / FILE} cannot be read ({error.orig}). "
            "Move it away: the sandbox makes another."
        )


if __name__ == "__main__":
    main()
