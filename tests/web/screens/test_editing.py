"""The form without scripts: it saves everything, judges on the way to the review, loses nothing."""

from collections.abc import Callable

import pytest

from app.campaign.contract.fields import FIELDS
from app.campaign.contract.payload import build_payload, encode_payload
from app.store import drafts
from app.store.base import State
from app.store.database import Store
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor, text

REVIEW = {"then": "review"}


def submit(visitor: Visitor, values: dict[str, object]) -> Page:
    return visitor.press(visitor.open("/drafts/new"), answers=typed(values), **REVIEW)


def test_a_new_campaign_has_an_address_before_it_is_saved(visitor: Visitor, store: Store) -> None:
    page = visitor.open("/drafts/new")
    assert page.heading == "New campaign"
    assert page.path.startswith("/drafts/new/")
    with store.reading() as session:
        assert not drafts.exists(session, page.path.rpartition("/")[2])


def test_the_address_of_a_new_campaign_leads_to_the_draft_once_it_is_saved(
    visitor: Visitor,
) -> None:
    blank = visitor.open("/drafts/new")
    visitor.press(blank, answers={"name": "Kept"})
    assert visitor.open(blank.path).heading == "Kept"


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
def test_every_question_is_asked(visitor: Visitor, field: str) -> None:
    page = visitor.open("/drafts/new")
    assert page.soup.find(id=field) is not None


def test_a_complete_campaign_goes_to_its_review(visitor: Visitor) -> None:
    assert submit(visitor, outbound()).heading == "Review Q4 Outreach"


def test_problems_are_said_on_top_and_beside_the_field(visitor: Visitor) -> None:
    page = submit(visitor, outbound(min_gap_between_attempts=2, timezone=None))
    assert page.status == 422
    message = "Enter the minutes between attempts, 3 or more."
    assert page.error("min_gap_between_attempts") == message
    assert message in page.summary()
    assert page.summary() == [page.error("timezone"), message]


def test_the_summary_leads_to_the_fields(visitor: Visitor) -> None:
    page = submit(visitor, outbound(days_of_week=None, name=None))
    for link in page.soup.select(".summary a"):
        assert page.soup.find(id=str(link["href"]).removeprefix("#")) is not None


def test_what_was_typed_wrong_is_kept_as_it_was_typed(visitor: Visitor) -> None:
    answers = typed(outbound()) | {"max_call_attempts": "three", "start_date": "1.2.27"}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers, **REVIEW)
    again = visitor.open(page.path)
    assert again.typed("max_call_attempts") == "three"
    assert again.typed("start_date") == "1.2.27"
    assert page.error("max_call_attempts").startswith("Enter the attempts for each lead as a whole")


LEADS: dict[str, str | list[str]] = {"audience": "France, Narnia", "own_dates": "next friday"}


def test_a_place_and_a_day_that_are_none_are_errors_of_an_unfinished_form(visitor: Visitor) -> None:
    answers = LEADS | {"type": "OUTBOUND"}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers, **REVIEW)
    assert page.status == 422
    assert "“Narnia”" in page.error("audience")
    assert "“next friday”" in page.error("own_dates")
    assert {page.error("audience"), page.error("own_dates")} <= set(page.summary())


def test_a_place_and_a_day_that_are_none_are_saved_and_told_and_keep_the_draft_from_review(
    visitor: Visitor,
) -> None:
    saved = visitor.press(visitor.open("/drafts/new"), answers=typed(outbound()) | LEADS)
    assert saved.flash() == "Saved."
    assert {name: saved.typed(name) for name in LEADS} == LEADS
    assert "“Narnia”" in saved.error("audience")
    assert "“next friday”" in saved.error("own_dates")

    review = visitor.open(f"{saved.path}/review")
    assert review.heading == "Q4 Outreach"
    assert "not complete yet" in review.flash()


