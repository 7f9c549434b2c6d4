"""The sandbox is reached inside the process, as if it were a server."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import requests

from app.campaign.contract.payload import build_payload, encode_payload
from app.remote.adapter import WsgiAdapter
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
from app.remote.errors import BadKey, Refused
from app.sandbox import create_sandbox
from app.sandbox.file import FILE, open_file
from app.sandbox.ledger import Ledger
from tests.factories import outbound
from tests.remote.wire import BODY

URL = "https://sandbox.invalid"


def repeat(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with what was asked."""
    content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    asked = {name: value for name, value in environ.items() if isinstance(value, str)}
    start("207 Odd Word", [("X-Said", "something"), ("Set-Cookie", "visited=yes; Path=/")])
    return [json.dumps(asked | {"body": content.decode()}).encode()]


def ask(url: str = URL, times: int = 1, **options: Any) -> requests.Response:
    """Post to an application that repeats what it was asked, and give the last answer."""
    adapter = WsgiAdapter(repeat)
    for _ in range(times):
        with requests.Session() as session:
            session.mount(URL, adapter)
            answer = session.post(url, timeout=1, **options)
    return answer


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REQUEST_METHOD", "POST"),
        ("PATH_INFO", "/api/ü".encode().decode("latin-1")),  # As WSGI writes UTF-8.
        ("QUERY_STRING", "page=1&of=%C3%BC"),
        ("HTTP_HOST", "sandbox.invalid"),
        ("HTTP_AUTHORIZATION", "Bearer sandbox"),
        ("CONTENT_TYPE", "application/json"),
        ("CONTENT_LENGTH", str(len(BODY))),
        ("wsgi.url_scheme", "https"),
        ("body", BODY.decode()),
    ],
)
def test_the_application_is_asked_what_a_server_would_be_asked(name: str, value: str) -> None:
    headers = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
    answer = ask(f"{URL}/api/ü?page=1&of=ü", data=BODY, headers=headers)

    assert answer.json()[name] == value


def test_the_answer_comes_back_as_from_a_server() -> None:
    answer = ask()

    assert (answer.status_code, answer.reason, answer.url) == (207, "Odd Word", f"{URL}/")
    assert answer.headers["X-Said"] == "something"


def test_nothing_of_one_answer_is_sent_with_the_next_request() -> None:
    assert "HTTP_COOKIE" not in ask(times=2).json()


def test_a_campaign_is_created_without_a_socket(
    api: CampaignApi, ledger: Ledger, socket_disabled: None
) -> None:
    campaign = api.create_campaign(encode_payload(build_payload(outbound())))

    (kept,) = ledger.read_page(2)
    assert campaign.campaign_id == kept.campaign_id
    assert (campaign.campaign_name, campaign.campaign_status) == ("Q4 Outreach", "DRAFT")
    assert kept.request == build_payload(outbound())


def test_the_sandbox_refuses_by_field(api: CampaignApi, ledger: Ledger) -> None:
    with pytest.raises(Refused) as raised:
        api.create_campaign(encode_payload(build_payload(outbound(timezone=None))))

    assert (raised.value.status, list(raised.value.errors)) == (422, ["timezone"])
    assert ledger.read_page(1) == []


def test_the_sandbox_refuses_a_token_that_is_not_its_own(tmp_path: Path) -> None:
    sandbox = create_sandbox(open_file(tmp_path / FILE))
    api = CampaignApi(Credentials("Sandbox", URL, "another"), {URL: WsgiAdapter(sandbox)})
    with pytest.raises(BadKey):
        api.create_campaign(encode_payload(build_payload(outbound())))

    assert sandbox.extensions["ledger"].read_page(1) == []
