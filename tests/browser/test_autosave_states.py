"""Each step of saving that a person can notice, by the state that the form bears."""

from base64 import b64decode
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import NewWindow
from tests.browser.operator import Operator
from tests.browser.saving import PAUSE, Answer, Saving, break_off, lose, reply
from tests.servers import Address

SILENCE = 20_000  # Milliseconds until an answer is given up.
IS_SAVED = """async (address) => {
  for (let times = 0; times < 50; times += 1) {
    if ((await (await fetch(address)).text()).includes("Typed last")) return true;
  }
  return false;
}"""


@pytest.fixture
def saving(window: NewWindow) -> Iterator[Saving]:
    saving = Saving(Operator(window(clock="of the test")))
    yield saving
    saving.page.clock.resume()


def test_what_is_typed_waits_a_moment_is_sent_and_is_saved(
    saving: Saving, window: NewWindow
) -> None:
    saving.hold()
    saving.type("Second")
    saving.is_in("waiting", "Not saved yet")
    saving.let_pass(PAUSE - 1)
    saving.is_in("waiting", "Not saved yet")
    saving.let_pass(1)
    saving.is_in("saving", "Saving …")

    saving.let_go()
    saving.is_in("clean", "Saved at")
    saving.is_saved_as("Second", window)


def test_the_moment_begins_anew_with_each_letter(saving: Saving) -> None:
    saving.type("Sec")
    saving.let_pass(PAUSE - 100)
    saving.type("Second")
    saving.let_pass(PAUSE - 100)
    saving.is_in("waiting", "Not saved yet")
    saving.let_pass(100)
    saving.is_in("clean", "Saved at")


def test_what_is_typed_while_an_earlier_text_is_on_its_way_is_saved_after_it(
    saving: Saving, window: NewWindow
) -> None:
    saving.send_and_hold("Second")
    saving.type("Third")
    saving.is_in("overtaken", "Not saved yet")
    saving.let_go()
    saving.is_in("waiting", "Not saved yet")
    assert saving.local_copy()["version"] == saving.page.locator("[name=version]").input_value()
    saving.let_pass(PAUSE)
    saving.is_in("clean", "Saved at")
    saving.is_saved_as("Third", window)


@pytest.mark.parametrize(
    "failure",
    [break_off, reply(503), reply(429, '{"title": ""}'), reply(200, "<h1>Another page</h1>")],
    ids=["no connection", "an error of the server", "too many requests", "a page instead"],
)
def test_after_an_attempt_that_failed_another_is_made(saving: Saving, failure: Answer) -> None:
    saving.answer = failure
    saving.type("Second")
    saving.let_pass(PAUSE)
    saving.is_in("retrying", "Not saved. It is kept in this browser; trying again in 1 s.")
    saving.let_go()
    saving.let_pass(1000)
    saving.is_in("clean", "Saved at")


def test_what_was_saved_without_an_answer_is_not_taken_for_another_persons(
    saving: Saving, window: NewWindow
) -> None:
    saving.answer = lose
    saving.type("Second")
    saving.let_pass(PAUSE)
    saving.is_in("retrying", "trying again in 1 s.")
    saving.type("Third")
    saving.let_go()
    saving.let_pass(1000)
    saving.is_in("waiting")
    saving.let_pass(PAUSE)
    saving.is_in("clean", "Saved at")
    saving.is_saved_as("Third", window)


def test_each_failure_doubles_the_wait_up_to_half_a_minute_and_a_success_ends_that(
    saving: Saving,
) -> None:
    saving.fail_with("Second")
    for seconds in (1, 2, 4, 8, 16, 30, 30):
        saving.is_in("retrying", f"trying again in {seconds} s.")
        saving.let_pass(seconds * 1000 - 1)
        saving.is_in("retrying")
        with saving.page.expect_event("requestfailed"):
            saving.let_pass(1)
    saving.is_in("retrying")

    saving.let_go()
    saving.let_pass(30_000)
    saving.is_in("clean", "Saved at")
    saving.fail_with("Third")


def test_a_server_that_is_silent_for_twenty_seconds_has_failed(saving: Saving) -> None:
    saving.send_and_hold("Second")
    saving.let_pass(SILENCE - 1)
    saving.is_in("saving")
    saving.let_pass(1)
    saving.is_in("retrying", "trying again in 1 s.")


def test_what_is_typed_between_two_attempts_is_saved_after_the_next(
    saving: Saving, window: NewWindow
) -> None:
    saving.fail_with("Second")
    saving.let_go()
    saving.let_pass(900)
    saving.type("Third")
    saving.let_pass(99)
    saving.is_in("retrying", "trying again in 1 s.")
    saving.let_pass(1)
    saving.is_in("waiting")
    saving.let_pass(PAUSE)
    saving.is_in("clean", "Saved at")
    saving.is_saved_as("Third", window)


@pytest.mark.parametrize("prompt", [Saving.press_enter, Saving.come_online])
def test_enter_and_a_network_that_is_back_wait_for_nothing(
    saving: Saving, prompt: Callable[[Saving], None]
) -> None:
    saving.type("Second")
    prompt(saving)
    saving.is_in("clean", "Saved at")
    saving.fail_with("Third")
    saving.let_go()
    prompt(saving)
    saving.is_in("clean", "Saved at")