def test_each_word_that_names_no_place_is_in_the_summary(visitor: Visitor) -> None:
    answers = typed(outbound()) | {"audience": "Narnia, Atlantis"}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers, **REVIEW)
    assert text(page.soup.select_one(".summary h2")) == "One answer needs a change"
    assert [message.split("”")[0] for message in page.summary()] == [
        "Change “Narnia",
        "Change “Atlantis",
    ]


def test_the_zone_that_is_meant_can_be_pressed_where_no_script_runs(visitor: Visitor) -> None:
    answers = typed(outbound()) | {"timezone": "Pacific"}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers)
    assert page.error("timezone").startswith("Choose the time zone from the list")
    press = page.soup.select_one("#timezone-note button")
    page = visitor.press(page, fix=str(press["value"]))  # type: ignore[index]
    assert page.typed("timezone") == "America/Los_Angeles"
    assert page.error("timezone") == ""


def test_a_change_is_undone_to_what_was_typed_when_it_was_pressed(visitor: Visitor) -> None:
    answers = typed(outbound()) | {"timezone": "Pacific"}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers)
    fix = {"fix": "timezone=America%2FLos_Angeles", "timezone": "Pacifik", "name": "Renamed"}
    page = visitor.press(page, answers=fix)
    assert page.flash() == "Changed: Time zone. Undo"
    page = visitor.press(page, "versions/restore", restores="2")
    assert (page.typed("timezone"), page.typed("name")) == ("Pacifik", "Renamed")


@pytest.mark.parametrize("name", ["", "   ", "\N{ZERO WIDTH SPACE}", "\u3164\u2800"])
def test_no_page_leaves_a_campaign_without_a_name_to_be_seen(visitor: Visitor, name: str) -> None:
    draft = visitor.press(visitor.open("/drafts/new"), answers=typed(inbound()) | {"name": name})
    assert draft.heading == "Unnamed campaign"
    assert text(visitor.open("/").soup.select_one("tbody a")) == "Unnamed campaign"
    for page in ("history", "duplicate", "presets"):
        assert visitor.open(f"{draft.path}/{page}").heading.endswith(" Unnamed campaign")
    other = visitor.press(draft, answers={"webhook_url": "https://hooks.example.org"})
    assert other.flash() == "Saved."
    conflict = visitor.press(draft, answers={"webhook_url": "https://other.example.org"})
    assert conflict.heading == "Two versions of Unnamed campaign"


@pytest.mark.parametrize("name", ["   ", "\u200b", "\u3164\u2800"])
def test_a_name_of_which_nothing_can_be_seen_is_no_name(visitor: Visitor, name: str) -> None:
    answers = typed(inbound()) | {"name": name}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers, **REVIEW)
    assert page.error("name") == "Enter the campaign name."
    assert page.heading == "Unnamed campaign"


def test_a_new_form_starts_without_advice_or_error(visitor: Visitor) -> None:
    page = visitor.open("/drafts/new")
    assert page.soup.select(".summary, .advices, [data-left], .note .advice, .note .fact") == []


def test_what_is_missing_is_no_error_when_a_draft_is_opened_again(visitor: Visitor) -> None:
    page = visitor.press(visitor.open("/drafts/new"), answers={"type": "OUTBOUND"})
    assert page.soup.select("[data-left]") == []


def test_fields_that_do_not_apply_are_kept_and_not_judged(visitor: Visitor) -> None:
    answers = typed(outbound()) | {"type": "INBOUND", "daily_start_time": "late"}
    page = visitor.press(visitor.open("/drafts/new"), answers=answers, **REVIEW)
    assert page.heading == "Review Q4 Outreach"
    assert "daily_start_time" not in text(page.soup.find(id="json"))

    form = visitor.open(page.path.removesuffix("/review"))
    assert form.typed("daily_start_time") == "late"
    assert form.typed("days_of_week") == typed(outbound())["days_of_week"]
    assert text(form.soup.select_one("#type-note .fact")) == (
        "The first day, the last day, the time zone, the days to call on, the end of calling, "
        "the attempts for each lead, the attempts in one day, the minutes between attempts and "
        "what a voicemail counts as are kept here, but not sent."
    )
    assert form.text.count("kept here, but not sent") == 1


