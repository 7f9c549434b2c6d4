"""Nothing that was typed is lost: by a reload, a dead server, a closed tab or another person."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewWindow
from tests.browser.held import Held
from tests.browser.operator import Operator
from tests.factories import inbound, typed


def test_what_is_typed_is_saved_by_itself_and_survives_a_reload(operator: Operator) -> None:
    operator.start({"name": "By itself"})
    operator.waits_until_saved()
    operator.sees_heading("By itself")
    expect(operator.page).to_have_title("By itself · Campaign Builder")

    operator.page.reload()
    expect(operator.field("name")).to_have_value("By itself")
    operator.sees_heading("By itself")


def test_while_the_server_is_away_the_page_says_so_and_keeps_trying(operator: Operator) -> None:
    page = operator.page
    operator.start({"name": "Kept"})
    operator.waits_until_saved()

    page.context.set_offline(True)
    operator.fill({"name": "Kept on"})
    expect(page.locator("#saved")).to_contain_text("Not saved. It is kept in this browser")
    operator.press("Review and send")
    expect(page.locator("#saved")).to_contain_text("trying again")
    operator.sees_in_the_panel("This is not up to date")

    page.context.set_offline(False)
    operator.waits_until_saved()
    page.reload()
    expect(operator.field("name")).to_have_value("Kept on")


def test_once_the_browser_is_back_online_what_it_means_is_up_to_date_at_once(
    operator: Operator,
) -> None:
    page = operator.page
    operator.start(typed(inbound()))
    operator.waits_until_saved()
    page.context.set_offline(True)
    operator.fill({"name": "Typed on a train"})
    operator.sees_in_the_panel("This is not up to date")
    expect(page.locator("#saved")).to_contain_text("trying again")

    page.context.set_offline(False)
    expect(page.locator("#out-of-date")).to_be_hidden(timeout=900)
    expect(page.locator("#saved")).not_to_contain_text("Not saved", timeout=900)
    expect(operator.json()).to_contain_text("Typed on a train")


def test_coming_back_online_takes_back_what_is_said_of_the_server_before_it_answers(
    operator: Operator,
) -> None:
    page = operator.page
    operator.start(typed(inbound()))
    operator.waits_until_saved()
    page.context.set_offline(True)
    operator.fill({"name": "Typed on a train"})
    operator.sees_in_the_panel("This is not up to date")
    expect(page.locator("#saved")).to_contain_text("trying again")
    for path in ("**/preview", "**/autosave"):
        page.route(path, lambda _route: None)  # The server takes its time.

    page.context.set_offline(False)
    expect(page.locator("#out-of-date")).to_be_hidden(timeout=900)
    expect(page.locator("#saved")).not_to_contain_text("Not saved", timeout=900)


@pytest.mark.parametrize("status", [401, 403, 413, 500])
def test_an_answer_that_says_nothing_of_what_was_typed_leaves_the_panel_out_of_date(
    operator: Operator, status: int
) -> None:
    page = operator.page
    operator.start(typed(inbound()))
    operator.waits_until_saved()
    page.route("**/preview", lambda route: route.fulfill(status=status, body="{}"))
    operator.fill({"name": "Typed in vain"})
    operator.sees_in_the_panel("This is not up to date")
    page.unroute("**/preview")
    if status < 500:
        operator.fill({"name": "Typed again"})
    expect(page.locator("#out-of-date")).to_be_hidden(timeout=10_000)


def test_a_browser_that_is_online_without_an_answer_still_says_so(operator: Operator) -> None:
    page = operator.page
    operator.start({"name": "Kept"})
    operator.waits_until_saved()
    page.route("**/preview", lambda route: route.abort())
    page.context.set_offline(True)
    operator.fill({"name": "Kept on"})
    operator.sees_in_the_panel("This is not up to date")
    with page.expect_request("**/preview"):
        page.context.set_offline(False)
    operator.sees_in_the_panel("This is not up to date")


def test_a_page_that_was_closed_before_it_could_save_brings_back_what_was_typed(
    operator: Operator,
) -> None:
    page = operator.page
    operator.start({"name": "Before"})
    operator.waits_until_saved()
    page.route("**/autosave", lambda route: route.abort())
    operator.fill({"name": "After", "type": "OUTBOUND", "days_of_week": ["FRIDAY"]})
    expect(page.locator("#saved")).to_contain_text("Not saved")

    page.unroute("**/autosave")
    page.goto(page.url.replace("/drafts/new", "/drafts"))
    expect(operator.field("name")).to_have_value("After")
    expect(operator.row("days_of_week").get_by_label("Fri")).to_be_checked()
    operator.waits_until_saved()


def test_going_back_from_the_review_finds_the_form_as_it_was(operator: Operator) -> None:
    operator.start(typed(inbound()))
    operator.press("Review and send")
    operator.sees_heading("Review Front desk")

    operator.page.go_back()
    expect(operator.field("assistant_id")).to_have_value("asst_abc123")
    operator.fill({"name": "Changed after going back"})
    operator.waits_until_saved()


def test_a_draft_that_somebody_else_changed_is_shown_field_by_field(
    operator: Operator, window: NewWindow
) -> None:
    operator.start({"name": "Common", "type": "INBOUND"})
    operator.waits_until_saved()
    other = Operator(window())
    other.page.goto(operator.page.url)
    other.fill({"name": "Theirs", "assistant_id": "asst_theirs"})
    other.waits_until_saved()

    operator.fill({"name": "Mine"})
    expect(operator.page.locator("#saved")).to_contain_text("changed elsewhere")
    operator.press("Compare the two")
    operator.sees_heading("Two versions of Theirs")
    operator.page.get_by_label("Mine").check()
    operator.press("Save what is chosen")

    operator.sees_heading("Mine")
    expect(operator.field("assistant_id")).to_have_value("asst_theirs")


def test_what_was_typed_after_the_campaign_was_sent_can_be_kept_as_a_new_draft(
    operator: Operator,
) -> None:
    operator.start(typed(inbound()))
    operator.waits_until_saved()
    other = Operator(operator.page.context.new_page())
    other.page.goto(operator.page.url + "/review")
    other.press("Send to the sandbox")
    other.sees_heading("Created: Front desk")

    operator.fill({"name": "Too late"})
    expect(operator.page.locator("#saved")).to_contain_text("sent meanwhile")
    operator.press("Keep what you typed")
    operator.press("Keep it as a new draft")
    operator.sees_heading("Too late")
    operator.press("Review and send")
    operator.sees_heading("Review Too late")


def test_whoever_types_in_a_campaign_that_was_deleted_is_told_and_led_to_bring_it_back(
    operator: Operator,
) -> None:
    page = operator.page
    operator.start({"name": "Deleted meanwhile"})
    operator.waits_until_saved()
    other = page.context.new_page()
    other.goto("/")
    other.locator("summary", has_text="What can be done with").click()
    other.get_by_role("button", name="Delete Deleted meanwhile").click()
    other.get_by_role("button", name="Undo deleting").wait_for()

    operator.fill({"name": "Typed after that"})
    expect(page.locator("#saved")).to_contain_text("somebody has deleted this campaign")
    page.get_by_role("link", name="Bring it back").click()
    operator.sees_heading("Deleted: Typed after that")
    page.get_by_role("button", name="Bring it back").click()
    operator.sees_heading("Typed after that")


def test_deleting_a_campaign_right_after_typing_keeps_both(operator: Operator) -> None:
    page = operator.page
    page.goto("/")
    operator.press("Try it with a sample")
    operator.fill({"name": "Typed at the last moment"})
    operator.press("Delete the sample")
    page.wait_for_url("**/")
    operator.finds_in_time("/?show=deleted", "Typed at the last moment").click()
    operator.sees_heading("Deleted: Typed at the last moment")


def test_what_is_on_its_way_when_somebody_leaves_is_saved_all_the_same(operator: Operator) -> None:
    page = operator.page
    operator.start({"name": "Before"})
    operator.waits_until_saved()
    held: list[Route] = []
    page.route("**/autosave", lambda route: route.continue_() if held else held.append(route))
    operator.fill({"name": "On its way"})
    expect(page.locator("#campaign")).to_have_attribute("data-autosave-state", "saving")
    expect(operator.finds_in_time("/", "On its way")).to_be_visible()


def test_what_is_typed_before_the_script_is_there_is_not_put_back_over(
    operator: Operator,
) -> None:
    page = operator.page
    operator.start({"name": "Before"})
    operator.waits_until_saved()
    address = page.url
    page.route("**/autosave", lambda route: route.abort())
    page.evaluate("navigator.sendBeacon = () => false")
    operator.fill({"name": "After"})
    expect(page.locator("#saved")).to_contain_text("Not saved. It is kept in this browser")
    page.goto("/about")
    page.unroute("**/autosave")
    held = Held(page, "**/js/autosave.js")
    page.goto(address, wait_until="commit")
    operator.fill({"assistant_id": "asst_typed_at_once"})
    held.let_go()
    expect(operator.field("name")).to_have_value("After")
    expect(operator.field("assistant_id")).to_have_value("asst_typed_at_once")


def test_what_is_typed_before_the_script_is_there_is_saved_by_it(operator: Operator) -> None:
    page = operator.page
    operator.start({"name": "Before"})
    operator.waits_until_saved()
    held = Held(page, "**/js/autosave.js")
    page.goto(page.url, wait_until="commit")
    operator.fill({"name": "Typed at once"})
    with page.expect_response("**/autosave"):
        held.let_go()
    operator.waits_until_saved()
    page.unroute("**/js/autosave.js")
    page.reload()
    expect(operator.field("name")).to_have_value("Typed at once")


def test_what_was_typed_is_kept_while_the_press_that_settles_it_does_not_arrive(
    operator: Operator, window: NewWindow
) -> None:
    page = operator.page
    operator.start({"name": "Common", "type": "INBOUND"})
    operator.waits_until_saved()
    address = page.url
    other = Operator(window())
    other.page.goto(address)
    other.fill({"name": "Theirs"})
    other.waits_until_saved()
    operator.fill({"name": "Mine"})
    operator.press("Compare the two")
    operator.sees_heading("Two versions of Theirs")
    page.route("**/merge", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        operator.press("Keep all of mine")
    page.unroute("**/merge")
    page.goto(address)
    expect(operator.field("name")).to_have_value("Mine")


def test_what_one_tab_could_not_save_is_kept_while_another_saves(operator: Operator) -> None:
    operator.start({"name": "Common"})
    operator.waits_until_saved()
    other = Operator(operator.page.context.new_page())
    other.page.goto(operator.page.url)
    operator.fill({"name": "Of this one"})
    operator.sees_heading("Of this one")
    other.fill({"name": "Of the other"})
    expect(other.page.locator("#saved")).to_contain_text("changed elsewhere")
    operator.fill({"name": "Of this one again"})
    operator.sees_heading("Of this one again")
    other.page.reload()
    expect(other.field("name")).to_have_value("Of the other")
