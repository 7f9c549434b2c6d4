"""Rules, changes that keep them, clocks and presets, as a person meets them in a browser."""

import json
from collections.abc import Callable
from datetime import date, time

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.browser.operator import Operator
from tests.factories import outbound, typed

LATE = outbound(daily_end_time=time(21))
TO_FLORIDA = {"audience": "Florida", "purpose": "marketing"}


def test_a_change_that_keeps_a_rule_takes_one_press(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(LATE, **TO_FLORIDA))
    any_operator.press("Until: 21:00 → 20:00")
    expect(any_operator.field("daily_end_time")).to_have_value("20:00")
    expect(any_operator.page.get_by_role("status").filter(has_text="Changed")).to_be_visible()
    any_operator.sees_in_the_panel("No rule that is known here is broken.")


def test_a_change_is_undone_with_one_press(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(LATE, **TO_FLORIDA))
    any_operator.fill({"daily_end_time": "22:00"})
    any_operator.page.locator("button.fix", has_text="→ 20:00").filter(visible=True).first.click()
    expect(any_operator.field("daily_end_time")).to_have_value("20:00")
    any_operator.press("Undo")
    expect(any_operator.field("daily_end_time")).to_have_value("22:00")


def test_an_offer_to_undo_is_withdrawn_once_something_else_is_typed(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(LATE, **TO_FLORIDA))
    operator.press("Until: 21:00 → 20:00")
    undo = operator.page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    operator.fill({"name": "Renamed"})
    expect(undo).to_be_hidden()


