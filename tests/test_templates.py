"""Templates ask a value what it is; they compare no text of a state or of a class."""

import re
from pathlib import Path

import pytest

from app.sending import confirmation
from app.store.base import State

TEMPLATES = sorted((Path(__file__).parents[1] / "templates").rglob("*.html"))
NAMES = [*State, *(name for name in vars(confirmation) if name[0].isupper())]
COMPARED = re.compile(rf"""[=!]=\s*['"]({"|".join(NAMES)})['"]""")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_state_is_compared_as_text(template: Path) -> None:
    assert COMPARED.findall(template.read_text()) == []


def test_a_comparison_would_be_found() -> None:
    assert COMPARED.findall("{% if submission.state == 'UNSENT' %}{% if x != \"NotNamed\" %}")
