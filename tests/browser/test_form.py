"""The form while somebody fills it in: what shows, what is said and when, what it means."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from app.campaign.contract.id_kinds import IdKind
from app.campaign.contract.payload import build_payload, encode_payload
from app.store import address_book
from app.store.database import Store
from tests.browser.held import Held
from tests.browser.operator import Operator
from tests.factories import inbound, outbound, typed


def test_only_the_questions_of_the_chosen_type_are_shown(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND"})
    expect(operator.field("start_date")).to_be_visible()
    expect(operator.page.get_by_role("heading", name="When to call")).to_be_visible()
    operator.fill({"type": "INBOUND"})
    expect(operator.field("start_date")).to_be_hidden()
    expect(operator.page.get_by_role("heading", name="When to call")).to_be_hidden()


def test_only_the_id_of_the_chosen_dialer_is_asked_for(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND", "dialer_type": "POOL"})
    expect(operator.field("phone_number_pool_id")).to_be_visible()
    expect(operator.field("phone_number_id")).to_be_hidden()


@pytest.mark.parametrize(
    ("entity", "label"),
    [("ASSISTANT", "Assistant id"), ("WORKFLOW", "Workflow id"), ("SQUAD", "Squad id")],
)
def test_the_id_is_called_what_it_is_the_id_of(operator: Operator, entity: str, label: str) -> None:
    operator.start({"vapi_calling_entity": entity})
    expect(operator.row("assistant_id").locator("label")).to_have_text(label, use_inner_text=True)


def test_switching_the_type_there_and_back_loses_nothing(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    operator.fill({"type": "INBOUND"})
    operator.waits_until_saved()
    operator.page.reload()
    operator.fill({"type": "OUTBOUND"})

    expect(operator.json()).to_have_text(encode_payload(build_payload(outbound())).decode())


def test_an_id_of_something_else_is_told_beside_its_field_while_one_types(
    operator: Operator,
) -> None:
    operator.start(typed(outbound()))
    operator.fill({"assistant_id": b64encode(b"VoicePhoneNumberPool:123").decode()})
    note = operator.row("assistant_id").get_by_text("This looks like the id of a number pool.")
    expect(note).to_be_visible()
    operator.fill({"assistant_id": "asst_abc123"})
    expect(note).to_have_count(0)


def test_the_panel_shows_the_bytes_that_will_be_sent_while_one_types(operator: Operator) -> None:
    operator.start(typed(inbound()))
    expect(operator.json()).to_have_text(encode_payload(build_payload(inbound())).decode())

    operator.fill({"name": "Back desk"})
    expect(operator.json()).to_have_text(
        encode_payload(build_payload(inbound(name="Back desk"))).decode()
    )
    operator.sees("Complete: this can be reviewed and sent.")


def test_an_older_answer_never_replaces_a_newer_one(operator: Operator) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    operator.start({"type": "INBOUND"})
    operator.page.route("**/preview", hold_the_first)
    with operator.page.expect_request("**/preview"):
        operator.fill({"name": "Older"})
    operator.fill({"name": "Newer"})
    expect(operator.json()).to_contain_text("Newer")
    assert held
    held[0].continue_()
    operator.fill({"assistant_id": "asst_1"})

    expect(operator.json()).to_contain_text("asst_1")
    expect(operator.json()).to_contain_text("Newer")


def test_an_error_comes_when_the_field_is_left_and_goes_when_it_is_mended(
    operator: Operator,
) -> None:
    operator.start({"type": "OUTBOUND"})
    with operator.page.expect_response("**/preview"):
        operator.field("min_gap_between_attempts").press_sequentially("2")
    operator.sees_no_error("min_gap_between_attempts")

    operator.leave("min_gap_between_attempts")
    operator.sees_error(
        "min_gap_between_attempts", "Enter the minutes between attempts, 3 or more."
    )
    expect(operator.field("min_gap_between_attempts")).to_have_attribute("aria-invalid", "true")

    operator.fill({"min_gap_between_attempts": "30"})
    operator.sees_no_error("min_gap_between_attempts")
    expect(operator.field("min_gap_between_attempts")).not_to_have_attribute("aria-invalid", "true")


def test_nothing_moves_under_a_mouse_button_that_is_down(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND"})
    operator.field("min_gap_between_attempts").press_sequentially("2")
    aim = operator.row("consider_voicemail_as_answered").get_by_text("It does not count")
    aim.hover()
    with operator.page.expect_response("**/preview"):
        operator.page.mouse.down()
    operator.sees_no_error("min_gap_between_attempts")
    operator.page.mouse.up()

    expect(aim.locator("xpath=..").get_by_role("radio")).to_be_checked()
    operator.sees_error(
        "min_gap_between_attempts", "Enter the minutes between attempts, 3 or more."
    )


def test_advice_is_shown_at_once_and_does_not_block(operator: Operator) -> None:
    operator.start(typed(inbound(webhook_url="http://hooks.acme.io/calls")))
    advice = operator.row("webhook_url").locator(".advice")
    expect(advice).to_contain_text("https://")

    operator.press("Review and send")
    operator.sees_heading("Review Front desk")


def test_an_id_of_the_wrong_kind_is_warned_about(operator: Operator) -> None:
    campaign = "Q2FtcGFpZ246MTIz"  # Campaign:123
    operator.start({"type": "INBOUND", "dialer_type": "POOL", "phone_number_pool_id": campaign})
    expect(operator.row("phone_number_pool_id").locator(".advice")).to_be_visible()


def test_white_space_around_a_pasted_id_is_not_sent(operator: Operator) -> None:
    operator.start(typed(inbound(assistant_id=None)) | {"assistant_id": "  asst_abc123\t "})
    expect(operator.json()).to_have_text(encode_payload(build_payload(inbound())).decode())


@pytest.mark.parametrize(("button", "count"), [("Weekdays", 5), ("Every day", 7)])
def test_one_press_chooses_the_usual_days(operator: Operator, button: str, count: int) -> None:
    operator.start({"type": "OUTBOUND", "days_of_week": ["SUNDAY"]})
    operator.press(button)
    expect(operator.row("days_of_week").get_by_role("checkbox", checked=True)).to_have_count(count)
    expect(operator.json()).to_contain_text("FRIDAY")
    operator.press("Undo")
    checked = operator.row("days_of_week").get_by_role("checkbox", checked=True)
    expect(checked).to_have_count(1)
    expect(checked).to_have_value("SUNDAY")


def test_a_new_campaign_starts_in_the_zone_of_the_browser(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND"})
    expect(operator.field("timezone")).to_have_value("Europe/Berlin")
    expect(operator.row("timezone").locator(".fact")).to_contain_text("Europe/Berlin is now at UTC")


def test_a_new_campaign_starts_without_advice_or_error(operator: Operator) -> None:
    with operator.page.expect_response("**/preview"):
        operator.start({"type": "INBOUND"})
    expect(operator.field("name")).to_be_visible()
    notes = operator.page.locator(".summary, .advices, .note > p").filter(visible=True)
    expect(notes).to_have_count(0)


def test_a_zone_can_be_found_by_its_city(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND", "timezone": "kolkata"})
    expect(operator.json()).to_contain_text('"timezone": "Asia/Kolkata"')
    expect(operator.page.locator("#zones option")).not_to_have_count(0)


def test_what_cannot_be_changed_later_says_so(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND"})
    for name in ("type", "vapi_calling_entity", "start_date", "end_date"):
        expect(operator.row(name)).to_contain_text("Cannot be changed later.")
    expect(operator.page.get_by_text("Cannot be changed later.")).to_have_count(4)


def test_the_json_can_be_copied(operator: Operator, saved: Callable[..., str]) -> None:
    operator.open(saved(inbound()))
    operator.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(operator.json()).to_contain_text("pn_abc123")
    operator.page.locator("[data-copy=json]").click()
    expect(operator.page.locator("[data-copy=json]")).to_have_text("Copied")

    copied = operator.page.evaluate("navigator.clipboard.readText()")
    assert copied == encode_payload(build_payload(inbound())).decode()


def test_the_last_day_offers_none_before_the_first(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND", "start_date": "2027-05-03"})
    expect(operator.field("end_date")).to_have_attribute("min", "2027-05-03")


@pytest.mark.parametrize("name", ["name", "min_gap_between_attempts", "start_date"])
def test_enter_in_a_field_saves_and_stays_there(
    operator: Operator, name: str, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    operator.field(name).focus()
    before = operator.page.evaluate("scrollY")
    with operator.page.expect_response("**/autosave"):
        operator.field(name).press("Enter")

    expect(operator.page.locator("#saved[aria-live=polite]")).to_contain_text("Saved at")
    expect(operator.field(name)).to_be_focused()
    assert operator.page.evaluate("scrollY") == before


def test_enter_in_a_field_saves_where_no_script_runs(window: Callable[..., Any]) -> None:
    operator = Operator(window(java_script_enabled=False))
    operator.start(typed(outbound()))
    operator.field("name").press("Enter")
    operator.sees("Saved.")
    operator.sees_heading("Q4 Outreach")


def test_typing_weeks_chooses_to_move_the_dates(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.page.goto(f"/drafts/{saved()}/duplicate")
    operator.page.get_by_label("Weeks to move").fill("2")
    expect(operator.page.get_by_label("Move them by whole weeks")).to_be_checked()
    operator.press("Make the copy")
    expect(operator.field("start_date")).to_have_value("2027-01-18")


def test_the_summary_of_what_is_wrong_goes_once_all_of_it_is_mended(operator: Operator) -> None:
    answers = typed(inbound())
    operator.start(answers | {"name": "", "assistant_id": ""})
    operator.press("Review and send")
    summary = operator.page.get_by_role("alert").filter(has_text="2 answers need a change")
    expect(summary).to_be_visible()
    operator.fill({"name": "Front desk"})
    operator.leave("name")
    expect(summary).to_be_visible()
    operator.fill({"assistant_id": "asst_abc123"})
    operator.leave("assistant_id")
    expect(summary).to_be_hidden()


def test_days_that_are_ticked_by_two_presses_of_a_button_are_undone_by_one(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound(days_of_week=["MONDAY"])))
    operator.page.get_by_role("button", name="Every day").dblclick()
    expect(operator.row("days_of_week").get_by_label("Sun")).to_be_checked()
    operator.press("Undo")
    expect(operator.row("days_of_week").get_by_label("Sun")).not_to_be_checked()
    expect(operator.row("days_of_week").get_by_label("Mon")).to_be_checked()


@pytest.fixture
def two_books(store: Store, add_connection: Callable[..., str]) -> tuple[str, str]:
    """Give the keys of two clients, each with an assistant in its address book."""
    keys = add_connection("Client A"), add_connection("Client B")
    with store.writing() as session:
        for key, value in zip(keys, ("asst_a", "asst_b"), strict=True):
            address_book.keep(session, key, IdKind.ASSISTANT, value, "A bot")
    return keys


def look_into_the_book(operator: Operator, key: str) -> None:
    operator.page.get_by_label("Send to").select_option(key)
    operator.page.get_by_label("Send to").focus()
    operator.field("assistant_id").focus()


def test_the_ids_of_a_client_that_was_chosen_before_are_not_offered_for_the_next(
    operator: Operator, two_books: tuple[str, str]
) -> None:
    first, second = two_books
    page = operator.page
    operator.start()
    held = Held(page, f"**/{first}/book.json")
    with page.expect_request(f"**/{first}/book.json"):
        look_into_the_book(operator, first)
    look_into_the_book(operator, second)
    offered = page.locator("#book-assistant_id option")
    expect(offered).to_have_attribute("value", "asst_b")
    with page.expect_response(f"**/{first}/book.json"):
        held.let_go()
    expect(offered).to_have_attribute("value", "asst_b")


def test_ids_that_could_not_be_had_once_are_offered_the_next_time(
    operator: Operator, two_books: tuple[str, str]
) -> None:
    page = operator.page
    operator.start()
    page.route("**/book.json", lambda route: route.fulfill(status=503, body="{}"), times=1)
    with page.expect_response("**/book.json"):
        look_into_the_book(operator, two_books[0])
    look_into_the_book(operator, two_books[0])
    expect(page.locator("#book-assistant_id option")).to_have_attribute("value", "asst_a")
