"""The check of a webhook address, from the form to a real receiver and back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests.adapters
from playwright.sync_api import expect

from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.factories import outbound
from tests.sending.webhook_receiver import DAYS, make_certificate, receiving


@pytest.mark.parametrize("is_encrypted", [True, False], ids=["https", "http"])
def test_an_address_is_checked_and_what_was_typed_is_kept(
    any_operator: Operator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    saved: Callable[..., str],
    is_encrypted: bool,
) -> None:
    certificate = make_certificate(tmp_path / "receiver.pem") if is_encrypted else None
    if certificate:
        monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    with receiving(200, certificate) as receiver:
        any_operator.open(saved(outbound()))
        any_operator.fill({"name": "Renamed meanwhile", "webhook_url": receiver.url})
        any_operator.press("Check this address")
        result = any_operator.page.get_by_role("status").filter(has_text="status 200")
        expect(result).to_contain_text(re.compile(r"It answers with status 200\. It took \d+ ms\."))
        ending = f"expires in {DAYS} days." if certificate else "anybody on the way can read"
        expect(result).to_contain_text(ending)

    expect(result).to_be_in_viewport()
    expect(result).to_be_focused()
    expect(any_operator.field("name")).to_have_value("Renamed meanwhile")
    expect(any_operator.field("webhook_url")).to_have_value(receiver.url)
    assert [event["test"] for _, event in receiver.came] == [True]


@pytest.mark.parametrize("status", [204, 404])
def test_the_result_can_be_read_by_everybody(
    operator: Operator, saved: Callable[..., str], status: int
) -> None:
    with receiving(status) as receiver:
        operator.open(saved(outbound(webhook_url=f"{receiver.url}/{'long-' * 30}")))
        operator.press("Check this address")
        expect(operator.page.locator(".webhook-checked")).to_be_visible()
    assert_good(operator.page)
