"""What became of a submission: each state says what it means and what to do now."""

from collections.abc import Callable

import pytest

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.answers import Created
from app.rights import Role
from app.store.base import State
from app.store.database import Store
from app.store.models import Submission
from tests.factories import outbound
from tests.fakes import ANSWERS, FakeApi
from tests.pages import Page, Visitor, text
from tests.sending.presses import expire, submit
from tests.web.teams import Team

PERSON = {"who": "Ada"}
FOUND = "Vm9pY2VDYW1wYWlnbjo3"
MEANS = {
    State.CREATED: ("Created: Q4 Outreach", "created this campaign as DRAFT", "add its leads"),
    State.REFUSED: ("Refused: Q4 Outreach", "nothing was created", "Change what it asks for"),
    State.UNSENT: ("Not sent: Q4 Outreach", "Nothing left this machine", "safe to review and send"),
    State.UNKNOWN: ("Unknown: Q4 Outreach", "may have been created, or not", "look for a campaign"),
    State.QUEUED: ("Waiting to be sent: Q4 Outreach", "waits to be sent", "may be closed"),
    State.SENDING: ("Sending: Q4 Outreach", "is being sent", "there is nothing to press"),
}


@pytest.mark.parametrize("state", list(State))
def test_each_state_says_what_it_means_and_what_to_do(
    visitor: Visitor, sent: Callable[[State], int], state: State
) -> None:
    page = Page(visitor.client.get(f"/submissions/{sent(state)}"))
    heading, meaning, advice = MEANS[state]
    assert page.heading == heading
    assert meaning in page.text
    assert advice in page.text
    assert '"name": "Q4 Outreach"' in page.text  # What was sent stays on record.


def test_what_is_left_to_do_before_it_calls_is_a_check_list(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.CREATED)}")
    assert [text(step) for step in page.soup.select(".checks li")] == [
        "Done Created as DRAFT",
        "Done Phone number pn_abc123",
        "To do Change it: it breaks 15 laws of calling",
        "To do Add its leads",
        "To do Launch it",
    ]


@pytest.mark.parametrize("state", [State.CREATED, State.UNKNOWN, State.SENDING])
def test_a_draft_that_may_exist_leads_to_what_became_of_it(
    visitor: Visitor, sent: Callable[[State], int], state: State
) -> None:
    submission = f"/submissions/{sent(state)}"
    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    assert visitor.open(draft).path == submission
    assert visitor.open(f"{draft}/review").path == submission


@pytest.mark.parametrize("state", [State.REFUSED, State.UNSENT])
def test_a_draft_that_does_not_exist_there_can_be_reviewed_again(
    visitor: Visitor, sent: Callable[[State], int], state: State
) -> None:
    sent(state)
    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    assert visitor.open(f"{draft}/review").heading == "Review Q4 Outreach"


