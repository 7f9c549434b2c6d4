"""Run the sandbox alone, on this machine only: ``python -m app.sandbox``."""

import os
import sys
from contextlib import suppress

from app import logs
from app.files import HOME
from app.sandbox import LARGEST_REQUEST, TOKEN, create_sandbox
from app.sandbox.file import FILE, open_file
from app.server import Limits, Server, raise_open_file_limit, stop_on_signals
from app.settings import BadSetting, read_log_settings

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
    instance = HOME / (os.environ.get("INSTANCE", "").strip() or "instance")
    try:
        sandbox = create_sandbox(open_file(instance / FILE), _HOSTS)
        server = Server(sandbox, _LIMITS, host=_HOST, port=port)
    except (OSError, ValueError, OverflowError):
        sys.exit(f"The sandbox did not start: port {port} cannot be used. Set PORT to another.")
    raise_open_file_limit()
    stop_on_signals(server)
    print(f"Sandbox: http://{_HOST}:{port} (token: {TOKEN})", flush=True)
    with suppress(KeyboardInterrupt):
        server.run()


if __name__ == "__main__":
    main()
