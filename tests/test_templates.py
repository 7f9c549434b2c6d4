"""Templates ask a value what it is, never compare its text, and stay legible."""

import re
from pathlib import Path

import pytest

from app.campaign.contract.fields import CampaignType
from app.connections import SANDBOX
from app.rights import Right
from app.sending import confirmation
from app.store.base import ItemState, State
from app.store.draft_query import Show
from app.store.team_models import ApprovalState

TEMPLATES = sorted((Path(__file__).parents[1] / "templates").rglob("*.html"))
NAMES = [
    *(
        value
        for kind in (State, ItemState, ApprovalState, Show, CampaignType, Right)
        for value in kind
    ),
    *(name for name in vars(confirmation) if name[0].isupper()),
    SANDBOX,
]
COMPARED = re.compile(
    rf"""(?:[=!]=\s*|\b(?:in|may|may_somewhere) ?\([^)]*)['"]({"|".join(NAMES)})['"]"""
)


def test_nothing_is_compared_as_text(subtests: pytest.Subtests) -> None:
    for template in TEMPLATES:
        with subtests.test(str(template)):
            assert COMPARED.findall(template.read_text()) == []


def test_a_comparison_would_be_found() -> None:
    assert COMPARED.findall("{% if submission.state == 'UNSENT' %}{% if x != \"NotNamed\" %}") == [
        "UNSENT",
        "NotNamed",
    ]
    assert COMPARED.findall("{% if x in ('REFUSED', 'y') %}{% if may('edit', key) %}") == [
        "REFUSED",
        "edit",
    ]


def test_no_line_is_too_long_to_read(subtests: pytest.Subtests) -> None:
    for template in TEMPLATES:
        with subtests.test(str(template)):
            assert [line for line in template.read_text().splitlines() if len(line) > 160] == []
