"""The other side, to rehearse with: the VoiceAIWrapper API as far as it is documented.

A WSGI application of its own. With the form it shares only the contract's table: it
judges raw JSON by a standard validator, so that form and sandbox check each other.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from app.campaign.contract import CAMPAIGNS_PATH, FIELDS
from app.campaign.schema import openapi
from app.campaign.wording import WORDS
from app.sandbox.assumptions import ASSUMPTIONS
from app.sandbox.intake import Malformed, json_object
from app.sandbox.judge import faults
from app.sandbox.ledger import Ledger
from app.sandbox.sample import SAMPLE

TOKEN = "sandbox"  # noqa: S105  It opens nothing but this.
LARGEST_REQUEST = 1_000_000
_ROOT = Path(__file__).resolve().parent.parent.parent
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def create_sandbox(instance: Path, trusted_hosts: Sequence[str] | None = None) -> Flask:
    """Make the sandbox; what it is sent is kept in a file of its own under *instance*."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    sandbox = Flask(
        __name__, static_folder=None, template_folder=str(_ROOT / "templates" / "sandbox")
    )
    sandbox.json.sort_keys = False  # type: ignore[attr-defined]
    sandbox.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, TRUSTED_HOSTS=trusted_hosts)
    sandbox.extensions["ledger"] = ledger = Ledger(instance / "sandbox.sqlite3")
    _add_pages(sandbox)
    _add_api(sandbox, ledger)
    sandbox.register_error_handler(HTTPException, _refused)
    sandbox.register_error_handler(Exception, _failed)
    sandbox.after_request(_guard)
    return sandbox


def _add_api(sandbox: Flask, ledger: Ledger) -> None:
    @sandbox.post(CAMPAIGNS_PATH, provide_automatic_options=False)
    def create() -> tuple[Response, int]:
        if request.authorization is None or request.authorization.token != TOKEN:
            return _error(401, "Send the header “Authorization: Bearer sandbox”.")
        if request.mimetype != "application/json" or not _is_utf8():
            return _error(415, "Send the body as application/json, in UTF-8.")
        try:
            document = json_object(request.get_data())
        except Malformed as error:
            return _error(400, str(error))
        if found := faults(document):
            return _error(422, "Some fields need a change.", found)
        return jsonify(_created(ledger.add(document), document)), 201


def _add_pages(sandbox: Flask) -> None:
    @sandbox.get("/openapi.json", provide_automatic_options=False)
    def description() -> Response:
        document = openapi(SAMPLE)
        return jsonify(document | {"servers": [{"url": request.root_url.rstrip("/")}]})

    @sandbox.get("/", provide_automatic_options=False)
    def reference() -> str:
        return render_template(
            "reference.html",
            fields=FIELDS,
            words=WORDS,
            assumptions=ASSUMPTIONS,
            path=CAMPAIGNS_PATH,
            token=TOKEN,
            sample=SAMPLE,
        )

    @sandbox.get("/sandbox.css", provide_automatic_options=False)
    def style() -> Response:
        return Response((_ROOT / "static/css/sandbox.css").read_bytes(), mimetype="text/css")


def _is_utf8() -> bool:
    return request.mimetype_params.get("charset", "utf-8").lower() in {"utf-8", "utf8"}


def _created(campaign_id: str, document: dict[str, object]) -> dict[str, object]:
    return {
        "status": "success",
        "message": "Campaign created successfully",
        "data": {
            "campaign_id": campaign_id,
            "campaign_name": document["name"],
            "campaign_type": document["type"],
            "campaign_status": "DRAFT",
        },
    }


def _error(
    status: int, message: str, errors: dict[str, list[str]] | None = None
) -> tuple[Response, int]:
    answer = jsonify(
        {"status": "error", "message": message} | ({"errors": errors} if errors else {})
    )
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer, status


def _refused(error: HTTPException) -> Response:
    answer, status = _error(error.code or 500, error.description or error.name)
    answer.status_code = status
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            answer.headers[name] = value
    return answer


def _failed(error: Exception) -> tuple[Response, int]:
    logging.getLogger(__name__).error("Unexpected", exc_info=error)
    return _error(500, "The sandbox failed, which it should not.")


def _guard(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer
