"""Where a campaign goes is plain on the screen, and what it needs is offered while one types."""

from collections.abc import Callable
from threading import Event

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Route, expect

from app.campaign.contract.id_kinds import IdKind
from app.connections import ConnectionRegistry
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Faults, Switch
from app.services import find_services
from app.store import address_book
from app.store.database import Store
from tests.browser.held import Held
from tests.browser.operator import Operator
from tests.factories import inbound, outbound, typed
from tests.sending.presses import rows
from tests.servers import Address

NewConnection = Callable[..., str]
Saved = Callable[..., str]


def test_another_connection_changes_the_colour_and_the_name_at_once(
    operator: Operator, add_connection: NewConnection
) -> None:
    add_connection("Client A", colour="purple")
    operator.start(typed(inbound()))
    operator.page.get_by_label("Send to").select_option("Client A (LIVE)")

    expect(operator.page.locator("#connection-shown")).to_contain_text("LIVE Client A")
    expect(operator.page.locator("#goes-to")).to_contain_text("LIVE Client A")
    expect(operator.page.locator("body")).to_have_class("to-purple")
    operator.waits_until_saved()
    operator.press("Review and send")
    operator.sees("This goes to Client A, LIVE")
    expect(operator.page.locator("body")).to_have_class("to-purple")


def test_nothing_in_the_list_is_cut_off_beside_a_long_name(
    operator: Operator, saved: Saved, add_connection: NewConnection
) -> None:
    page, client = operator.page, add_connection("Northwind Insurance Company")
    saved(outbound(name="Spring recall for policyholders"), connection=client)
    page.goto("/")
    page.get_by_role("checkbox", name="Tick Spring recall").check()
    for width in (390, 660, 760, 900):
        page.set_viewport_size({"width": width, "height": 1200})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("#ticked").get_by_role("button", name="Delete")).to_be_in_viewport(
            ratio=0.99
        )


@pytest.mark.parametrize("colour", ["pink", "teal"])
def test_a_colour_that_is_chosen_is_still_seen_in_its_own_swatch(
    operator: Operator, colour: str
) -> None:
    page = operator.page
    page.goto("/connections/new")
    swatch = page.locator(f".swatch.to-{colour}")
    before = swatch.evaluate(EDGE)
    swatch.get_by_role("radio").check()
    assert swatch.evaluate(EDGE) == before
    assert before != page.locator(".swatch.to-blue").evaluate(EDGE)


EDGE = "(swatch) => [getComputedStyle(swatch).borderLeftColor, swatch.clientLeft].join()"


def test_the_address_book_is_offered_for_the_connection_and_what_answers(
    operator: Operator, store: Store, add_connection: NewConnection
) -> None:
    key = add_connection("Client A")
    with store.writing() as session:
        address_book.keep(session, key, IdKind.ASSISTANT, "asst_1", "Front desk bot")
        address_book.keep(session, key, IdKind.SQUAD, "squad_1", "Closers")
    operator.start()
    operator.page.get_by_label("Send to").select_option(key)
    offered = operator.page.locator("#book-assistant_id option")

    operator.field("assistant_id").focus()
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("label", "Front desk bot (asst_1)")
    operator.fill({"vapi_calling_entity": "SQUAD"})
    operator.field("assistant_id").focus()
    expect(offered).to_have_attribute("value", "squad_1")


def test_nothing_goes_to_a_live_connection_that_is_not_named(
    any_operator: Operator, store: Store, saved: Saved, add_connection: NewConnection
) -> None:
    page = any_operator.page
    page.goto(f"/drafts/new?connection={add_connection('Client A')}")
    any_operator.fill(typed(inbound()))
    any_operator.press("Review and send")
    any_operator.press("Send to Client A")

    any_operator.sees("Type Client A exactly as it stands above.")
    assert rows(store, "SELECT count(*) FROM submission") == [(0,)]


def test_the_page_of_what_is_being_sent_waits_and_can_be_closed(
    any_operator: Operator, app: Flask, saved: Saved, ledger: Ledger
) -> None:
    faults: Faults = find_services(app).faults
    faults.switch_on(Switch("slow-headers", every=False, seconds=3))
    any_operator.page.goto(f"/drafts/{saved(outbound())}/review")
    any_operator.press("Send to the sandbox")
    any_operator.sees_heading("Sending: Q4 Outreach")
    other = any_operator.page.context.new_page()
    any_operator.page.close()

    other.goto("/")
    other.get_by_role("link", name="Q4 Outreach").first.click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Created: Q4 Outreach")
    assert len(ledger.read_page(9)) == 1


