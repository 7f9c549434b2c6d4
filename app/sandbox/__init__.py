"""The other side, to rehearse with: the VoiceAIWrapper API as far as it is documented.

A WSGI application of its own. With the form it shares only the contract's table: it
judges raw JSON by a standard validator, so that form and sandbox check each other.

    (fault) → request → token → strict JSON (bytes to one object) → judge → ledger → 201
                 └──────────┴─────────────────────────────────┴→ 4xx, in one envelope
"""

from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from app.files import TEMPLATES
from app.sandbox import api, envelope, pages
from app.sandbox.ledger import Ledger
from app.sandbox.rehearsal import Rehearsal
from app.sandbox.switch import Faults

TOKEN = api.TOKEN
LARGEST_REQUEST = 256 * 1024


def create_sandbox(instance_path: Path, trusted_hosts: Sequence[str] | None = None) -> Flask:
    """Make the sandbox; what it creates is kept in a file of its own under *instance_path*.

    Without *trusted_hosts* it answers to any host name.
    """
    instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    sandbox = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    sandbox.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True}
    sandbox.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it.
    sandbox.jinja_env.policies["json.dumps_kwargs"] = {}  # Or the sample would be sorted by name.
    sandbox.url_map.merge_slashes = False  # A POST must not be answered with a redirect.
    sandbox.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        TRUSTED_HOSTS=list(trusted_hosts) if trusted_hosts else None,
    )
    file = instance_path / "sandbox.sqlite3"
    sandbox.extensions["ledger"] = Ledger(file)
    sandbox.extensions["faults"] = faults = Faults(file)
    sandbox.register_blueprint(api.bp)
    sandbox.register_blueprint(pages.bp)
    envelope.install(sandbox)
    sandbox.wsgi_app = Rehearsal(sandbox.wsgi_app, faults)  # type: ignore[method-assign]
    return sandbox
