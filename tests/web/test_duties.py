"""What no setting shows is asked before sending, kept with the draft, and never blocks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from app.store import drafts
from app.store.acceptances import judge
from app.store.chains import hash_event
from app.store.database import Store
from app.store.evidence_file import check_evidence
from tests.factories import outbound, typed
from tests.pages import Page, Visitor, fields_of, text

LEADS: dict[str, str | list[str]] = {"audience": "Germany", "purpose": "marketing"}
AI, MACHINE = "eu-ai-disclosure", "de-machine-consent"


@pytest.fixture
def german(store: Store) -> str:
    """Save a campaign to Germany that breaks nothing, and give its id."""
    draft_id = drafts.make_id()
    with store.writing() as session:
        campaign = outbound(timezone="Europe/Berlin")
        drafts.save(session, draft_id, judge(typed(campaign) | LEADS), expected_version=0)
    return draft_id


def answer(visitor: Visitor, draft_id: str, who: str = "Ada", **answers: str) -> Page:
    page = visitor.open(f"/drafts/{draft_id}/review")
    return visitor.press(page, "confirm", answers=answers | {"who": who})


def verdict(page: Page) -> str:
    return text(page.soup.select_one("#send > .verdict"))


def duty(page: Page, rule: str) -> str:
    return text(page.soup.find(id=f"duty-{rule}"))


def test_the_duties_of_an_automated_voice_are_asked_before_the_button(
    visitor: Visitor, german: str
) -> None:
    page = visitor.open(f"/drafts/{german}/review")
    assert "Does the agent say at the start of the call that it is an AI?" in duty(page, AI)
    assert "expressly agreed" in duty(page, MACHINE)
    assert "3 to confirm" in verdict(page)
    titles = [text(title) for title in page.soup.select("h2")]
    assert titles.index("To confirm before sending") < titles.index("Send to the sandbox")


def test_answers_are_kept_with_who_and_when_and_stay_on_record(
    visitor: Visitor, client: FlaskClient, german: str
) -> None:
    page = answer(visitor, german, **{f"answer-{AI}": "yes"})
    assert page.flash() == "Your answers are kept with the draft."
    assert "Yes Ada, " in duty(page, AI)
    assert "2 to confirm" in verdict(page)
    history = visitor.open(f"/drafts/{german}/history").text
    assert "Confirmed before sending: People are told that they talk to an AI: yes" in history
    evidence = client.get(f"/drafts/{german}/evidence.json").get_json()
    (statement,) = [
        finding["said"] for finding in evidence["judged_now"]["findings"] if finding["rule"] == AI
    ]
    assert (statement["who"], statement["answer"]) == ("Ada", "yes")
    (event,) = [event for event in evidence["trail"]["events"] if event["kind"] == "confirmed"]
    assert json.loads(event["details"])["duties"][AI][1] == "yes"


@pytest.mark.parametrize(
    ("judged", "kept"),
    [
        ({"answer": "yes"}, {}),
        ({"who": "Eve"}, {}),
        ({"reason": "Everybody has agreed."}, {}),
        ({}, {"answer": "yes"}),
        ({"answer": "yes"}, {"answer": "yes"}),
    ],
)
def test_an_answer_that_is_changed_in_the_evidence_shows(
    visitor: Visitor, client: FlaskClient, german: str, judged: dict[str, str], kept: dict[str, str]
) -> None:
    untouched = client.get(f"/drafts/{german}/evidence.json").get_json()
    assert check_evidence(untouched) == ""
    answer(visitor, german, **{f"answer-{MACHINE}": "no"})
    answer(visitor, german, **{f"answer-{AI}": "yes"})
    evidence = client.get(f"/drafts/{german}/evidence.json").get_json()
    assert check_evidence(evidence) == ""

    (finding,) = [
        finding for finding in evidence["judged_now"]["findings"] if finding["rule"] == MACHINE
    ]
    finding["said"] |= judged
    evidence["draft"]["accepted"][MACHINE] |= kept
    assert "is not what the trail says." in check_evidence(evidence)


def test_an_answer_that_is_added_to_or_taken_from_the_evidence_shows(
    visitor: Visitor, client: FlaskClient, german: str
) -> None:
    def added(evidence: Any) -> Any:
        for finding in evidence["judged_now"]["findings"]:
            statement = {
                "measure": finding["measure"],
                "reason": "",
                "who": "Ada",
                "at": "",
                "answer": "yes",
            }
            finding["said"] = finding["said"] or statement
        return evidence

    address = f"/drafts/{german}/evidence.json"
    assert "is not what the trail says." in check_evidence(added(client.get(address).get_json()))
    answer(visitor, german, **{f"answer-{AI}": "no"})
    assert "is not what the trail says." in check_evidence(added(client.get(address).get_json()))
    taken = client.get(address).get_json()
    for finding in taken["judged_now"]["findings"]:
        finding["said"] = None
    assert f"What was said of {AI} is not" in check_evidence(taken)
    del taken["draft"]["accepted"]
    assert "What was said of findings is not" in check_evidence(taken)


def test_evidence_of_before_answers_were_bound_still_holds(
    visitor: Visitor, client: FlaskClient, german: str
) -> None:
    answer(visitor, german, **{f"answer-{AI}": "no"})
    evidence = client.get(f"/drafts/{german}/evidence.json").get_json()
    del evidence["draft"]["accepted"]
    for finding in evidence["judged_now"]["findings"]:
        del finding["measure"]
    before = ""
    for event in evidence["trail"]["events"]:
        details = json.loads(event["details"])
        details.pop("said_digest", None)
        event |= {"details": json.dumps(details), "before": before or event["before"]}
        event["hash"] = before = hash_event(event)
    evidence["trail"]["seal"] = None
    assert check_evidence(evidence) == ""


@pytest.mark.parametrize(
    "leads", [LEADS | {"audience": "Germany, Ohio"}, LEADS | {"purpose": "research"}], ids=str
)
def test_an_answer_for_these_leads_is_none_for_others(
    visitor: Visitor, store: Store, german: str, leads: dict[str, str | list[str]]
) -> None:
    assert "2 to confirm" in verdict(answer(visitor, german, **{f"answer-{AI}": "yes"}))
    with store.writing() as session:
        judged = judge(typed(outbound(timezone="Europe/Berlin")) | leads)
        drafts.save(session, german, judged, expected_version=1)
    page = visitor.open(f"/drafts/{german}/review")
    assert f"answer-{AI}" not in dict(fields_of(page.form("confirm")))


def test_a_duty_that_is_not_met_stays_in_view(visitor: Visitor, german: str) -> None:
    page = answer(visitor, german, **{f"answer-{AI}": "no"})
    assert verdict(page).startswith("1 duty is not met, ")
    assert "1 duty not met" in visitor.open("/").text


def test_not_needed_wants_a_reason_and_loses_nothing(visitor: Visitor, german: str) -> None:
    answers = {f"answer-{AI}": "not needed", f"answer-{MACHINE}": "yes"}
    page = answer(visitor, german, **answers)
    assert page.status == 422
    assert "Write down why it is not needed." in duty(page, AI)
    posted = dict(fields_of(page.form("confirm")))
    assert (posted[f"answer-{AI}"], posted[f"answer-{MACHINE}"]) == ("not needed", "yes")
    page = answer(visitor, german, **answers, **{f"because-{AI}": "A human calls."})
    assert "Not needed: A human calls. Ada, " in duty(page, AI)


def test_a_reason_is_kept_with_any_answer_and_wants_one(visitor: Visitor, german: str) -> None:
    page = answer(visitor, german, **{f"because-{AI}": "Said at once."})
    assert "Choose an answer as well." in duty(page, AI)
    page = answer(visitor, german, **{f"answer-{AI}": "yes", f"because-{AI}": "Said at once."})
    assert "Yes: Said at once. Ada, " in duty(page, AI)


def test_nothing_is_said_to_be_kept_where_nothing_was_answered(
    visitor: Visitor, german: str
) -> None:
    page = answer(visitor, german)
    assert (page.status, "nothing is kept" in page.flash()) == (422, True)
    page = answer(visitor, german, **{"answer-us-fcc-ai-voice": "yes"})
    assert page.status == 422


def test_an_older_page_does_not_take_somebody_elses_answer_back(
    visitor: Visitor, german: str
) -> None:
    answer(visitor, german, **{f"answer-{AI}": "yes"})
    old = visitor.open(f"/drafts/{german}/review")
    answer(visitor, german, **{f"answer-{AI}": "no"})
    page = visitor.press(old, "confirm", answers={f"answer-{MACHINE}": "yes", "who": "Bea"})
    assert "Somebody has answered or accepted something" in page.flash()
    assert dict(fields_of(page.form("confirm")))[f"answer-{MACHINE}"] == "yes"
    assert "No: this duty is not met Ada, " in duty(page, AI)


@pytest.mark.parametrize("ending", ["send", "delete"])
def test_what_is_written_of_a_campaign_that_is_gone_is_shown_again(
    visitor: Visitor, german: str, ending: str
) -> None:
    old = visitor.open(f"/drafts/{german}/review")
    visitor.press(old if ending == "send" else visitor.open("/"), ending)
    answers = {f"answer-{AI}": "no", f"because-{AI}": "It was cut.", "who": "Bea"}
    page = visitor.press(old, "confirm", answers=answers)
    assert page.status == 409
    assert "It was cut." in page.text


def test_nobody_confirms_without_a_name(visitor: Visitor, german: str) -> None:
    page = answer(visitor, german, who=" ", **{f"answer-{AI}": "yes"})
    assert page.status == 422
    assert "Enter your name" in text(page.soup.find(id="who-error"))
    assert dict(fields_of(page.form("confirm")))[f"answer-{AI}"] == "yes"
    assert "3 to confirm" in verdict(page)


def test_open_duties_keep_nothing_from_being_sent(visitor: Visitor, german: str) -> None:
    made = visitor.press(visitor.open(f"/drafts/{german}/review"), "send")
    assert made.heading == "Created: Q4 Outreach"


def test_keeping_the_same_answers_again_is_no_new_event(
    visitor: Visitor, client: FlaskClient, german: str
) -> None:
    for _ in range(2):
        answer(visitor, german, **{f"answer-{AI}": "yes"})
    events = client.get(f"/drafts/{german}/evidence.json").get_json()["trail"]["events"]
    assert [event["kind"] for event in events].count("confirmed") == 1


def test_answers_to_what_has_changed_meanwhile_are_shown_again(
    visitor: Visitor, german: str
) -> None:
    page = visitor.open(f"/drafts/{german}/review")
    visitor.press(visitor.open(f"/drafts/{german}"), answers={"audience": "France"}, then="save")
    page = visitor.press(page, "confirm", answers={f"answer-{AI}": "yes", "who": "Ada"})
    assert "The draft has changed meanwhile." in page.flash()
    assert dict(fields_of(page.form("confirm")))[f"answer-{AI}"] == "yes"


def test_the_form_shows_the_duties_and_where_to_answer_them(visitor: Visitor, german: str) -> None:
    answer(visitor, german, **{f"answer-{AI}": "yes"})
    panel = visitor.open(f"/drafts/{german}").soup.find(id="duties")
    assert isinstance(panel, Tag)
    assert text(panel.summary) == "To confirm before sending 2 1 answered"


@pytest.mark.parametrize("odd", ["maybe", "", "YES"])
def test_an_answer_that_the_page_does_not_offer_is_none(
    visitor: Visitor, german: str, odd: str
) -> None:
    page = answer(visitor, german, **{f"answer-{AI}": odd})
    assert "3 to confirm" in verdict(page)


def test_a_copy_is_asked_again(visitor: Visitor, german: str) -> None:
    answer(visitor, german, **{f"answer-{AI}": "yes"})
    copy = visitor.press(visitor.open(f"/drafts/{german}/duplicate"), "duplicate", dates="keep")
    assert "3 to confirm" in verdict(visitor.open(f"{copy.path}/review"))


def test_an_inbound_campaign_has_none(visitor: Visitor, saved: Callable[..., Any]) -> None:
    draft_id = saved({"type": "INBOUND", "name": "Front desk"} | LEADS)
    assert "to confirm" not in visitor.open(f"/drafts/{draft_id}").text
