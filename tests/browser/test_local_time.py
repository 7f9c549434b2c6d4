"""Instants are told by the clock of whoever reads them, everywhere alike."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.operator import Operator
from tests.factories import inbound


def test_history_and_versions_tell_the_same_clock(
    operator: Operator, saved: Callable[..., str]
) -> None:
    page = operator.page
    draft_id = saved(inbound())
    operator.open(draft_id)
    operator.fill({"name": "Renamed"})
    operator.waits_until_saved()
    page.goto(f"/drafts/{draft_id}/history")
    moment = page.locator(".events time").first
    expect(moment).to_contain_text(re.compile(r"\d CES?T$"))
    expect(moment).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$"))
    page.goto(f"/drafts/{draft_id}/versions")
    expect(page.get_by_label("Compare").locator("option:checked")).to_contain_text(
        re.compile(r"\d CES?T$")
    )
