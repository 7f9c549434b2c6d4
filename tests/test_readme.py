"""The README's tour leads to what is there, and passes no folder by."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOUR = (ROOT / "README.md").read_text().partition("## Where to look")[2]
PATHS = sorted(set(re.findall(r"`((?:app|templates|static|tests)/[\w./]*)`", TOUR)))
FOLDERS = sorted(
    f"{folder.relative_to(ROOT)}/"
    for folder in (ROOT / "app").rglob("*/")
    if any(folder.glob("*.py")) and "migrations" not in folder.parts
)


@pytest.mark.parametrize("path", PATHS)
def test_what_the_tour_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_of_the_app_is_in_the_table(folder: str) -> None:
    assert f"| `{folder}`" in TOUR
