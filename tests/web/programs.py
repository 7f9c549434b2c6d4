"""Programs that ask the API, as tests need them."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.campaign.contract.payload import build_payload
from app.rights import Scope
from app.services import find_services
from app.store import api_tokens
from app.store.api_tokens import Terms
from app.store.people_models import Account
from tests.factories import outbound

JSON = "application/json"
PAYLOAD = build_payload(outbound())
_NONE: Mapping[str, str] = MappingProxyType({})


def make_token(app: Flask, account: Account, scope: Scope = Scope.WRITE) -> str:
    """Make a token for an account, which ends in a week."""
    with find_services(app).store.writing() as session:
        return api_tokens.make(session, account.id, Terms("Import", scope, 7), who="")


class Program:
    """Something that asks with a token, or without one, and is no browser."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self._client = app.test_client(use_cookies=False)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, address: str) -> TestResponse:
        return self.send("GET", address)

    def post(self, address: str, document: Any = None) -> TestResponse:
        content = b"" if document is None else json.dumps(document).encode()
        return self.send("POST", address, content)

    def send(
        self,
        method: str,
        address: str,
        content: bytes = b"",
        kind: str = JSON,
        headers: Mapping[str, str] = _NONE,
    ) -> TestResponse:
        """Send a request as it is."""
        return self._client.open(
            address,
            method=method,
            data=content,
            content_type=kind,
            headers=self._headers | dict(headers),
        )


def write(payload: Any = PAYLOAD, **beside: Any) -> dict[str, Any]:
    """Write a draft for the sandbox as the API takes it."""
    return {"connection": "sandbox", "payload": payload} | beside


def read_problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """Read problem details (RFC 9457), which have to be whole."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.text)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert "Set-Cookie" not in answer.headers
    return problem


def read_errors(answer: TestResponse) -> dict[str, str]:
    """Read the messages by the pointers to what they are about."""
    return {error["pointer"]: error["message"] for error in read_problem(answer, 422)["errors"]}
