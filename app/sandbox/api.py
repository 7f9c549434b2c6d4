"""The one documented call: create a voice campaign."""

from typing import Any, cast

from flask import Blueprint, Response, current_app, request

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.campaign.contract.strict_json import Malformed, parse_object
from app.sandbox.account import Account
from app.sandbox.envelope import answer_error, answer_success
from app.sandbox.judge import find_errors
from app.sandbox.ledger import Kept, Ledger

TOKEN = "sandbox"  # noqa: S105  # It opens nothing but this.

bp = Blueprint("api", __name__)


@bp.post(CAMPAIGNS_PATH)
def create() -> Response:
    """Create the campaign that was sent, or say what keeps it from being one."""
    if not _has_token():
        return answer_error(401, f"Send the header “Authorization: Bearer {TOKEN}”.")
    if request.mimetype != "application/json" or not _is_utf8():
        return answer_error(415, "Send the body as application/json, in UTF-8.")
    try:
        document = parse_object(request.get_data())
    except Malformed as error:
        return answer_error(400, str(error))
    if errors := find_errors(document) or _account().find_unknown(document):
        return answer_error(422, "Nothing was created. Some fields need a change.", errors)
    return answer_success(
        201, "Campaign created successfully", _write_data(_ledger().add(document))
    )


def _has_token() -> bool:
    authorization = request.authorization
    return (
        authorization is not None
        and authorization.type == "bearer"
        and authorization.token == TOKEN
    )


def _is_utf8() -> bool:
    return request.mimetype_params.get("charset", "utf-8").lower() in {"utf-8", "utf8"}


def _ledger() -> Ledger:
    return cast(Ledger, current_app.extensions["ledger"])


def _account() -> Account:
    return cast(Account, current_app.extensions["account"])


def _write_data(campaign: Kept) -> dict[str, Any]:
    return {
        "campaign_id": campaign.campaign_id,
        "campaign_name": campaign.name,
        "campaign_type": campaign.type,
        "campaign_status": "DRAFT",
    }