def test_a_preset_is_undone_and_what_was_typed_since_stays(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    operator.press("Use a preset")
    operator.press("Use Strictest US")
    expect(operator.field("daily_start_time")).to_have_value("16:00")
    operator.fill({"name": "Renamed"})
    operator.waits_until_saved()
    operator.press("Undo")
    expect(operator.field("daily_start_time")).to_have_value("09:00")
    operator.sees("Undone: what stood there before is back.")
    operator.waits_until_saved()
    operator.page.reload()
    expect(operator.field("daily_start_time")).to_have_value("09:00")
    expect(operator.field("name")).to_have_value("Renamed")


def test_a_change_is_saved_like_anything_that_is_typed(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(LATE, **TO_FLORIDA))
    operator.press("Until: 21:00 → 20:00")
    operator.waits_until_saved()
    operator.page.reload()
    expect(operator.field("daily_end_time")).to_have_value("20:00")


def test_a_change_of_days_ticks_them(operator: Operator) -> None:
    operator.start(
        typed(LATE)
        | TO_FLORIDA
        | {"days_of_week": ["SATURDAY", "SUNDAY", "MONDAY"], "audience": "Texas"}
    )
    operator.fill({"audience": "Alabama", "daily_end_time": "20:00"})
    operator.page.get_by_text("To verify, or weaker than a law").click()
    operator.page.get_by_role("button", name="Call on:").first.click()
    expect(operator.row("days_of_week").get_by_label("Sun")).not_to_be_checked()
    expect(operator.row("days_of_week").get_by_label("Mon")).to_be_checked()


def test_places_are_offered_after_each_comma(operator: Operator) -> None:
    operator.start({"type": "OUTBOUND"})
    operator.field("audience").click()
    operator.field("audience").press_sequentially("Texas, flor")
    option = operator.page.locator("#places option")
    expect(option).to_have_count(1)
    expect(option).to_have_attribute("value", "Texas, Florida")


def test_the_clock_of_this_device_is_offered_and_kept(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    operator.sees_in_the_panel("Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)")
    operator.press("of this device")
    operator.sees_in_the_panel("Mon 4 Jan 2027, 15:00 to 23:00 (UTC+01:00)")
    operator.page.reload()
    operator.sees_in_the_panel("Mon 4 Jan 2027, 15:00 to 23:00 (UTC+01:00)")
    operator.press("of the campaign")
    operator.sees_in_the_panel("Mon 4 Jan 2027, 09:00 to 17:00 (UTC-05:00)")


def test_utc_can_be_chosen_with_and_without_scripts(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(outbound()))
    any_operator.press("of UTC")
    any_operator.sees_in_the_panel("Mon 4 Jan 2027, 14:00 to 22:00 (UTC+00:00)")


def test_a_browser_with_other_zone_data_says_so(operator: Operator) -> None:
    def an_hour_off(route: Route) -> None:
        answer = route.fetch()
        instants = [["2027-01-04T14:00:00+00:00", -240]]  # New York is at -300 then.
        page = answer.text().replace(
            "data-instants='", f"data-instants='{json.dumps(instants)}' x='"
        )
        route.fulfill(response=answer, body=page)

    operator.page.route("**/preview", an_hour_off)
    operator.start(typed(outbound()))
    operator.sees_in_the_panel("This browser's clock data for America/New_York disagrees")
    operator.page.unroute_all(behavior="wait")


def test_a_browser_with_the_same_zone_data_says_nothing(operator: Operator) -> None:
    operator.start(typed(outbound(end_date=date(2028, 1, 4))))
    operator.sees_in_the_panel("Time zones by IANA")
    expect(operator.page.get_by_text("This browser's clock data")).to_be_hidden()


def test_the_hour_labels_stand_on_their_lines(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    middles = """elements => elements.map(element => {
        const box = element.getBoundingClientRect();
        return box.x + box.width / 2;
    })"""
    chart = operator.page.locator(".hours-chart").first
    expect(chart).to_be_visible()
    labels = chart.locator(".axis text").evaluate_all(middles)
    lines = chart.locator("tbody tr:first-child .labelled").evaluate_all(middles)
    assert len(labels) == 5
    assert labels == pytest.approx(lines, abs=0.5)


def test_a_row_of_the_chart_tells_its_hours_to_who_points_or_tabs_there(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(outbound(), audience="Florida, California"))
    chart = any_operator.page.locator(".told-below").first
    ask = chart.get_by_text("Tap or point at a row")
    there, elsewhere = map(chart.get_by_text, ("in Los Angeles it calls", "in New York it calls"))
    expect(ask).to_be_visible()
    expect(there).to_be_hidden()

    chart.get_by_role("img", name="in Los Angeles it calls from 06:00 to 14:00.").focus()
    expect(there).to_be_visible()
    expect(ask).to_be_hidden()

    chart.get_by_role("rowheader", name="New York").hover()
    expect(elsewhere).to_be_visible()
    expect(there).to_be_hidden()


def test_the_arrow_keys_go_from_calling_day_to_calling_day_and_each_tells_its_hours(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    page = operator.page
    page.locator(".month [tabindex='0']").focus()
    for key, title in [
        ("ArrowLeft", "Mon 4 Jan 2027"),
        ("ArrowRight", "Tue 5 Jan 2027"),
        ("ArrowDown", "Tue 12 Jan 2027"),
        ("ArrowUp", "Tue 5 Jan 2027"),
        ("End", "Wed 31 Mar 2027"),
        ("Home", "Mon 4 Jan 2027"),
    ]:
        page.keyboard.press(key)
        expect(page.locator(".month td:focus")).to_have_attribute(
            "data-told", f"{title}: 09:00 to 17:00"
        )
        expect(page.locator(".month [tabindex]")).to_have_count(1)
    expect(page.get_by_text("Tap or point at a day")).to_be_hidden()


def test_a_day_is_told_to_a_finger_and_to_a_pointer(
    operator: Operator, saved: Callable[..., str]
) -> None:
    operator.open(saved(outbound()))
    day = operator.page.locator("[data-told^='Thu 7 Jan 2027']")
    written = "element => getComputedStyle(element, '::after').content"
    assert day.evaluate(written) == "none"
    day.click()
    expect(day).to_be_focused()
    assert "Thu 7 Jan 2027: 09:00 to 17:00" in day.evaluate(written)


def test_a_preset_is_seen_before_it_is_used(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(outbound()))
    any_operator.press("Use a preset")
    any_operator.sees_heading("Presets for Q4 Outreach")
    any_operator.press("Use Strictest US")
    # The hours are meant on every clock of the 50 states.
    expect(any_operator.field("daily_start_time")).to_have_value("16:00")


def test_a_finding_is_accepted_with_a_reason_on_the_way_to_sending(
    any_operator: Operator, saved: Callable[..., str]
) -> None:
    any_operator.open(saved(LATE, **TO_FLORIDA))
    any_operator.press("Review and send")
    any_operator.page.get_by_text("Accept this, and say why").first.click()
    any_operator.page.get_by_label("Why is this fine?").first.fill("They asked for it.")
    any_operator.page.get_by_label("Your name").fill("Ada")
    any_operator.press("Accept Florida calling hours")
    any_operator.sees("Accepted, and the reason is kept with the draft.")
    any_operator.press("Send to the sandbox")
    any_operator.sees_heading("Created: Q4 Outreach")


def test_answers_that_are_not_kept_are_left_only_after_a_question(
    operator: Operator, saved: Callable[..., str]
) -> None:
    page, asked = operator.page, list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)  # All tests of a worker have one page.
    page.goto(f"/drafts/{saved(outbound(), **TO_FLORIDA)}/review")
    page.locator("#duties input[value=yes]").first.check()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.get_by_role("button", name="Keep these answers")).to_be_visible()
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="Keep these answers").click()
    page.get_by_role("link", name="Back to the form").click()
    operator.sees_heading("Q4 Outreach")
    assert asked == ["beforeunload"]
