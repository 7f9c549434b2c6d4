"""What this program is, which versions are in use, and how it is set up."""

from shutil import disk_usage

from flask import Blueprint, current_app, render_template
from sqlalchemy.exc import SQLAlchemyError

from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.timezones.zones import ZONE_DATA_LOCKED, ZONE_DATA_VERSION
from app.files import LEAST_FREE
from app.rights import Right
from app.services import connections, find_services, store
from app.store.migrations import HEAD, read_revision
from app.web.access import SIGNED_IN, may, needs
from app.web.panel.panel import find_public_url

bp = Blueprint("about", __name__)


@bp.get("/about")
@needs(SIGNED_IN)
def show() -> str:
    book = load_rulebook()
    return render_template(
        "about/show.html",
        zone_data=ZONE_DATA_VERSION,
        zone_data_locked=ZONE_DATA_LOCKED,
        rules=len(book.rules),
        presets=len(book.presets),
        rules_version=book.version,
        rules_checked=min(rule.checked_on for rule in book.rules),
        to=connections().default if may(Right.VIEW, "") else None,
        url=find_public_url(connections().default),
    )


@bp.get("/healthz")
def tell_health() -> str:
    """Tell that the app is alive, whatever else is not."""
    return "ok"


@bp.get("/readyz")
def tell_readiness() -> tuple[dict[str, str], int]:
    """Tell whether the app can do its work.

    That is to read the database, at its schema, to write files, and to reach the queue's server.
    """
    parts = {"database": _check_database(), "disk": _check_disk()}
    doorbell = find_services().doorbell
    if doorbell.has_server:
        parts["queue"] = "ok" if doorbell.is_reachable() else "cannot be reached"
    return parts, 200 if set(parts.values()) == {"ok"} else 503


def _check_database() -> str:
    try:
        with store().reading() as session:
            is_present = read_revision(session.connection()) == HEAD
    except SQLAlchemyError:
        return "cannot be read"
    return "ok" if is_present else "is of another version"


def _check_disk() -> str:
    return "ok" if disk_usage(current_app.instance_path).free > LEAST_FREE else "is nearly full"
