"""Campaigns are pasted, looked over where one is wrong, and imported once."""

import json

from playwright.sync_api import expect

from app.campaign.contract.payload import build_payload
from tests.browser.operator import Operator
from tests.browser.test_every_page import assert_good
from tests.factories import inbound


def test_what_is_pasted_is_imported_once(operator: Operator) -> None:
    page = operator.page
    wrong = build_payload(inbound(name="Front desk")) | {"colour": "red"}
    page.goto("/")
    page.get_by_role("link", name="import").click()
    page.get_by_label("Campaigns as JSON").fill(json.dumps([wrong]))
    operator.press("Import")
    expect(page.get_by_role("alert")).to_be_focused()
    operator.sees("Remove “colour”: a campaign has no such field.")
    assert_good(page)

    page.get_by_label("Campaigns as JSON").fill(json.dumps([build_payload(inbound(name="Desk"))]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.get_by_role("button", name="Import").dblclick()
    operator.sees("1 campaign was imported for Sandbox. Nothing is sent yet.")
    assert asked.count("POST") == 1
    assert page.get_by_role("link", name="Desk").count() == 1
