"""The index of the form: its sections are those of the page, with what each still lacks."""

from collections.abc import Callable
from datetime import UTC, datetime

from app.campaign.explanation import explain
from app.web.panel.sections import SECTIONS, list_sections
from tests.factories import inbound, outbound, typed
from tests.pages import Visitor, text

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def list_states(campaign: dict[str, object], **about_leads: str) -> dict[str, tuple[int, bool]]:
    states = list_sections(explain({**typed(campaign), **about_leads}, NOW))
    return {state.section.title: (state.missing, state.is_done) for state in states}


def test_each_question_of_the_form_stands_in_the_section_that_counts_it(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    soup = visitor.open(f"/drafts/{saved(outbound())}").soup
    for section in SECTIONS:
        heading = soup.find(id=section.id)
        assert text(heading) == section.title
        place = soup.select_one(f"section[aria-labelledby={section.id}]")
        assert place
        names = [str(row["data-row"]) for row in place.select("[data-row]")]
        assert names == list(section.questions)


def test_a_section_is_ticked_once_all_that_it_has_to_have_is_there() -> None:
    assert list_states(outbound(timezone=None, start_date=None)) == {
        "Campaign": (0, True),
        "Voice and number": (0, True),
        "Who is called": (0, False),
        "When to call": (2, False),
        "How often to try": (0, True),
        "Events": (0, False),
    }


def test_a_section_that_may_be_left_open_is_ticked_once_it_is_answered() -> None:
    answers = outbound(webhook_url="https://events.example.com/x")
    states = list_states(answers, audience="Texas")
    assert states["Who is called"] == states["Events"] == (0, True)
    assert list_states(outbound(), purpose="marketing")["Who is called"] == (0, True)
    assert list_states(outbound(), audience="Nowhere")["Who is called"] == (1, False)


def test_an_inbound_campaign_is_not_asked_when_and_whom_it_calls() -> None:
    assert list(list_states(inbound())) == ["Campaign", "Voice and number", "Events"]


def test_events_are_folded_until_they_are_used(visitor: Visitor, saved: Callable[..., str]) -> None:
    def find_fold(**answers: object) -> tuple[bool, str]:
        soup = visitor.open(f"/drafts/{saved(inbound(**answers))}").soup
        fold = soup.select_one("section[aria-labelledby=s-events] details")
        assert fold
        return fold.has_attr("open"), text(fold.summary)

    assert find_fold() == (False, "Events none")
    assert find_fold(webhook_url="https://a.example/x") == (True, "Events https://a.example/x")
    assert find_fold(webhook_url="nothing") == (True, "Events to be changed")


def test_where_it_goes_is_ticked_unless_nothing_can_be_sent_there(
    visitor: Visitor, saved: Callable[..., str], add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    address = f"/drafts/{saved(inbound(), connection=key)}"
    assert text(visitor.open(address).soup.select_one("#sections li")) == (
        "✓ Where it goes (complete)"
    )
    visitor.press(visitor.open(f"/connections/{key}"), "enabled", enabled="no")
    assert text(visitor.open(address).soup.select_one("#sections li")) == "Where it goes"
