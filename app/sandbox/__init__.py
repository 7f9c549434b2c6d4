"""The other side, to rehearse with: the VoiceAIWrapper API as far as it is documented.

A WSGI application of its own. With the form it shares only the contract's table: it
judges raw JSON by a standard validator, so that form and sandbox check each other.

    (fault) → request → token → strict JSON (bytes to one object) → judge → ledger → 201
                 └──────────┴─────────────────────────────────┴→ 4xx, in one envelope
"""

from collections.abc import Sequence

from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import Engine

from app.files import TEMPLATES
from app.sandbox import api, envelope, pages
from app.sandbox.account import Account
from app.sandbox.ledger import Ledger
from app.sandbox.rehearsal import Rehearsal
from app.sandbox.switch import Faults
from app.sandbox.tables import make_tables, writing

TOKEN = api.TOKEN
LARGEST_REQUEST = 256 * 1024


def create_sandbox(engine: Engine, trusted_hosts: Sequence[str] | None = None) -> Flask:
    """Make the sandbox; what it creates is kept in this database, a file of its own or the app's.

    Without *trusted_hosts* it answers to any host name. Raises `DatabaseError`.
    """
    with writing(engine) as connection:
        make_tables(connection)
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
    sandbox.extensions["ledger"] = Ledger(engine)
    sandbox.extensions["account"] = Account(engine)
    sandbox.extensions["faults"] = faults = Faults(engine)
    sandbox.register_blueprint(api.bp)
    sandbox.register_blueprint(pages.bp)
    envelope.install(sandbox)
    sandbox.wsgi_app = Rehearsal(sandbox.wsgi_app, faults)  # type: ignore[method-assign]
    return sandbox
