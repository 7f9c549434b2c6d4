"""The installed package is whole: it starts where there is no checkout."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
OPENED = """
from app import create_app
from app.settings import read_settings
app = create_app(read_settings({}))
client = app.test_client()
assert client.get("/drafts/new/a1a1a1a1a1a1a1a1").status_code == 200
assert client.get(f"{app.static_url_path}/style.css").status_code == 200
assert client.get("/sandbox/").status_code == 200
print(app.instance_path)
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Build the package, and unpack it as an installer does."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path))
    folder = tmp_path / "site-packages"
    with ZipFile(wheel) as file:
        file.extractall(folder)
    return folder


@pytest.mark.slow
def test_an_installed_package_starts_and_keeps_its_data_where_one_is(
    installed: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()

    done = subprocess.run(  # noqa: S603  # our own program
        (sys.executable, "-c", OPENED),
        cwd=here,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stderr, done.stdout.strip()) == ("", str(here / "instance"))
