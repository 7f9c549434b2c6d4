"""A batch is approved as one, and what was approved in it is what later changes are held to."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.connections import ConnectionRegistry
from app.rights import Role
from app.sending.approval import find_standing_of_batch
from app.services import find_services
from app.store import approvals, batches
from app.store.base import State
from app.store.database import Store
from app.store.evidence_file import check_evidence
from tests.pages import Page, drain
from tests.sending.batch_of import check_all
from tests.web.teams import AGREED, Team, make_team_with_approval, read_fields

EDITOR, SENDER, APPROVER = Role.EDITOR, Role.SENDER, Role.APPROVER


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team_with_approval(app)


def find_parts(team: Team) -> tuple[Store, ConnectionRegistry]:
    services = find_services(team.app)
    return services.store, services.connections


def test_a_batch_is_approved_as_one_and_not_by_who_has_made_a_part_of_it(team: Team) -> None:
    team.add("both", EDITOR, APPROVER)
    ids = [team.write("edda", name="First"), team.write("both", name="Second")]
    batch_id = team.make_batch(ids)
    address = f"/batches/{batch_id}"
    assert team.press("selma", f"{address}/send", address).status_code == 422
    team.press("selma", f"{address}/approval/ask", address)
    assert "You have made or changed" in team.read("both", f"{address}/approval")

    page = f"{address}/approval"
    unsaid = team.press("ansel", page, page, verdict="approve")
    assert "or a duty is not met. Write down why" in Page(unsaid).text
    decided = team.press("ansel", page, page, verdict="approve", reason=AGREED)
    assert decided.status_code == 302
    assert team.press("selma", f"{address}/send", address).status_code == 302
    drain(team.app)
    assert {team.find_state(draft_id) for draft_id in ids} == {State.CREATED}


def test_a_batch_is_refused_with_a_reason_and_an_approval_of_a_part_is_none_of_it(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    batch_id = team.make_batch([draft_id])
    address = f"/batches/{batch_id}"
    assert team.press("selma", f"{address}/send", address).status_code == 422
    page = f"{address}/approval"
    assert team.press("ansel", page, page, verdict="refuse").status_code == 422
    team.press("ansel", page, page, verdict="refuse", reason="Not on a Sunday.")
    assert "Not on a Sunday." in team.read("selma", address)
    assert team.press("selma", f"{address}/send", address).status_code == 422


def test_what_was_unfit_in_an_approved_batch_was_not_approved(team: Team) -> None:
    fit, unfit = team.write("edda"), team.write("edda", name="Half", max_call_attempts="")
    batch_id = team.make_batch([fit, unfit])
    approve_batch(team, "ansel", batch_id)
    team.write("edda", unfit, name="Whole")
    with find_services(team.app).store.reading() as session:
        assert approvals.find_last_approved(session, fit) is not None
        assert approvals.find_last_approved(session, unfit) is None


def make_approved(team: Team, draft_id: str) -> str:
    """Make a batch of a campaign, and let Ansel approve it; gives its address."""
    batch_id = team.make_batch([draft_id])
    approve_batch(team, "ansel", batch_id)
    return f"/batches/{batch_id}"


def approve_batch(team: Team, who: str, batch_id: int, verdict: str = "approve") -> TestResponse:
    page = f"/batches/{batch_id}/approval"
    seen = read_fields(team.browsers["ansel"].get(page))["seen"]
    return team.force(who, page, page, verdict=verdict, seen=seen, reason="Not like this.")


def test_who_changed_it_last_does_not_approve_it_whatever_was_said_before(team: Team) -> None:
    team.add("both", EDITOR, APPROVER)
    team.add("carl", APPROVER)
    draft_id = team.write("edda")
    team.write("both", draft_id, name="By both")
    team.decide("ansel", draft_id, "approve")
    batch_id = team.make_batch([draft_id])
    assert approve_batch(team, "both", batch_id).status_code == 422
    team.decide("carl", draft_id, "refuse", "No.")
    page = f"/drafts/{draft_id}/approval"
    seen = read_fields(team.browsers["ansel"].get(page))["seen"]
    assert team.force("both", page, page, verdict="approve", seen=seen).status_code == 422


def test_a_batch_that_went_without_approval_says_so_wherever_it_is_looked_at(team: Team) -> None:
    team.add("olga", SENDER, Role.OVERRIDER)
    draft_id = team.write("edda")
    batch_id = team.make_batch([draft_id])
    address = f"/batches/{batch_id}"
    reason = "The client is on the phone."
    team.press("olga", f"{address}/send", address, without_approval=reason)
    drain(team.app)
    for page in (
        address,
        f"/drafts/{draft_id}/history",
        f"/drafts/{draft_id}/evidence.json",
        "/submissions/1",
    ):
        assert reason in team.browsers["edda"].get(page).text, page


def test_a_batch_that_was_sent_waits_for_no_approval_any_more(team: Team) -> None:
    batch_id = team.make_batch([team.write("edda")])
    approve_batch(team, "ansel", batch_id)
    address = f"/batches/{batch_id}"
    team.press("selma", f"{address}/send", address)
    with find_services(team.app).store.reading() as session:
        batch = batches.find(session, batch_id)
        to = find_services(team.app).connections.find(batch.connection_key)
        assert batch.confirmed_at
        assert find_standing_of_batch(session, batch, to) is None


def test_who_approves_a_batch_sees_what_was_accepted_in_it_and_said_of_its_parts(
    team: Team,
) -> None:
    team.add("carl", Role.ACCEPTER)
    draft_id = team.write("edda", daily_start_time="03:00", daily_end_time="05:00")
    page = team.browsers["carl"].get(f"/drafts/{draft_id}/review")
    button = Page(page).soup.select_one("button[name=rules]")
    assert button
    rules = str(button["value"])
    reason = {f"reason-{rules.split(maxsplit=1)[0]}": "They asked for it."}
    review = f"/drafts/{draft_id}/review"
    team.press("carl", f"/drafts/{draft_id}/accept", review, rules=rules, **reason)
    team.decide("ansel", draft_id, "refuse", "Not on a Sunday.")
    approval_page = team.read("ansel", f"/batches/{team.make_batch([draft_id])}/approval")
    assert "They asked for it. Carl <carl@example.com>" in approval_page
    assert "not approved by itself" in approval_page
    assert "Not on a Sunday." in approval_page


def test_an_edit_voids_the_approval_of_a_batch_until_it_is_checked_again(team: Team) -> None:
    ids = [team.write("edda", name="First"), team.write("edda", name="Second")]
    batch_id = team.make_batch(ids)
    address = f"/batches/{batch_id}"
    team.press("selma", f"{address}/approval/ask", address)
    team.write("edda", ids[1], name="Changed")
    assert "Approve or refuse" not in team.read("ansel", "/waiting")
    assert "Check again: changed since approval was asked for" in team.read("selma", "/waiting")
    assert "checked again" in team.read("ansel", f"{address}/approval")
    team.press("selma", f"{address}/check", address)
    check_all(*find_parts(team), batch_id)
    assert approve_batch(team, "ansel", batch_id).status_code == 302
    assert "Send what is approved" in team.read("selma", "/waiting")

    team.write("edda", ids[0], name="Changed, too")
    waiting = team.read("selma", "/waiting")
    assert "Send what is approved" not in waiting
    assert "Check again: changed since approval was given" in waiting
    words = "1 campaign of it was changed since it was checked, so the approval is no longer valid"
    assert words in team.read("selma", address)
    assert team.force("selma", f"{address}/send", address).status_code == 422
    assert {team.find_state(draft_id) for draft_id in ids} == {None}


def test_who_has_put_a_batch_together_does_not_approve_it(team: Team) -> None:
    team.add("all", SENDER, APPROVER)
    draft_id = team.write("edda")
    made = team.force("all", "/batches", "/", draft=draft_id)
    batch_id = int(made.location.rpartition("/")[2])
    check_all(*find_parts(team), batch_id)
    assert "You have made or changed" in team.read("all", f"/batches/{batch_id}/approval")
    assert approve_batch(team, "all", batch_id).status_code == 422
    assert approve_batch(team, "ansel", batch_id).status_code == 302


def test_what_was_approved_in_a_batch_is_what_later_changes_are_held_to(team: Team) -> None:
    draft_id = team.write("edda", name="First")
    batch_id = team.make_batch([draft_id])
    assert approve_batch(team, "ansel", batch_id).status_code == 302
    page = f"/drafts/{draft_id}/approval"
    assert "No answer has changed since" in team.read("ansel", page)
    team.write("edda", draft_id, name="Renamed")
    assert "First" in team.read("ansel", page).partition("Changed since it was last")[2]

    again = team.make_batch([draft_id])
    anew = team.read("ansel", f"/batches/{again}/approval")
    assert "Changed since it was last approved: Campaign name: First → Renamed" in anew


def test_the_list_of_batches_says_how_the_approval_of_each_stands(team: Team) -> None:
    ids = [team.write("edda", name="First"), team.write("edda", name="Second")]
    address = f"/batches/{team.make_batch(ids)}"
    page = f"{address}/approval"

    def read() -> str:
        return team.read("selma", "/batches")

    assert "approval not asked for" in read()
    team.press("selma", f"{address}/approval/ask", address)
    assert "waits for approval" in read()
    team.press("ansel", page, page, verdict="refuse", reason="No.")
    assert "not approved" in read()
    team.press("ansel", page, page, verdict="approve", reason=AGREED)
    assert "approved, to be sent" in read()
    team.write("edda", ids[0], name="Changed")
    assert "changed, to be checked again" in read()


def test_a_batch_that_is_discarded_waits_for_nobody_and_is_not_sent(team: Team) -> None:
    draft_id = team.write("edda")
    batch_id = team.make_batch([draft_id])
    address = f"/batches/{batch_id}"
    team.press("selma", f"{address}/approval/ask", address)
    before = read_fields(team.browsers["selma"].get(address))
    team.press("selma", f"{address}/discard", address)
    assert "This batch was discarded" in team.read("selma", address)
    assert "discarded" in team.read("selma", "/batches")
    assert "Approve or refuse" not in team.read("ansel", "/waiting")

    team.ask_for_approval(None)
    assert team.browsers["selma"].post(f"{address}/send", data=before).status_code == 302
    assert "somebody has discarded this batch meanwhile" in team.read("selma", address)
    drain(team.app)
    with find_services(team.app).store.reading() as session:
        assert batches.find(session, batch_id).confirmed_at is None
    assert team.find_state(draft_id) is None


def test_who_changes_a_campaign_reads_that_it_is_being_reviewed_in_a_batch(team: Team) -> None:
    draft_id = team.write("edda")
    words = "It is being reviewed in batch"
    assert words not in team.read("edda", f"/drafts/{draft_id}")
    batch_id = team.make_batch([draft_id])
    assert f"{words} {batch_id} ." in team.read("edda", f"/drafts/{draft_id}")
    address = f"/batches/{batch_id}"
    team.write("edda", draft_id, name="Changed")
    assert words not in team.read("edda", f"/drafts/{draft_id}")
    team.press("selma", f"{address}/check", address)
    check_all(*find_parts(team), batch_id)
    assert words in team.read("edda", f"/drafts/{draft_id}")
    team.press("selma", f"{address}/discard", address)
    assert words not in team.read("edda", f"/drafts/{draft_id}")


def test_a_batch_that_was_confirmed_meanwhile_is_not_discarded(team: Team) -> None:
    team.ask_for_approval(None)
    draft_id = team.write("edda")
    address = f"/batches/{team.make_batch([draft_id])}"
    before = read_fields(team.browsers["selma"].get(address))
    team.press("selma", f"{address}/send", address)
    assert team.browsers["selma"].post(f"{address}/discard", data=before).status_code == 302
    assert "somebody has confirmed it meanwhile" in team.read("selma", address)
    drain(team.app)
    assert team.find_state(draft_id) is State.CREATED


def test_what_was_said_of_a_batch_stands_on_its_page_when_it_is_discarded_and_in_activity(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    batch_id = team.make_batch([draft_id])
    address = f"/batches/{batch_id}"
    team.press("selma", f"{address}/approval/ask", address)
    approve_batch(team, "ansel", batch_id, "refuse")
    team.press("selma", f"{address}/discard", address)
    for page in (address, "/activity?kind=approval"):
        words = team.read("edda", page)
        assert "Approval refused: Not like this." in words
        assert "Approval asked for" in words
    assert "Ended: nothing further of it is sent" in team.read("edda", address)
    assert f"for the whole of batch {batch_id} ." in team.read(
        "edda", f"/drafts/{draft_id}/history"
    )
    assert "Not like this." not in team.read("edda", "/activity?search=outreach")


def test_a_batch_that_was_sent_says_by_whom_and_by_whose_word(team: Team) -> None:
    address = make_approved(team, team.write("edda"))
    team.press("selma", f"{address}/send", address)
    drain(team.app)
    words = "Send pressed, for 1 campaign to Sandbox, approved by Ansel"
    assert words in team.read("selma", address)
    assert words in team.read("selma", "/activity?kind=batch")


def test_who_sends_a_batch_reads_which_campaign_was_not_approved_by_itself(team: Team) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "refuse", "Wrong assistant.")
    batch_id = team.make_batch([draft_id])
    words = team.read("selma", f"/batches/{batch_id}")
    assert "not approved by itself" in words
    assert "Wrong assistant." in words


def test_a_batch_that_was_checked_again_is_said_to_have_changed_since_it_was_approved(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    address = make_approved(team, draft_id)
    team.write("edda", draft_id, name="Changed")
    team.press("selma", f"{address}/check", address)
    check_all(*find_parts(team), 1)
    words = "since then the batch, its connection or who has to approve it has changed"
    assert words in team.read("selma", address)


def test_what_was_decided_of_a_batch_is_in_the_evidence_of_each_of_its_campaigns(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    batch_id = team.make_batch([draft_id])
    page = f"/batches/{batch_id}/approval"
    team.press("ansel", page, page, verdict="approve", reason="All of them.")
    team.press("selma", f"/batches/{batch_id}/send", f"/batches/{batch_id}")
    drain(team.app)
    evidence = team.browsers["selma"].get(f"/drafts/{draft_id}/evidence.json").get_json()
    assert check_evidence(evidence) == ""
    (batch,) = evidence["batches"]
    kinds = {event["kind"]: event["who"] for event in batch["events"]}
    assert kinds == {
        "approved": "Ansel <ansel@example.com>",
        "batch confirmed": "Selma <selma@example.com>",
    }
    for change in ({"who": "Eve"}, {"chain": "batch/9"}):
        forged = batch | {"events": [batch["events"][0] | change, *batch["events"][1:]]}
        assert "was changed" in check_evidence(evidence | {"batches": [forged]})
    assert check_evidence(evidence | {"batches": [batch | {"id": 9}]}) == (
        "Events of another batch are in it."
    )
