"""Zone data that is newer than the locked one is used, and named without a date that is unknown."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import tzdata
tzdata.IANA_VERSION = "2099z"
from pathlib import Path
from app import create_app
from app.settings import Settings
app = create_app(Settings(instance=Path({instance!r})))
page = app.test_client().get("/about")
assert page.status_code == 200
assert "2099z" in page.text and "the newest on" not in page.text
"""


@pytest.mark.slow
def test_an_app_with_newer_zone_data_starts(tmp_path: Path) -> None:
    program = PROGRAM.format(instance=str(tmp_path / "instance"))
    root = Path(__file__).parents[3]
    ended = subprocess.run(  # noqa: S603  It is our own program.
        (sys.executable, "-c", program), cwd=root, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