def test_enter_in_a_new_campaign_makes_it_though_nothing_was_typed(operator: Operator) -> None:
    operator.start()
    operator.field("name").press("Enter")
    operator.waits_until_saved()
    expect(operator.page.locator("#campaign")).to_have_attribute("data-autosave-state", "clean")
    assert "/new" not in operator.page.url


def test_enter_while_a_text_is_on_its_way_saves_after_it_as_well(saving: Saving) -> None:
    saving.send_and_hold("Second")
    saving.press_enter()
    saving.press_enter()
    saving.is_in("overtaken", "Saving …")
    saving.let_go()
    saving.is_in("waiting")
    with saving.page.expect_response("**/autosave"):
        saving.let_pass(PAUSE)
    saving.is_in("clean", "Saved at")


def test_a_network_that_is_back_changes_nothing_where_nothing_waits(saving: Saving) -> None:
    saving.come_online()
    saving.is_in("clean", "Saved at")
    saving.send_and_hold("Second")
    saving.come_online()
    saving.is_in("saving", "Saving …")
    saving.type("Third")
    saving.come_online()
    saving.is_in("overtaken", "Saving …")
    assert len(saving.held) == 1
    saving.let_go()


def test_what_is_too_much_is_not_tried_again_and_yet_kept(saving: Saving) -> None:
    saving.answer = reply(413)
    saving.type("Second")
    saving.let_pass(PAUSE)
    words = "Not saved: this is more than Campaign Builder takes at once. Shorten it, and save."
    saving.is_in("ended", words)

    saving.hold()
    saving.type("Third")
    saving.come_online()
    saving.let_pass(60_000)
    saving.is_in("ended", words)
    assert saving.held == []
    assert ["name", "Third"] in saving.local_copy()["answers"]


@pytest.fixture
def outdated(saving: Saving, window: NewWindow) -> Saving:
    """Have another person change the draft that is open here."""
    other = Operator(window())
    other.page.goto(saving.page.url)
    other.fill({"name": "Theirs"})
    other.waits_until_saved()
    return saving


def test_after_a_refusal_enter_leads_to_what_can_be_done(outdated: Saving) -> None:
    outdated.type("Mine")
    outdated.let_pass(PAUSE)
    outdated.is_in("ended", "Not saved. This draft was changed elsewhere.")
    outdated.press_enter()
    outdated.operator.sees_heading("Two versions of Theirs")


def test_a_refusal_on_the_way_out_leads_to_what_can_be_done(outdated: Saving) -> None:
    outdated.type("Mine")
    outdated.operator.press("Review and send")
    outdated.operator.sees_heading("Two versions of Theirs")


@pytest.mark.parametrize("typed_since", [False, True])
def test_who_leaves_while_a_text_is_on_its_way_leaves_when_everything_is_saved(
    saving: Saving, window: NewWindow, typed_since: bool
) -> None:
    saving.send_and_hold("Second")
    if typed_since:
        saving.type("Third")
    for _ in range(2):
        saving.operator.press("Save draft")
    saving.is_in("overtaken" if typed_since else "saving")
    saving.let_go()
    saving.operator.sees("Saved.")
    saving.is_saved_as("Third" if typed_since else "Second", window)


def test_who_presses_twice_while_a_text_fails_leaves_when_everything_is_saved(
    saving: Saving, window: NewWindow
) -> None:
    saving.send_and_hold("Second")
    saving.type("Third")
    for _ in range(2):
        saving.operator.press("Save draft")
    saving.is_in("overtaken")
    break_off(saving.held.pop(0))
    saving.let_go()
    saving.operator.sees("Saved.")
    saving.is_saved_as("Third", window)


def test_who_cannot_save_on_the_way_out_stays_and_reads_why(saving: Saving) -> None:
    saving.fail_with("Second")
    saving.operator.press("Review and send")
    saving.is_in("retrying", "trying again in 2 s.")


def test_a_page_that_is_left_by_a_link_sends_what_was_waiting(saving: Saving) -> None:
    address = saving.page.url
    saving.type("Typed last")
    saving.is_in("waiting")
    saving.page.goto("/about")
    assert saving.page.evaluate(IS_SAVED, address)


def test_what_is_put_back_at_the_next_visit_is_saved_like_anything_typed(saving: Saving) -> None:
    saving.fail_with("Second")
    saving.page.reload()
    saving.is_in("waiting", "What had not been saved is back.")
    saving.let_go()
    saving.let_pass(PAUSE)
    saving.is_in("clean", "Saved at")


def test_an_event_that_a_state_does_not_know_is_a_bug_and_said(
    browser: Browser, site: Address
) -> None:
    def forget_an_event(route: Route) -> None:
        script = route.fetch()
        assert "online: STAY" in script.text()
        route.fulfill(response=script, body=script.text().replace("online: STAY", "other: STAY"))

    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.route("**/autosave.js", forget_an_event)
        page.goto("/drafts/new")
        with page.expect_console_message() as message:
            page.evaluate("window.dispatchEvent(new Event('online'))")
        assert (message.value.type, "“online”" in message.value.text) == ("error", True)


def test_what_is_kept_in_the_browser_cannot_be_read_there(saving: Saving) -> None:
    saving.fail_with("Secret plans")
    kept = saving.page.evaluate("Object.values(localStorage)")
    assert len(kept) == 1
    assert "Secret" not in kept[0]
    assert b"Secret" not in b64decode(kept[0])
    assert ["name", "Secret plans"] in saving.local_copy()["answers"]
