"""All rules of calling that are known here, and for which places nobody has looked."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from app.campaign.compliance.finding_words import caution
from app.campaign.compliance.rule_list import jurisdictions

bp = Blueprint("rulebook", __name__)


@bp.get("/rules")
def show() -> str:
    today = datetime.now(UTC).date()
    found = jurisdictions()
    cautions = {rule.id: caution(rule, today) for one in found for rule in one.rules}
    return render_template("rulebook/show.html", jurisdictions=found, cautions=cautions)
