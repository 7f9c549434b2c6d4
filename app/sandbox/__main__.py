"""Run the sandbox alone: ``python -m app.sandbox``."""

import os

from waitress import serve

from app.sandbox import TOKEN, create_sandbox
from app.settings import LOOPBACK, read_settings


def main() -> None:
    """Serve the sandbox until stopped."""
    settings = read_settings(os.environ)
    address = f"http://{settings.host}:{settings.port}"
    print(f"Sandbox: {address} (token: {TOKEN})", flush=True)
    sandbox = create_sandbox(settings.instance, [*LOOPBACK, settings.host])
    serve(sandbox, host=settings.host, port=settings.port, ident=None)


if __name__ == "__main__":
    main()
