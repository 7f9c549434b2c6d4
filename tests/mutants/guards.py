"""Which tests guard which module: the nearest first, since most mutants fall there already."""

from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDERS = ("app/campaign/compliance", "app/sending")
"""Whose modules are mutated."""

_NEAREST: Mapping[str, Sequence[str]] = {
    "app/campaign/compliance/acceptance.py": ["tests/web/test_acceptance.py"],
    "app/campaign/compliance/audience_words.py": [
        "tests/campaign/compliance/test_audience.py",
        "tests/campaign/compliance/test_coverage.py",
    ],
    "app/campaign/compliance/evidence.py": [
        "tests/campaign/compliance/test_findings.py",
        "tests/campaign/compliance/test_outside.py",
    ],
    "app/campaign/compliance/fitting.py": ["tests/web/screens/test_presets.py"],
    "app/campaign/compliance/fix_words.py": ["tests/campaign/compliance/test_finding_words.py"],
    "app/campaign/compliance/hours_chart.py": ["tests/campaign/compliance/test_allowed_hours.py"],
    "app/campaign/compliance/hours_words.py": ["tests/campaign/compliance/test_finding_words.py"],
    "app/campaign/compliance/outside.py": [
        "tests/campaign/compliance/test_outside.py",
        "tests/campaign/compliance/test_findings.py",
    ],
    "app/campaign/compliance/rule.py": ["tests/campaign/compliance/test_rulebook.py"],
    "app/campaign/compliance/rule_list.py": ["tests/web/screens/test_rulebook.py"],
    "app/campaign/compliance/rule_words.py": ["tests/campaign/compliance/test_finding_words.py"],
    "app/sending/approval.py": [
        "tests/web/test_approval.py",
        "tests/web/test_batch_approval.py",
        "tests/web/test_comments.py",
    ],
    "app/sending/approving.py": ["tests/web/test_approval.py", "tests/web/test_comments.py"],
    "app/sending/call_record.py": ["tests/sending/test_submission_record.py"],
    "app/sending/confirmation.py": [
        "tests/sending/test_confirmation.py",
        "tests/web/test_approval.py",
    ],
    "app/sending/connection_test.py": ["tests/web/screens/test_connection_checks.py"],
    "app/sending/outcome.py": [
        "tests/sending/test_submission.py",
        "tests/sending/test_submission_record.py",
    ],
    "app/sending/press.py": ["tests/sending/test_batch_queue.py", "tests/sending/test_queue.py"],
    "app/sending/recording.py": [
        "tests/sending/test_recording.py",
        "tests/sending/test_submission.py",
        "tests/sending/test_journal.py",
        "tests/sending/test_late_answers.py",
        "tests/sending/test_settlement.py",
    ],
    "app/sending/resolution.py": [
        "tests/sending/test_submission.py",
        "tests/sending/test_submission_record.py",
    ],
    "app/sending/settlement.py": [
        "tests/sending/test_settlement.py",
        "tests/sending/test_submission_record.py",
        "tests/sending/test_late_answers.py",
    ],
}
"""For what has no test module of its own name."""

_WIDER: Mapping[str, Sequence[Sequence[str]]] = {
    "app/campaign/compliance": (
        ("tests/campaign/compliance",),
        (
            "tests/campaign/test_explanation.py",
            "tests/campaign/test_summary.py",
            "tests/campaign/test_advice.py",
            "tests/campaign/test_day_advice.py",
            "tests/web/panel",
            "tests/web/test_acceptance.py",
            "tests/web/test_duties.py",
            "tests/web/test_exemptions.py",
            "tests/web/screens/test_presets.py",
            "tests/web/screens/test_rulebook.py",
        ),
    ),
    "app/sending": (
        (
            "tests/sending/test_submission.py",
            "tests/sending/test_submission_record.py",
            "tests/sending/test_journal.py",
            "tests/sending",
        ),
        (
            "tests/store/test_submissions.py",
            "tests/store/test_verification.py",
            "tests/store/test_verification_of_submissions.py",
            "tests/store/test_evidence_file.py",
            "tests/web/screens/test_review.py",
            "tests/web/screens/test_submissions.py",
            "tests/web/screens/test_connections.py",
            "tests/web/screens/test_connection_checks.py",
            "tests/web/screens/test_history.py",
        ),
    ),
}


def list_modules(root: Path) -> list[str]:
    """List the modules that are mutated, by their paths in the tree."""
    paths = (path for folder in FOLDERS for path in (root / folder).glob("*.py"))
    return sorted(path.relative_to(root).as_posix() for path in paths)


def find_guards(path: str) -> list[Sequence[str]]:
    """Give the tests of a module, as sets to be run one after the other, the nearest first."""
    folder, _, name = path.rpartition("/")
    mirror = f"{folder.replace('app', 'tests', 1)}/test_{name}"
    return [_NEAREST.get(path, [mirror]), *_WIDER[folder]]
