"""The API against its own OpenAPI document: whatever that says, it does."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from app.rights import Role
from app.store import sign_in_pace
from app.store.sign_in_pace import Limit
from tests.people.accounts import add_account
from tests.servers import serving
from tests.web.programs import Program, make_token, write

ROOT = str(Path(__file__).parents[2])


@pytest.mark.slow
def test_the_api_does_what_its_document_says(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_pace, "OF_NETWORK", Limit(10**6, 10**6))  # It tries wrong tokens.
    token = make_token(app, add_account(app))
    with serving(app) as site:
        done = subprocess.run(  # noqa: S603  A tool of ours, on a server of ours.
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{site.url}/api/openapi.json",
                *("--header", f"Authorization: Bearer {token}"),
                *("--checks", "all"),
                *("--mode", "all"),
                *("--max-examples", "50"),
                *("--generation-deterministic", "--no-color"),
            ],
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.web.api_fuzzing", "PYTHONPATH": ROOT},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr


def test_it_offers_the_connections_that_somebody_can_see(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    add_account(app)
    viewer = add_account(app, "bo@example.com", {"sandbox": frozenset({Role.VIEWER})})
    document = Program(app, make_token(app, viewer)).get("/api/openapi.json").get_json()
    offered = document["components"]["schemas"]["NewDraft"]["properties"]["connection"]["enum"]
    assert offered == ["Sandbox", "sandbox"]
    assert key not in str(document)


@pytest.mark.parametrize("change", [{}, {"start_date": None}, {"name": ""}, {"days_of_week": []}])
def test_its_schema_takes_what_the_api_takes(app: Flask, change: dict[str, Any]) -> None:
    program = Program(app)
    document = program.get("/api/openapi.json").get_json()
    whole = write()
    whole["payload"] = whole["payload"] | change
    schema = {"$ref": "#/components/schemas/NewDraft"} | document
    is_good = Draft202012Validator(schema).is_valid(whole)
    assert is_good == (program.post("/api/drafts", whole).status_code == 201)
