"""Serve the sandbox as somebody else's API, in a process of its own, with a token that is secret.

``python -m tests.faults.api PORT FOLDER TOKEN``
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from waitress import serve

from app.sandbox import TOKEN, create_sandbox
from app.sandbox.file import FILE, open_file

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

THREADS = 32


def main() -> None:
    """Serve until stopped."""
    port, folder, token = sys.argv[1:]
    sandbox = create_sandbox(open_file(Path(folder) / FILE))

    def with_a_secret(environ: "WSGIEnvironment", start_response: "StartResponse") -> object:
        if environ.get("HTTP_AUTHORIZATION") == f"Bearer {token}":
            environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
        return sandbox(environ, start_response)

    serve(with_a_secret, host="127.0.0.1", port=int(port), threads=THREADS, _quiet=True)


if __name__ == "__main__":
    main()
