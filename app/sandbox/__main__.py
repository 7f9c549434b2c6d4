"""Run the sandbox alone, on this machine only: ``python -m app.sandbox``."""

import os
import sys
from pathlib import Path

from waitress import create_server

from app.sandbox import TOKEN, create_sandbox

_ROOT = Path(__file__).resolve().parents[2]
_HOST = "127.0.0.1"
_HOSTS = (_HOST, "localhost")
_THREADS = 16


def main() -> None:
    """Serve until stopped; a port that cannot be used ends it with one sentence."""
    port = os.environ.get("PORT", "").strip() or "8001"
    instance = _ROOT / (os.environ.get("INSTANCE", "").strip() or "instance")
    try:
        server = create_server(
            create_sandbox(instance, _HOSTS), host=_HOST, port=port, threads=_THREADS, ident=None
        )
    except (OSError, ValueError, OverflowError):
        sys.exit(f"The sandbox did not start: port {port} cannot be used. Set PORT to another.")
    print(f"Sandbox: http://{_HOST}:{port} (token: {TOKEN})", flush=True)
    server.run()


if __name__ == "__main__":
    main()
