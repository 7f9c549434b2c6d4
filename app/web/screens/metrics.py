"""What Prometheus reads, for who has its token; for anybody else there is no such address."""

from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import Rule

from app.metrics import CONTENT_TYPE
from app.services import find_services

bp = Blueprint("metrics", __name__)


@bp.record
def _add_address(state: BlueprintSetupState) -> None:
    """Add the address for every method: to refuse some as others do would give it away."""
    endpoint = f"{bp.name}.{show.__name__}"
    state.app.url_map.add(Rule("/metrics", endpoint=endpoint))
    state.app.view_functions[endpoint] = show


def show() -> Response:
    metrics = find_services().metrics
    if metrics is None or request.method not in {"GET", "HEAD"} or not _has_token():
        abort(404)
    return Response(metrics.write(), content_type=CONTENT_TYPE)


def _has_token() -> bool:
    sent = request.authorization
    if sent is None or sent.type != "bearer":
        return False
    token: str = current_app.config["METRICS_TOKEN"]
    return compare_digest((sent.token or "").encode(), token.encode())
