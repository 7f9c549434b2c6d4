"""A page that the browser shows again from its memory, as it was left, is of an earlier time.

The browser of the tests keeps no page so; what it tells a page that it brings back is told here.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.operator import Operator
from tests.browser.test_batches import review_many, set_pace
from tests.factories import inbound

Saved = Callable[..., str]


def open_form(_app: Flask, operator: Operator, saved: Saved) -> Page:
    operator.page.goto(f"/drafts/{saved(inbound())}")
    return operator.page


def open_review(_app: Flask, operator: Operator, saved: Saved) -> Page:
    operator.page.goto(f"/drafts/{saved(inbound())}/review")
    return operator.page


def open_batch(app: Flask, operator: Operator, saved: Saved) -> Page:
    set_pace(app, 0.001)
    page = review_many(operator, saved, 2)
    operator.press("Send 2 campaigns to the sandbox")
    operator.sees_heading("Batch 1: being sent")
    return page


@pytest.mark.parametrize("show", [open_form, open_review, open_batch])
def test_a_page_from_the_browsers_memory_is_asked_for_anew(
    show: Callable[[Flask, Operator, Saved], Page], app: Flask, operator: Operator, saved: Saved
) -> None:
    page = show(app, operator, saved)
    page.wait_for_load_state()
    with page.expect_event("load"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
