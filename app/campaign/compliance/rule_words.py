"""The sentences about how reliable a rule is."""

from datetime import date

from app.campaign.compliance.rule import STALE, Rule
from app.campaign.compliance.rule_file import Confidence, Force, SourceKind

NO_ADVICE = "These are cited facts that may be out of date, not legal advice."


def find_caution(rule: Rule, today: date) -> str:
    """Describe why a rule should be verified before anyone relies on it; empty without a reason."""
    return " ".join(
        filter(
            None,
            (
                f"Verify this one: its source is only a page of a {_SOURCE[rule.source_kind]}."
                if rule.confidence is Confidence.C
                else "",
                _FORCE.get(rule.force, ""),
                f"It binds {rule.binds}." if rule.binds else "",
                f"Last checked more than {STALE.days} days ago." if rule.is_stale(today) else "",
            ),
        )
    )


_SOURCE = {
    SourceKind.PRESS: "newspaper",
    SourceKind.VENDOR: "vendor",
    SourceKind.FORUM: "forum",
}
_FORCE = {
    Force.PRESUMPTION: "A presumption, which can be rebutted, and no fixed limit.",
    Force.CODE: "A code of practice, not a law.",
    Force.PLATFORM: "A platform's rule, not a law.",
    Force.CAUTION: "A caution, not a law.",
}
