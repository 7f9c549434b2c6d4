"""The sandbox against its own OpenAPI document: whatever that says, it does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.sandbox import TOKEN, create_sandbox
from app.sandbox.file import FILE, open_file
from tests.servers import serving

pytestmark = pytest.mark.slow

ROOT = str(Path(__file__).parents[2])


def test_the_sandbox_does_what_its_document_says(tmp_path: Path) -> None:
    sandbox = create_sandbox(open_file(tmp_path / FILE), ["127.0.0.1"])
    with serving(sandbox) as site:
        done = subprocess.run(  # noqa: S603  A tool of ours, on a server of ours.
            [
                *(str(Path(sys.executable).with_name("schemathesis")), "run"),
                f"{site.url}/openapi.json",
                *("--header", f"Authorization: Bearer {TOKEN}"),
                *("--checks", "all"),
                *("--mode", "all"),
                *("--max-examples", "300"),
                *("--generation-deterministic", "--no-color"),
            ],
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.sandbox.fuzzing", "PYTHONPATH": ROOT},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert len(sandbox.extensions["ledger"].read_page(100)) == 100