def test_the_form_shows_the_bytes_that_will_be_sent(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved()}")
    sent = encode_payload(build_payload(outbound())).decode()
    assert page.soup.find(id="json").get_text() == sent  # type: ignore[union-attr]


def test_the_messages_of_the_api_stand_at_the_fields_until_the_draft_changes(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.REFUSED)}")
    form = visitor.open(str(page.soup.select_one("a.button.primary")["href"]))  # type: ignore[index]
    row = form.soup.select_one("[data-row=assistant_id]")
    assert "No such assistant." in text(row)
    assert "refused this campaign" in text(form.soup.select_one(".summary"))

    changed = visitor.press(form, answers={"assistant_id": "asst_2"})
    assert "No such assistant." not in changed.text


class TestTwoVersions:
    """Two people on one draft: the later save over a newer version is refused, and shows both."""

    @pytest.fixture
    def conflict(self, visitor: Visitor, saved: Callable[..., str]) -> Page:
        mine = visitor.open(f"/drafts/{saved(inbound(name='Common'))}")
        visitor.press(
            visitor.open(mine.path), answers={"name": "Theirs", "assistant_id": "asst_theirs"}
        )
        return visitor.press(mine, answers={"name": "Mine", "webhook_url": "https://mine.example"})

    def test_both_are_shown_where_they_differ(self, conflict: Page) -> None:
        assert conflict.status == 409
        rows = {text(row.th): text(row) for row in conflict.soup.select("tbody tr")}
        assert set(rows) == {"Campaign name", "Assistant id", "Webhook address"}
        assert "Theirs" in rows["Campaign name"]
        assert "Mine" in rows["Campaign name"]

    def test_nothing_was_overwritten(self, visitor: Visitor, conflict: Page) -> None:
        assert visitor.open(conflict.path).heading == "Theirs"

    def test_what_is_chosen_is_saved_field_by_field(self, visitor: Visitor, conflict: Page) -> None:
        page = visitor.press(conflict, "merge", {"keep-name": "mine", "keep-webhook_url": "mine"})
        assert page.heading == "Mine"
        assert page.typed("assistant_id") == "asst_theirs"
        assert page.typed("webhook_url") == "https://mine.example"

    def test_all_of_mine_can_be_kept_with_one_press(self, visitor: Visitor, conflict: Page) -> None:
        page = visitor.press(conflict, "merge", keep="mine")
        assert (page.heading, page.typed("assistant_id")) == ("Mine", "asst_abc123")

    def test_a_third_version_is_shown_again_before_it_is_overwritten(
        self, visitor: Visitor, conflict: Page
    ) -> None:
        visitor.press(visitor.open(conflict.path), answers={"name": "Third"})
        page = visitor.press(conflict, "merge", keep="mine")
        assert page.heading == "Two versions of Third"


def test_what_was_typed_after_sending_can_be_kept_as_a_new_draft(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    form = visitor.open(f"/drafts/{saved(inbound())}")
    visitor.press(visitor.open(f"{form.path}/review"), "send")
    late = visitor.press(form, answers={"name": "Too late"})
    assert (late.status, late.heading) == (409, "This campaign was sent meanwhile")

    kept = visitor.press(late)
    assert (kept.heading, kept.typed("assistant_id")) == ("Too late", "asst_abc123")
    assert kept.path != form.path


def test_what_the_api_refused_is_marked_as_any_wrong_answer(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    sent(State.REFUSED)
    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    page = visitor.open(draft)
    field = page.soup.find(id="assistant_id")
    assert field["aria-invalid"] == "true"  # type: ignore[index]
    assert "assistant_id-refused" in str(field["aria-describedby"])  # type: ignore[index]
    refused = page.soup.find(id="assistant_id-refused")
    assert "No such assistant." in text(refused)
    assert page.soup.select_one("[data-row=assistant_id][data-left]")
    assert page.soup.find(id="name").get("aria-invalid") is None  # type: ignore[union-attr]
