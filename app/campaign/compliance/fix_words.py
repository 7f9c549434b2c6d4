"""The sentences about changes that would keep a rule, in the words of the form."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from app.campaign.compliance.evidence import Finding, OnHolidays, OutsideHours, TooMany
from app.campaign.compliance.fixes import Fix
from app.campaign.contract.fields import FIELD, ValueKind
from app.campaign.contract.wording import WORDS
from app.campaign.formatting import format_clock, format_weekdays


def describe_fixes(finding: Finding, fixes: Iterable[Fix]) -> str:
    """Describe which changes of the settings would keep the rule, or what to do if none would."""
    phrases = [describe_fix(fix) for fix in fixes]
    if phrases:
        # A change of the attempts is worked out for all limits together.
        what = "all limits of attempts" if isinstance(finding.evidence, TooMany) else "it"
        return f"To keep {what}, set {', or '.join(phrases)}."
    if isinstance(finding.evidence, OutsideHours):
        return "No one window keeps it: choose other days, or split the campaign by place."
    if isinstance(finding.evidence, OnHolidays):
        return "The API has no field for holidays: split the campaign, or pause it by hand."
    if isinstance(finding.evidence, TooMany):
        return "Ask for fewer attempts, or for a longer gap between them."
    return ""


def describe_fix(fix: Fix) -> str:
    """Describe a change as part of a sentence: the start of calling to 14:00."""
    parts = [f"{WORDS[name].thing} to {format_value(name, new)}" for name, new in fix.changes]
    return " and ".join(parts)


def format_value(name: str, value: Any) -> str:
    """Format one value of a field for a person; `None` is a dash."""
    if value is None:
        return "–"
    kind = FIELD[name].kind
    if kind is ValueKind.DAYS:
        return format_weekdays(value)
    if isinstance(value, time):
        return format_clock(value)
    return f"{value:,}" if kind is ValueKind.COUNT else str(value)
