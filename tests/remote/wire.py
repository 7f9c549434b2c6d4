"""What goes over the wire in these tests: raw answers, and a client that gets them."""

import json
from typing import Any

import pytest

from app.remote.addresses import AllowedHosts
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
from app.remote.errors import RemoteError
from tests.servers import Address, answering

TOKEN = "t0ken-of-a-customer"
HERE = AllowedHosts.of(["127.0.0.1"])
"""Where the servers of tests are, which no live connection reaches unless it is allowed."""

BODY = '{\n  "name": "Q4 Outreach — für Jürgen"\n}'.encode()


def http(status: int, body: bytes | str = b"", *headers: str) -> bytes:
    """Write an answer as a server sends it."""
    content = body.encode() if isinstance(body, str) else body
    lines = (f"HTTP/1.1 {status} Status", f"Content-Length: {len(content)}", *headers, "", "")
    return "\r\n".join(lines).encode("latin-1") + content


def success(**changes: Any) -> str:
    """Write the documented answer of a success; a change replaces a line of its data."""
    data = {
        "campaign_id": "Vm9pY2VDYW1wYWlnbjox",
        "campaign_name": "Q4 Outreach",
        "campaign_type": "OUTBOUND",
        "campaign_status": "DRAFT",
    }
    return json.dumps(
        {"status": "success", "message": "Campaign created successfully", "data": data | changes}
    )


def calling(address: Address) -> CampaignApi:
    return CampaignApi(Credentials("VoiceAIWrapper", address.url, TOKEN), allowed=HERE)


def error_after(answer: bytes) -> RemoteError:
    """Create a campaign, get this answer, and give the error that it became.

    A second call follows, and must be the second to arrive: so the first was not repeated.
    """
    with answering(answer, http(201, success())) as (address, came):
        with pytest.raises(RemoteError) as raised:
            calling(address).create_campaign(BODY)
        calling(address).create_campaign(b"{}")

    assert [body(request) for request in came] == [BODY, b"{}"]
    return raised.value


def head(request: bytes) -> dict[str, str]:
    """Read the headers of a raw request, under their names in lower case."""
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }


def body(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]
