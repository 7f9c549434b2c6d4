"""Campaign Builder: build a calling campaign, see exactly what it is, send it once.

`create_app` is where the parts meet, and the only place that knows them all.
"""

import os
import secrets
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import backup, upkeep, web
from app.campaign.rulebook import rulebook
from app.connections import ENVIRONMENT, SANDBOX, Connections
from app.explain import explain
from app.remote.adapter import WsgiAdapter
from app.remote.connection import Connection
from app.sandbox import TOKEN, create_sandbox
from app.sender import Sender
from app.settings import LOOPBACK, Settings, read_settings
from app.store.database import Store
from app.store.vault import Vault
from app.web.assets import fingerprint

_ROOT = Path(__file__).resolve().parent.parent
_SANDBOX = Connection("Sandbox", "http://sandbox.localhost", TOKEN, is_sandbox=True)
_LARGEST_REQUEST = 256 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app.

    Raises `BadSetting`, `BadConnection`, `BadKeys` or `BadRules` for what it cannot start with.
    """
    settings = settings or read_settings(os.environ)
    rulebook()
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Flask(
        __name__,
        instance_path=str(settings.instance),
        template_folder=str(_ROOT / "templates"),
        static_folder=str(_ROOT / "static"),
        static_url_path=f"/static/{fingerprint(_ROOT / 'static')}",
    )
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    hosts = [*LOOPBACK, settings.host, *settings.trusted_hosts]
    app.config.update(
        SECRET_KEY=_secret_key(settings.instance / "secret_key"),
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        TRUSTED_HOSTS=hosts,
    )
    sandbox = create_sandbox(settings.instance, trusted_hosts=[*hosts, "sandbox.localhost"])
    store = Store(settings.instance / "campaigns.sqlite3")
    app.extensions["store"] = store
    app.extensions["sender"] = Sender(store)
    app.extensions["connections"] = Connections(
        store,
        Vault(settings.instance / "token_keys", settings.token_keys),
        _fixed_connections(settings),
        {_SANDBOX.base_url: WsgiAdapter(sandbox)},
        settings.deadline,
    )
    for name in ("ledger", "faults"):
        app.extensions[name] = sandbox.extensions[name]
    web.install(app)
    for command in (explain, *backup.COMMANDS, *upkeep.COMMANDS):
        app.cli.add_command(command)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/sandbox": sandbox})  # type: ignore[method-assign]
    return app


def _fixed_connections(settings: Settings) -> dict[str, Connection]:
    """Name the connections that nobody enters, the default first."""
    fixed = {SANDBOX: _SANDBOX}
    if settings.token:
        live = Connection("VoiceAIWrapper", settings.base_url, settings.token)
        fixed = {ENVIRONMENT: live} | fixed
    return fixed


def _secret_key(path: Path) -> str:
    """Read the key that signs cookies and forms, making it at the first start."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex())
    except FileExistsError:
        pass
    return path.read_text()
