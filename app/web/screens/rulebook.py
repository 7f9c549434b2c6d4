"""All rules of calling that are known here, and for which places nobody has looked."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from app.campaign.compliance.rule_list import list_jurisdictions
from app.campaign.compliance.rule_words import find_caution
from app.web.access import SIGNED_IN, needs

bp = Blueprint("rulebook", __name__)


@bp.get("/rules")
@needs(SIGNED_IN)
def show() -> str:
    today = datetime.now(UTC).date()
    jurisdictions = list_jurisdictions()
    cautions = {
        rule.id: find_caution(rule, today)
        for jurisdiction in jurisdictions
        for rule in jurisdiction.rules
    }
    return render_template("rulebook/show.html", jurisdictions=jurisdictions, cautions=cautions)
