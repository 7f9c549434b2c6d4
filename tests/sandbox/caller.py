"""Call the sandbox as a client would, and hold every answer to the envelope."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.sandbox import TOKEN, create_sandbox
from app.sandbox.file import FILE, open_file

JSON = "application/json"
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Answered:
    """One answer of the API."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def message(self) -> str:
        return str(self.body["message"])

    @property
    def errors(self) -> dict[str, list[str]]:
        return dict(self.body.get("errors", {}))

    @property
    def campaign_id(self) -> str:
        return str(self.body["data"]["campaign_id"])


class Caller:
    """Somebody with the token, and a sandbox that keeps its file under *instance*."""

    def __init__(self, instance: Path, **options: Any) -> None:
        self.sandbox = create_sandbox(open_file(instance / FILE), **options)
        self._client = self.sandbox.test_client()

    def create(self, document: Any) -> Answered:
        return self.post(json.dumps(document).encode())

    def post(self, content: bytes, content_type: str | None = JSON) -> Answered:
        return self.call("POST", data=content, content_type=content_type)

    def call(
        self,
        method: str,
        path: str = CAMPAIGNS_PATH,
        headers: Mapping[str, str] = WITH_TOKEN,
        **options: Any,
    ) -> Answered:
        """Call the API; whatever the answer, it has to be in the envelope."""
        answer = self._client.open(path, method=method, headers=headers, **options)
        if method == "HEAD":
            return Answered(answer.status_code, dict(answer.headers), {})
        assert answer.mimetype == JSON
        body = answer.get_json()
        assert body["status"] == ("success" if answer.status_code == 201 else "error")
        assert body["message"].endswith((".", "successfully"))
        return Answered(answer.status_code, dict(answer.headers), body)