def test_an_api_that_asks_to_wait_is_counted_down_for(
    operator: Operator, app: Flask, saved: Saved, ledger: Ledger
) -> None:
    find_services(app).faults.switch_on(Switch("429", every=False))
    operator.page.goto(f"/drafts/{saved(outbound())}/review")
    operator.press("Send to the sandbox")
    operator.sees_heading("Refused: Q4 Outreach")
    expect(operator.page.locator("[data-countdown]")).to_contain_text("(in 0:2")
    operator.page.get_by_role("link", name="Review and send again").click()

    button = operator.page.get_by_role("button", name="Send to the sandbox")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    operator.sees_heading("Review Q4 Outreach")
    assert ledger.read_page(9) == []


def test_a_campaign_like_an_earlier_one_is_sent_only_on_a_tick(
    any_operator: Operator, saved: Saved, ledger: Ledger
) -> None:
    page = any_operator.page
    page.goto(f"/drafts/{saved(outbound())}/review")
    any_operator.press("Send to the sandbox")
    any_operator.sees_heading("Created: Q4 Outreach")
    page.goto(f"/drafts/{saved(outbound())}/review")
    any_operator.sees("This looks like the campaign created")
    any_operator.press("Send to the sandbox")
    any_operator.sees("Tick this if a second campaign is really wanted.")
    assert len(ledger.read_page(9)) == 1

    page.get_by_label("Send it anyway").check()
    any_operator.press("Send to the sandbox")
    any_operator.sees_heading("Created: Q4 Outreach")
    assert len(ledger.read_page(9)) == 2


def test_a_connection_is_entered_tested_and_used(
    any_operator: Operator, app: Flask, site: Address
) -> None:
    page = any_operator.page
    page.goto("/connections")
    page.get_by_role("link", name="New connection").click()
    page.get_by_label("Name").fill("Rehearsals")
    page.get_by_label("A sandbox").check()
    page.get_by_label("Base URL").fill(f"{site.url}/sandbox")
    page.get_by_label("Token").fill("sandbox")
    page.get_by_label("Teal").check()
    any_operator.press("Add the connection")
    any_operator.press("Test it")
    any_operator.sees("It answers (status 405)")
    connections: ConnectionRegistry = find_services(app).connections
    assert [connection.name for connection in connections.list_all()] == ["Sandbox", "Rehearsals"]


def test_what_is_typed_of_a_connection_is_not_lost_to_another_form_of_its_page_unasked(
    operator: Operator, add_connection: NewConnection
) -> None:
    page = operator.page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)  # All tests of a worker have one page.
    page.goto(f"/connections/{add_connection('Client A')}")
    page.get_by_label("Notes").fill("Ask Kim.")
    operator.press("Save the pace")
    expect(page.get_by_label("Notes")).to_have_value("Ask Kim.")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save", exact=True).click()
    operator.sees("Saved.")
    assert asked == ["beforeunload"]


def test_what_is_typed_of_a_connection_before_the_scripts_are_there_is_not_lost_unasked(
    operator: Operator, add_connection: NewConnection
) -> None:
    page = operator.page
    held = Held(page, "**/ask-before-leaving.js")
    page.goto(f"/connections/{add_connection('Client A')}", wait_until="commit")
    page.get_by_label("Notes").fill("Ask Kim.")
    held.let_go()
    page.wait_for_load_state()
    with page.expect_event("dialog") as event:
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("link", name="Cancel").click()
    assert event.value.type == "beforeunload"
    page.wait_for_url("**/connections")


def test_who_stays_on_a_page_is_asked_again_at_the_next_press(
    operator: Operator, add_connection: NewConnection
) -> None:
    page, asked = operator.page, list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.goto(f"/connections/{add_connection('Client A')}")
    page.get_by_label("Notes").fill("Ask Kim.")
    page.locator("form[aria-labelledby=pace] input:not([type=hidden])").first.fill("7")
    for name in ("Save the pace", "Save"):
        with page.expect_event("dialog") as event:
            page.once("dialog", stay)
            page.get_by_role("button", name=name, exact=True).click()
        assert event.value.type == "beforeunload"
    assert asked == ["beforeunload"] * 2
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/connections")


def test_who_types_while_a_connection_is_tested_is_not_disturbed(
    operator: Operator, app: Flask, site: Address, add_connection: NewConnection
) -> None:
    page = operator.page
    key = add_connection("Rehearsals", base_url=f"{site.url}/sandbox", is_sandbox=True)
    find_services(app).faults.switch_on(Switch("slow-headers", every=False, seconds=5))
    has_typed = Event()

    def tell(route: Route) -> None:
        """Answer that the test goes on, until something is typed."""
        if route.request.method == "POST":
            route.continue_()
        else:
            route.fulfill(json={"pending": not has_typed.is_set()})

    page.route("**/test", tell)
    page.goto(f"/connections/{key}")
    operator.press("Test it")
    operator.sees("Being tested")
    page.wait_for_load_state()  # Its scripts hear what is typed.
    page.get_by_label("Notes").press_sequentially("Ask Kim.")
    has_typed.set()
    operator.sees("The answer has come.")
    expect(page.get_by_label("Notes")).to_have_value("Ask Kim.")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Look at it").click()
    operator.sees("Test it")
