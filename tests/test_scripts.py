"""What holds for the scripts in ``static/js`` as text."""

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parent.parent / "static" / "js").glob("*.js"))
ANSWERS = re.compile(r"\.checked = |Event\(\"(?:change|input)\"|\b(?:input|control|box)\.value = ")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_only_one_script_answers_for_a_person(script: Path) -> None:
    assert bool(ANSWERS.search(script.read_text())) == (script.stem == "set-control")