def test_what_was_sent_is_called_as_it_was_then(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    """Whoever looks after where it was sent may have no right where its draft goes today."""
    refused = visitor.open(f"/submissions/{sent(State.REFUSED)}")
    form = visitor.open(str(refused.soup.find("a", string="Open the form")["href"]))  # type: ignore[index]
    visitor.press(form, answers={"name": "Of another client"})
    again = visitor.open(refused.path)
    assert again.heading == "Refused: Q4 Outreach"
    assert "Of another client" not in again.text


def test_a_campaign_that_was_found_there_is_created(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    created = visitor.press(
        page, "resolve", PERSON | {"campaign_id": " Vm9pY2VDYW1wYWlnbjo3 "}, found="yes"
    )
    assert created.heading == "Created: Q4 Outreach"
    assert "Vm9pY2VDYW1wYWlnbjo3" in created.text
    assert "Looked up by a person" in created.text
    assert "by Ada" in created.text


def test_a_campaign_that_is_not_there_may_be_sent_again(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    gone = visitor.press(page, "resolve", PERSON, found="surely not")
    assert "Ada looked, and the campaign is not there" in gone.text
    again = str(gone.soup.select_one("a.button.primary")["href"])  # type: ignore[index]
    assert visitor.open(again).heading == "Review Q4 Outreach"


def test_it_is_there_needs_its_id(visitor: Visitor, sent: Callable[[State], int]) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    asked = visitor.press(page, "resolve", PERSON | {"campaign_id": "  "}, found="yes")
    assert "Paste the campaign's id" in asked.text
    assert asked.status == 422
    assert asked.heading == "Unknown: Q4 Outreach"


def test_an_id_that_is_none_of_a_campaign_wants_a_reason(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    odd = PERSON | {"campaign_id": "VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM="}
    asked = visitor.press(page, "resolve", odd, found="yes")
    assert (asked.status, asked.heading) == (422, "Unknown: Q4 Outreach")
    assert "does not look like the id of a campaign" in asked.text
    assert asked.typed("campaign_id") == odd["campaign_id"]
    reason = {"reason": "It is shown like that there."}
    assert visitor.press(asked, "resolve", reason, found="yes").heading == "Created: Q4 Outreach"


def test_that_it_is_not_there_is_asked_once_more_while_an_answer_can_come(
    visitor: Visitor, store: Store, sent: Callable[[State], int]
) -> None:
    submission_id = sent(State.UNKNOWN)
    asked = visitor.press(
        visitor.open(f"/submissions/{submission_id}"), "resolve", PERSON, found="no"
    )
    assert (asked.status, asked.heading) == (422, "Unknown: Q4 Outreach")
    assert "A late answer can still come" in asked.text
    assert asked.soup.select_one("button[value='surely not']")
    expire(store, submission_id)
    assert visitor.press(asked, "resolve", found="no").heading == "Not there: Q4 Outreach"


def test_what_was_found_can_be_corrected(visitor: Visitor, sent: Callable[[State], int]) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    created = visitor.press(page, "resolve", PERSON | {"campaign_id": FOUND}, found="yes")
    corrected = visitor.press(
        created, "resolve", {"campaign_id": "Vm9pY2VDYW1wYWlnbjo4"}, found="yes"
    )
    assert "Vm9pY2VDYW1wYWlnbjo4" in corrected.text
    history = str(corrected.soup.find("a", string="History of this campaign")["href"])  # type: ignore[index]
    words = visitor.open(history).text
    assert f"Looked up: it is there, as {FOUND}" in words
    assert "Corrected: it is there, as Vm9pY2VDYW1wYWlnbjo4" in words


def test_what_the_api_created_needs_no_correction(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.CREATED)}")
    assert "Correct what was found" not in page.text


def test_the_same_campaign_id_for_two_drafts_is_told(
    visitor: Visitor, store: Store, saved: Callable[..., str]
) -> None:
    for name in ("Spring", "Autumn"):
        values = outbound(name=name)
        reviewed = compute_digest(encode_payload(build_payload(values)))
        api = FakeApi(ANSWERS[State.CREATED])
        last = submit(saved(values), reviewed=reviewed, store=store, api=api)
    page = visitor.open(f"/submissions/{last}")
    assert "The same campaign id stands in Spring, too." in page.text


@pytest.mark.parametrize(
    ("status", "message"),
    [("ACTIVE", "it may call already"), ("DRAFT", "does not call anybody yet")],
)
def test_only_a_campaign_that_is_a_draft_is_said_to_call_nobody(
    visitor: Visitor, store: Store, saved: Callable[..., str], status: str, message: str
) -> None:
    made = Created(FOUND, "Q4 Outreach", "OUTBOUND", status, 201, "{}")
    reviewed = compute_digest(encode_payload(build_payload(outbound())))
    number = submit(saved(), reviewed=reviewed, store=store, api=FakeApi(made))
    page = visitor.open(f"/submissions/{number}")
    assert message in page.text
    assert ("does not call anybody yet" in page.text) == (status == "DRAFT")


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        (State.UNSENT, "What would have been sent"),
        (State.SENDING, "What is being sent"),
        (State.REFUSED, "What was sent"),
    ],
)
def test_what_never_left_is_not_called_sent(
    visitor: Visitor, store: Store, sent: Callable[[State], int], state: State, heading: str
) -> None:
    number = sent(state)
    if state is State.SENDING:
        with store.writing() as session:
            session.get_one(Submission, number).settled_at = None
    page = visitor.open(f"/submissions/{number}")
    assert heading in [text(part) for part in page.soup.select("summary")]


def test_the_id_of_another_drafts_campaign_is_taken_only_for_a_reason(
    visitor: Visitor, store: Store, saved: Callable[..., str]
) -> None:
    spring = Created(FOUND, "Spring", "OUTBOUND", "DRAFT", 201, "{}")
    for name, answer in (("Spring", spring), ("Autumn", ANSWERS[State.UNKNOWN])):
        values = outbound(name=name)
        reviewed = compute_digest(encode_payload(build_payload(values)))
        last = submit(saved(values), reviewed=reviewed, store=store, api=FakeApi(answer))
    unknown = visitor.open(f"/submissions/{last}")

    asked = visitor.press(unknown, "resolve", PERSON | {"campaign_id": FOUND}, found="yes")

    assert (asked.status, asked.heading) == (422, "Unknown: Autumn")
    assert "This is the id of Spring already, and two drafts cannot be one campaign." in asked.text
    assert visitor.open(f"/submissions/{last}").heading == "Unknown: Autumn"
    settled = visitor.press(asked, "resolve", {"reason": "Merged by hand."}, found="yes")
    assert settled.heading == "Created: Autumn"


def test_the_same_id_at_another_connection_is_another_campaign(
    visitor: Visitor,
    store: Store,
    saved: Callable[..., str],
    add_connection: Callable[..., str],
) -> None:
    spring = Created(FOUND, "Spring", "OUTBOUND", "DRAFT", 201, "{}")
    for name, answer in (("Spring", spring), ("Autumn", ANSWERS[State.UNKNOWN])):
        values = outbound(name=name)
        reviewed = compute_digest(encode_payload(build_payload(values)))
        last = submit(saved(values), reviewed=reviewed, store=store, api=FakeApi(answer))
        if name == "Spring":
            key = add_connection()
            with store.writing() as session:
                session.get_one(Submission, last).connection_key = key
    unknown = visitor.open(f"/submissions/{last}")

    settled = visitor.press(unknown, "resolve", PERSON | {"campaign_id": FOUND}, found="yes")

    assert settled.heading == "Created: Autumn"
    assert "Spring" not in settled.text


def test_a_reason_for_an_odd_id_is_none_for_an_id_that_another_campaign_has(
    visitor: Visitor, store: Store, saved: Callable[..., str]
) -> None:
    spring = Created("Camp0005", "Spring", "OUTBOUND", "DRAFT", 201, "{}")
    for name, answer in (("Spring", spring), ("Autumn", ANSWERS[State.UNKNOWN])):
        values = outbound(name=name)
        reviewed = compute_digest(encode_payload(build_payload(values)))
        last = submit(saved(values), reviewed=reviewed, store=store, api=FakeApi(answer))
    page = visitor.open(f"/submissions/{last}")
    odd = visitor.press(page, "resolve", PERSON | {"campaign_id": "Camp0005"}, found="yes")
    assert "does not look like the id of a campaign" in odd.text
    taken = visitor.press(odd, "resolve", {"reason": "Ids look like this."}, found="yes")
    assert (taken.status, taken.heading) == (422, "Unknown: Autumn")
    assert "This is the id of Spring already" in taken.text
    # Another id than the one that was told of is judged anew.
    other = visitor.press(taken, "resolve", {"campaign_id": "Camp0006"}, found="yes")
    assert other.heading == "Created: Autumn"


def test_what_a_person_found_is_not_said_to_be_what_the_api_created(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    settled = visitor.press(page, "resolve", PERSON | {"campaign_id": FOUND}, found="yes")
    assert "Ada found this campaign at" in settled.text
    assert text(settled.soup.select_one(".checks li")) == "To do Look whether it is DRAFT"


def test_an_answer_with_another_name_or_type_than_was_sent_is_pointed_out(
    visitor: Visitor, store: Store, saved: Callable[..., str]
) -> None:
    other = Created(FOUND, "Quite another", "INBOUND", "DRAFT", 201, "{}")
    values = outbound()
    reviewed = compute_digest(encode_payload(build_payload(values)))
    number = submit(saved(values), reviewed=reviewed, store=store, api=FakeApi(other))
    words = visitor.open(f"/submissions/{number}").text
    assert "another name than was sent: “Quite another”, not “Q4 Outreach”" in words
    assert "another type than was sent: “INBOUND”, not “OUTBOUND”" in words


def test_the_page_keeps_what_was_found_and_accepted_when_it_was_sent(team: Team) -> None:
    team.add("selma", Role.EDITOR, Role.SENDER, Role.ACCEPTER)
    draft_id = team.write("selma", audience="Florida", daily_end_time="21:00")
    page = f"/drafts/{draft_id}/review"
    reason = {"reason-us-fl-hours": "They asked for it."}
    team.force("selma", f"/drafts/{draft_id}/accept", page, rules="us-fl-hours", **reason)
    sent = team.send("selma", draft_id)
    kept = Page(team.browsers["selma"].get(sent.location)).soup.select_one("#judged")
    assert kept
    words = " ".join(kept.get_text(" ").split())
    assert "Florida calling hours from 20:00 to 21:00" in words
    assert "Accepted : They asked for it. Selma <selma@example.com>" in words
    assert "called by an artificial voice" in words
    assert "? Open" in words
    assert "Leads: " not in words
