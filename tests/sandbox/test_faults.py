"""Each fault is what it says, over the network and inside the process alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import requests
from flask import Flask

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.campaign.contract.payload import build_payload, encode_payload
from app.remote.adapter import WsgiAdapter
from app.remote.answers import Created
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
from app.remote.errors import BadKey, Refused, RemoteError, Unclear
from app.sandbox import TOKEN, create_sandbox
from app.sandbox.faults import FAULT, FAULTS, HEADER, Fault
from app.sandbox.file import FILE, open_file
from app.sandbox.switch import Switch
from tests.factories import inbound
from tests.sandbox.caller import WITH_TOKEN
from tests.servers import Address, serving

pytestmark = pytest.mark.slow

BODY = encode_payload(build_payload(inbound()))
SEEN: dict[str, type[RemoteError | Created]] = {
    **dict.fromkeys(("400", "404", "409", "422", "422-detail", "422-places"), Refused),
    **dict.fromkeys(("422-list", "422-text", "429", "429-date", "307"), Refused),
    **dict.fromkeys(("401", "403"), BadKey),
    **dict.fromkeys(("408", "500", "502", "503", "302", "not-json", "empty"), Unclear),
    **dict.fromkeys(("no-content", "no-id", "error-as-200", "huge", "cut"), Unclear),
    **dict.fromkeys(("stored-then-dropped", "dropped", "slow-headers", "slow-drip"), Unclear),
    "wrong-type": Created,
}


@pytest.fixture
def sandbox(tmp_path: Path) -> Flask:
    return create_sandbox(open_file(tmp_path / FILE))


@contextmanager
def over_http(sandbox: Flask, deadline: float) -> Iterator[CampaignApi]:
    with serving(sandbox) as address:
        yield CampaignApi(Credentials("Sandbox", address.url, TOKEN, True), deadline=deadline)


@contextmanager
def in_process(sandbox: Flask, deadline: float) -> Iterator[CampaignApi]:
    url = "https://sandbox.invalid"
    adapters = {url: WsgiAdapter(sandbox)}
    yield CampaignApi(Credentials("Sandbox", url, TOKEN, True), adapters, deadline)


Way = Callable[..., AbstractContextManager[CampaignApi]]
WAYS = pytest.mark.parametrize("way", [over_http, in_process])


def seen(api: CampaignApi) -> Created | RemoteError:
    try:
        return api.create_campaign(BODY)
    except RemoteError as error:
        return error


@WAYS
@pytest.mark.parametrize("fault", FAULTS, ids=FAULT)
def test_a_fault_is_seen_as_what_it_is_and_stores_what_it_says(
    sandbox: Flask, way: Way, fault: Fault
) -> None:
    sandbox.extensions["faults"].switch_on(Switch(fault.name, every=False, seconds=2))
    with way(sandbox, 0.5 if fault.is_slow else 20) as api:
        got = seen(api)

        assert type(got) is SEEN[fault.name]
        assert len(sandbox.extensions["ledger"].read_page(9)) == fault.stores
        assert type(seen(api)) is Created  # It was for the next request only.


@WAYS
def test_a_fault_that_stores_waits_for_a_campaign_that_can_be_stored(
    sandbox: Flask, way: Way
) -> None:
    sandbox.extensions["faults"].switch_on(Switch("stored-then-dropped", every=False))
    with way(sandbox, 20) as api:
        with pytest.raises(Refused):
            api.create_campaign(b"{}")
        assert type(seen(api)) is SEEN["stored-then-dropped"]
        assert type(seen(api)) is Created


@WAYS
@pytest.mark.parametrize("name", ["slow-headers", "slow-drip"])
def test_what_is_slow_but_in_time_is_a_success(sandbox: Flask, way: Way, name: str) -> None:
    sandbox.extensions["faults"].switch_on(Switch(name, every=False, seconds=0.2))
    with way(sandbox, 20) as api:
        assert type(seen(api)) is Created


def test_every_message_about_a_field_is_read_whatever_its_shape(sandbox: Flask) -> None:
    for name in ("422", "422-detail", "422-places", "422-list", "422-text"):
        sandbox.extensions["faults"].switch_on(Switch(name, every=False))
        with in_process(sandbox, 20) as api:
            got = seen(api)
        assert isinstance(got, Refused)
        assert "does not like this name" in f"{got.message} {got.errors}"


def test_a_fault_for_every_request_stays_until_it_is_switched_off(sandbox: Flask) -> None:
    faults = sandbox.extensions["faults"]
    faults.switch_on(Switch("500", every=True))
    with in_process(sandbox, 20) as api:
        assert [type(seen(api)) for _ in range(3)] == [Unclear] * 3
        faults.switch_off()
        assert type(seen(api)) is Created


def test_a_fault_for_the_next_request_meets_just_one_of_many(sandbox: Flask) -> None:
    faults = sandbox.extensions["faults"]
    faults.switch_on(Switch("409", every=False))
    with ThreadPoolExecutor(8) as callers:
        taken = list(callers.map(lambda _: faults.take(), range(8)))
    assert [fault.name for fault in taken if fault] == ["409"]


@pytest.fixture
def address(sandbox: Flask) -> Iterator[Address]:
    with serving(sandbox) as served_address:
        yield served_address


def post(address: Address, fault: str, token: str = TOKEN) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", HEADER: fault}
    return requests.post(
        f"{address.url}{CAMPAIGNS_PATH}",
        data=BODY,
        headers=WITH_TOKEN | headers | {"Content-Type": "application/json"},
        timeout=10,
    )


def test_a_program_asks_for_a_fault_by_a_header(address: Address, sandbox: Flask) -> None:
    sandbox.extensions["faults"].switch_on(Switch("500", every=True))

    assert post(address, "409").status_code == 409
    assert post(address, "slow-headers; seconds=0.1").status_code == 201
    assert post(address, "429").headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("tomorrow", "There is no fault “tomorrow”. Name one of 400, 401,"),
        ("slow-drip; seconds=0", "Write seconds="),
        ("slow-drip; seconds=121", "Write seconds="),
        ("slow-drip; seconds=soon", "Write seconds="),
        ("slow-drip; second=1", "Write seconds="),
        ("slow-drip; 1", "Write seconds="),
    ],
)
def test_a_header_that_cannot_be_meant_is_told_so(
    address: Address, sandbox: Flask, header: str, message: str
) -> None:
    answer = post(address, header.encode().decode("latin-1"))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(message)
    assert sandbox.extensions["ledger"].read_page(1) == []


def test_what_the_sandbox_would_refuse_is_not_stored_by_a_fault(
    address: Address, sandbox: Flask
) -> None:
    assert post(address, "stored-then-dropped", token="wrong").status_code == 401
    assert sandbox.extensions["ledger"].read_page(1) == []


def test_the_reference_names_every_fault_as_invented(address: Address) -> None:
    page = requests.get(f"{address.url}/", timeout=10).text
    assert "invented" in page
    assert all(f"<code>{fault.name}</code>" in page for fault in FAULTS)
