"""A command of the app, and the file that a backup is written to."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.cli.backups import Run, Saved
from tests.factories import inbound


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.zip"


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    """Run one of the app's commands."""

    def run_one(*words: object) -> Result:
        return app.test_cli_runner().invoke(args=[str(word) for word in words])

    return run_one


@pytest.fixture
def backed_up(run: Run, file: Path, saved: Saved) -> Path:
    """Take a backup, and go on working."""
    assert run("backup", file).exit_code == 0
    saved(inbound(name="Still here"))
    return file
