"""A server in a process of its own.

``python -m tests.benchmarks.server app FOLDER`` serves the app, ``… bare BYTES`` a view that
reads the same form and returns as many bytes.
"""

import sys
from pathlib import Path

from flask import Flask, request
from waitress import create_server

from app import create_app
from app.__main__ import THREADS
from app.campaign.contract.fields import FIELDS
from app.settings import Settings


def bare(length: int) -> Flask:
    """Make the least that Flask can do with a posted campaign."""
    app, answer = Flask(__name__), "x" * length

    @app.post("/preview")
    def show() -> str:
        for field in FIELDS:
            request.form.getlist(field.name)
        return answer

    return app


if __name__ == "__main__":
    kind, given = sys.argv[1:]
    served = bare(int(given)) if kind == "bare" else create_app(Settings(instance=Path(given)))
    server = create_server(served, host="127.0.0.1", port=0, threads=THREADS)
    print(server.effective_port, flush=True)
    server.run()
