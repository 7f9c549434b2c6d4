"""Campaign Builder: build a calling campaign, see exactly what it is, send it once.

`create_app` is where the parts meet, and the only place that knows them all.
"""

import os
import secrets
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import web
from app.campaign.rulebook import rulebook
from app.explain import explain
from app.remote.adapter import WsgiAdapter
from app.remote.client import CampaignApi
from app.remote.connection import Connection
from app.sandbox import TOKEN, create_sandbox
from app.settings import LOOPBACK, Settings, read_settings
from app.store.database import Store
from app.web.assets import fingerprint

_ROOT = Path(__file__).resolve().parent.parent
_SANDBOX = Connection("Sandbox", "http://sandbox.localhost", TOKEN, is_sandbox=True)
_LARGEST_REQUEST = 256 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app.

    Raises `BadSetting`, `BadConnection` or `BadRules` for what it cannot start with.
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
    app.extensions["store"] = Store(settings.instance / "campaigns.sqlite3")
    app.extensions["api"] = CampaignApi(
        _connection(settings), {_SANDBOX.base_url: WsgiAdapter(sandbox)}
    )
    app.extensions["ledger"] = sandbox.extensions["ledger"]
    web.install(app)
    app.cli.add_command(explain)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/sandbox": sandbox})  # type: ignore[method-assign]
    return app


def _connection(settings: Settings) -> Connection:
    if not settings.token:
        return _SANDBOX
    return Connection("VoiceAIWrapper", settings.base_url, settings.token)


def _secret_key(path: Path) -> str:
    """Read the key that signs cookies and forms, making it at the first start."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex())
    except FileExistsError:
        pass
    return path.read_text()
