"""A second pair of eyes: approval asked for, given, refused, voided, and gone without."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.rights import Role
from app.services import find_services
from app.store import approvals, drafts
from app.store.approvals import Decision, Subject
from app.store.base import State
from app.store.connection_models import SavedConnection
from app.store.models import Submission
from app.store.team_models import ApprovalState
from tests.factories import outbound, typed
from tests.pages import Page, drain
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.teams import AGREED, Team, make_team_with_approval, read_fields

EDITOR, SENDER, APPROVER = Role.EDITOR, Role.SENDER, Role.APPROVER


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team_with_approval(app)


def test_an_author_an_approver_and_a_sender_bring_a_campaign_on_its_way(team: Team) -> None:
    draft_id = team.write("edda")

    assert "is not approved yet" in team.send("selma", draft_id).text
    assert team.find_state(draft_id) is None

    team.ask("edda", draft_id)
    seen = team.read("ansel", f"/drafts/{draft_id}/review")
    assert "Edda <edda@example.com> asked for that" in seen
    assert "Approve or refuse" in seen

    unsaid = team.decide("ansel", draft_id, "approve", "")
    assert (unsaid.status_code, team.send("selma", draft_id).status_code) == (422, 422)
    assert "or a duty is not met. Write down why" in Page(unsaid).text
    assert team.decide("ansel", draft_id, "approve").status_code == 302
    sent = team.send("selma", draft_id)
    drain(team.app)

    assert team.find_state(draft_id) is State.CREATED
    assert "Approved" in team.read("selma", sent.location)
    assert "by Ansel <ansel@example.com>" in team.read("selma", sent.location)
    history = team.read("edda", f"/drafts/{draft_id}/history")
    assert "Approval asked for" in history
    assert "Approved" in history


def test_what_breaks_no_law_is_approved_without_a_word(team: Team) -> None:
    draft_id = team.write("edda", timezone="Asia/Tokyo")
    assert team.decide("ansel", draft_id, "approve", "").status_code == 302


def test_who_made_it_and_who_changed_it_cannot_approve_it(team: Team) -> None:
    team.add("both", EDITOR, APPROVER)
    draft_id = team.write("both")
    team.write("edda", draft_id, name="Another name")
    assert "You have made or changed" in team.read("both", f"/drafts/{draft_id}/approval")
    of_edda = team.write("edda")
    team.write("both", of_edda, name="A third name")
    team.write("edda", of_edda, name="A fourth name")

    for number in (draft_id, of_edda):
        page = f"/drafts/{number}/approval"
        seen = read_fields(team.browsers["ansel"].get(page))["seen"]
        forced = team.force("both", page, page, verdict="approve", seen=seen)
        assert "You have made or changed" in forced.text
        assert "is not approved yet" in team.send("selma", number).text


def test_who_changed_what_was_approved_since_may_approve_what_others_change_then(
    team: Team,
) -> None:
    team.add("both", EDITOR, APPROVER)
    draft_id = team.write("edda")
    team.write("both", draft_id, name="Another name")
    team.decide("ansel", draft_id, "approve")
    team.write("edda", draft_id, name="A third name")

    assert team.decide("both", draft_id, "approve").status_code == 302


@pytest.mark.parametrize("name", ["Another name", outbound()["name"]])
def test_any_change_voids_an_approval_even_one_that_is_taken_back(team: Team, name: str) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    team.write("edda", draft_id, name="Something else")
    team.write("edda", draft_id, name=name)

    assert "since then the campaign" in team.send("selma", draft_id).text
    assert team.find_state(draft_id) is None


def test_what_is_said_of_a_finding_after_the_approval_voids_it(team: Team) -> None:
    team.add("carl", Role.ACCEPTER)
    draft_id = team.write("edda", daily_start_time="03:00", daily_end_time="05:00")
    team.decide("ansel", draft_id, "approve")
    page = team.browsers["carl"].get(f"/drafts/{draft_id}/review")
    button = Page(page).soup.select_one("button[name=rules]")
    assert button
    rules = str(button["value"])
    team.press(
        "carl",
        f"/drafts/{draft_id}/accept",
        f"/drafts/{draft_id}/review",
        rules=rules,
        **{f"reason-{rules.split(maxsplit=1)[0]}": "They asked for it."},
    )
    assert "They asked for it." in team.read("ansel", f"/drafts/{draft_id}/approval")

    assert "is not approved yet" in team.send("selma", draft_id).text
    team.decide("ansel", draft_id, "approve")
    assert team.send("selma", draft_id).status_code == 302


def test_another_address_of_the_connection_voids_an_approval(
    team: Team, add_connection: Callable[..., str]
) -> None:
    key = add_connection(is_sandbox=True)
    admin = make_client(team.app)
    sign_in(admin)
    team.browsers["anna"] = admin
    with find_services(team.app).store.writing() as session:
        approvals.set_rule(session, key, "", who="")
    draft_id = team.write("anna", connection=key)
    account = add_account(team.app, "zoe@example.com", {key: frozenset({APPROVER})})
    team.browsers["zoe"] = make_client(team.app)
    sign_in(team.browsers["zoe"], account.email)
    team.decide("zoe", draft_id, "approve")
    assert "Approved" in team.read("anna", f"/drafts/{draft_id}/review")
    with find_services(team.app).store.writing() as session:
        changed = session.get(SavedConnection, key)
        assert changed
        changed.version += 1

    assert "since then what is said of it, its connection" in (
        team.read("anna", f"/drafts/{draft_id}/review")
    )


def test_what_was_deleted_meanwhile_is_not_approved(team: Team) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/approval"
    fields = read_fields(team.browsers["ansel"].get(page)) | {
        "verdict": "approve",
        "reason": AGREED,
    }
    with find_services(team.app).store.writing() as session:
        drafts.delete(session, draft_id, who="Edda")

    answer = team.browsers["ansel"].post(page, data=fields)

    assert answer.status_code == 302
    assert f"nothing was kept of what you said. {AGREED}" in team.read("ansel", "/")
    with find_services(team.app).store.reading() as session:
        assert approvals.find_last_approved(session, draft_id) is None


def test_a_refusal_has_a_reason_which_the_author_reads(team: Team) -> None:
    draft_id = team.write("edda")
    team.ask("edda", draft_id)
    unsaid = team.decide("ansel", draft_id, "refuse", " \u200b\u2800 ")
    assert unsaid.status_code == 422
    assert "Write down why" in unsaid.text

    assert team.decide("ansel", draft_id, "refuse", "The hours are wrong.").status_code == 302
    assert "The hours are wrong." in team.read("edda", f"/drafts/{draft_id}/review")
    assert team.send("selma", draft_id).status_code == 422
    team.write("edda", draft_id, name="Mended")
    team.ask("edda", draft_id)
    assert team.decide("ansel", draft_id, "approve").status_code == 302


def test_what_changed_while_the_approver_looked_is_not_approved(team: Team) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/approval"
    seen = read_fields(team.browsers["ansel"].get(page))
    team.write("edda", draft_id, name="Something else")

    answer = team.browsers["ansel"].post(page, data=seen | {"verdict": "approve"})
    assert answer.status_code == 422
    assert "has changed since you opened this page" in answer.text
    assert team.send("selma", draft_id).status_code == 422


def test_the_approver_sees_field_by_field_what_changed_since_the_last_approval(team: Team) -> None:
    draft_id = team.write("edda", name="As approved")
    assert "never approved before" in team.read("ansel", f"/drafts/{draft_id}/approval")
    team.decide("ansel", draft_id, "approve")
    team.write("edda", draft_id, name="In between", daily_end_time="16:00")
    team.write("edda", draft_id, name="As it is now", daily_end_time="16:00")

    page = Page(team.browsers["ansel"].get(f"/drafts/{draft_id}/approval"))
    rows = {
        row.th.get_text(): [cell.get_text() for cell in row.select("td")]
        for row in page.soup.select("section[aria-labelledby=a-changes] tbody tr")
        if row.th
    }
    assert rows == {
        "Campaign name": ["As approved", "As it is now"],
        "Until": [outbound()["daily_end_time"].strftime("%H:%M"), "16:00"],
    }


def test_only_somebody_of_the_group_approves(team: Team) -> None:
    team.ask_for_approval("Compliance")
    team.add("clara", APPROVER, group="Compliance")
    draft_id = team.write("edda")

    assert "of the group “Compliance”" in team.read("ansel", f"/drafts/{draft_id}/approval")
    page = f"/drafts/{draft_id}/approval"
    seen = read_fields(team.browsers["clara"].get(page))["seen"]
    forced = team.force("ansel", page, page, verdict="approve", seen=seen)
    assert forced.status_code == 422
    assert team.send("selma", draft_id).status_code == 422
    assert team.decide("clara", draft_id, "approve").status_code == 302
    assert team.send("selma", draft_id).status_code == 302


def test_an_emergency_needs_a_right_a_reason_and_a_fresh_sign_in_and_stays_visible(
    team: Team,
) -> None:
    team.add("olga", SENDER, Role.OVERRIDER)
    draft_id = team.write("edda")
    reason = "The client is on the phone."
    review = f"/drafts/{draft_id}/review"
    forced = team.force("selma", f"/drafts/{draft_id}/send", review, without_approval=reason)
    assert forced.status_code == 403
    assert team.send("olga", draft_id, without_approval="  ").status_code == 422
    later = datetime.now(UTC) + timedelta(minutes=20)
    with time_machine.travel(later, tick=True):
        assert team.send("olga", draft_id, without_approval=reason).status_code == 401
    assert team.find_state(draft_id) is None

    sent = team.send("olga", draft_id, without_approval=reason)
    drain(team.app)

    for address in (sent.location, f"/drafts/{draft_id}/history"):
        page = team.read("edda", address)
        assert reason in page
        assert "ithout approval" in page
        assert "Olga <olga@example.com>" in page


@pytest.mark.parametrize(("first", "second"), [("refuse", "approve"), ("approve", "refuse")])
def test_who_has_not_read_what_another_decided_does_not_decide_over_it(
    team: Team, first: str, second: str
) -> None:
    team.add("carl", APPROVER)
    draft_id = team.write("edda")
    batch_id = team.make_batch([draft_id])
    draft, batch = f"/drafts/{draft_id}", f"/batches/{batch_id}"
    for page, further in (
        (f"{draft}/approval", f"{draft}/review"),
        (f"{batch}/approval", batch),
    ):
        before = read_fields(team.browsers["carl"].get(page))
        team.press("ansel", page, page, verdict=first, reason="Too late at night.")
        typed = before | {"verdict": second, "reason": "Mine."}
        answer = team.browsers["carl"].post(page, data=typed)
        assert answer.status_code == 422
        assert "Too late at night." in answer.text
        assert "Mine." in answer.text

        assert team.press("carl", page, page, verdict=second, reason="Mine.").status_code == 302
        assert "Too late at night." in team.read("selma", further)


def test_nobody_goes_without_approval_over_a_refusal_that_they_have_not_read(team: Team) -> None:
    team.add("olga", SENDER, Role.OVERRIDER)
    draft_id = team.write("edda")
    batch_id = team.make_batch([draft_id])
    for page, address in (
        (f"/drafts/{draft_id}/review", f"/drafts/{draft_id}"),
        (f"/batches/{batch_id}", f"/batches/{batch_id}"),
    ):
        before = read_fields(team.browsers["olga"].get(page))
        typed = before | {"without_approval": "The client is on the phone."}
        decide = f"{address}/approval"
        team.press("ansel", decide, decide, verdict="refuse", reason="It is illegal there.")
        refused = team.browsers["olga"].post(f"{address}/send", data=typed)
        assert refused.status_code == 422
        assert "It is illegal there." in refused.text
        assert team.find_state(draft_id) is None
    page = f"/batches/{batch_id}"
    answer = team.press("olga", f"{page}/send", page, without_approval="It is not.")
    assert answer.status_code == 302


def test_who_asked_is_told_of_a_refusal_that_follows_an_approval(team: Team) -> None:
    batch_id = team.make_batch([team.write("edda")])
    address = f"/batches/{batch_id}"
    team.press("selma", f"{address}/approval/ask", address)
    for verdict in ("approve", "refuse"):
        page = f"{address}/approval"
        team.press("ansel", page, page, verdict=verdict, reason="On second thoughts.")
    assert "Not approved: somebody else has to change it" in team.read("selma", "/waiting")
    assert "Change what was not approved" in team.read("edda", "/waiting")


def test_an_approval_needs_a_fresh_sign_in(team: Team) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/approval"
    seen = read_fields(team.browsers["ansel"].get(page))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20), tick=True):
        assert "/sign-in/again" in team.browsers["ansel"].get(page).location
        posted = team.browsers["ansel"].post(page, data=seen | {"verdict": "approve"})
        assert posted.status_code == 401
    assert team.send("selma", draft_id).status_code == 422


def test_alone_nobody_approves_and_going_without_is_on_record(
    app: Flask, client: FlaskClient, saved: Callable[..., str]
) -> None:
    with find_services(app).store.writing() as session:
        approvals.set_rule(session, "sandbox", "", who="")
    draft_id = saved()
    page = client.get(f"/drafts/{draft_id}/review")
    fields = read_fields(page)
    assert client.post(f"/drafts/{draft_id}/send", data=fields).status_code == 422
    reason = {"without_approval": "Nobody else is here."}
    assert client.post(f"/drafts/{draft_id}/send", data=fields | reason).status_code == 302
    drain(app)


def test_an_administrator_says_at_the_connection_who_has_to_approve(team: Team) -> None:
    team.add("clara", APPROVER, group="Compliance")
    team.browsers["anna"] = make_client(team.app)
    sign_in(team.browsers["anna"])
    address = "/connections/sandbox"
    for chosen in ("group Compliance", "anybody", "nobody"):
        team.press("anna", f"{address}/approval", address, approver=chosen)
        page = Page(team.browsers["anna"].get(address))
        checked = page.soup.select("input[name=approver][checked]")
        assert [option["value"] for option in checked] == [chosen]
    draft_id = team.write("edda")
    assert team.send("selma", draft_id).status_code == 302


def test_a_copy_of_ones_own_words_is_approved_by_somebody_else(team: Team) -> None:
    team.add("both", EDITOR, APPROVER)
    draft_id = team.write("both")
    page = f"/drafts/{draft_id}/duplicate"
    copy = team.press("edda", page, page).location
    assert "You have made or changed" in team.read("both", f"{copy}/approval")


def test_a_rule_that_is_made_stricter_holds_for_what_was_approved_before(team: Team) -> None:
    team.add("clara", APPROVER, group="Compliance")
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    team.ask_for_approval("Compliance")
    assert team.send("selma", draft_id).status_code == 422
    team.decide("clara", draft_id, "approve")
    assert team.send("selma", draft_id).status_code == 302


def test_that_it_went_without_stays_with_what_was_sent_when_it_is_approved_later(
    team: Team,
) -> None:
    team.add("olga", SENDER, Role.OVERRIDER)
    draft_id = team.write("edda")
    sent = team.send("olga", draft_id, without_approval="In a hurry.").location
    with find_services(team.app).store.writing() as session:
        submission = session.get_one(Submission, 1)
        submission.state = submission.draft.state = State.REFUSED
    team.decide("ansel", draft_id, "approve")
    assert "In a hurry." in team.read("edda", sent)
    assert "Ansel" not in team.read("edda", sent)


def test_asking_for_approval_loses_nothing_that_is_typed(team: Team) -> None:
    team.add("olga", SENDER, Role.OVERRIDER)
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/review"
    asked = team.press("olga", f"/drafts/{draft_id}/approval/ask", page, without_approval="Because")
    assert "Approval is asked for" in asked.text
    assert "Because" in asked.text


def test_what_nobody_has_to_approve_any_more_is_not_said_to_be_kept(team: Team) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/approval"
    fields = read_fields(team.browsers["ansel"].get(page))
    team.ask_for_approval(None)
    posted = fields | {"verdict": "refuse", "reason": "The hours are wrong."}
    answer = team.browsers["ansel"].post(page, data=posted, follow_redirects=True)
    assert "nothing was kept of what you said. The hours are wrong." in answer.text


def test_a_press_that_says_neither_yes_nor_no_is_none(team: Team) -> None:
    page = f"/drafts/{team.write('edda')}/approval"
    assert team.press("ansel", page, page, reason="Well").status_code == 422


def test_a_rule_that_names_nobody_is_not_saved(team: Team) -> None:
    team.browsers["anna"] = make_client(team.app)
    sign_in(team.browsers["anna"])
    address = "/connections/sandbox"
    team.force("anna", f"{address}/approval", address, approver="group Nobody")
    assert "Choose again" in team.read("anna", address)
    gone = team.force("anna", "/connections/gone/approval", address, approver="anybody")
    assert gone.status_code == 404
    with find_services(team.app).store.reading() as session:
        assert approvals.find_rule(session, "gone") is None


def test_a_connection_that_an_approver_may_not_look_at_has_no_name_for_them(
    team: Team, add_connection: Callable[..., str]
) -> None:
    key = add_connection(name="Secret Client")
    team.browsers["anna"] = make_client(team.app)
    sign_in(team.browsers["anna"])
    draft_id = team.write("anna", connection=key)
    with find_services(team.app).store.writing() as session:
        subject = Subject(draft_id, None, 1, key, "d" * 64, "b" * 64, "s" * 64)
        decision = Decision(ApprovalState.APPROVED, "Somebody")
        approvals.decide(session, subject, decision)
    team.write("anna", draft_id, connection="sandbox")
    for page in ("approval", "history"):
        seen = team.read("ansel", f"/drafts/{draft_id}/{page}")
        assert "a connection that you may not look at" in seen
        assert "Secret Client" not in seen
        assert key not in seen


def test_whom_a_group_has_to_name_is_said_in_one_sentence(team: Team) -> None:
    team.ask_for_approval("Legal")
    draft_id = team.write("edda")
    assert "Somebody of the group “Legal” has to approve this campaign" in team.read(
        "selma", f"/drafts/{draft_id}/review"
    )


def test_the_list_says_how_the_approval_of_each_stands(team: Team) -> None:
    asked, approved, changed, untouched = [team.write("edda", name=name) for name in "ABCD"]
    team.ask("edda", asked)
    for draft_id in (approved, changed):
        team.decide("ansel", draft_id, "approve")
    team.write("edda", changed, name="Changed")
    pills = read_pills(team)
    team.ask_for_approval(None)

    assert [pills[draft_id] for draft_id in (asked, approved)] == ["Approval asked for", "Approved"]
    assert [pills[draft_id] for draft_id in (changed, untouched)] == ["approval not asked for"] * 2
    assert not [tags for tags in read_pills(team).values() if "approved" in tags]


def read_pills(team: Team) -> dict[str, str]:
    """Read what the list says last of each campaign, by its id."""
    rows = Page(team.browsers["selma"].get("/")).soup.select("tbody tr")
    pills = {str(row.select("input[name=draft]")[0]["value"]): row.select(".tag") for row in rows}
    return {draft_id: tags[-1].text.strip().rpartition(", ")[2] for draft_id, tags in pills.items()}


def test_what_is_approved_already_is_not_said_to_be_asked_for(team: Team) -> None:
    draft_id = team.write("edda")
    team.ask("edda", draft_id)
    page = f"/drafts/{draft_id}/review"
    before = team.browsers["edda"].get(page)
    team.decide("ansel", draft_id, "approve")
    again = team.browsers["edda"].post(f"/drafts/{draft_id}/approval/ask", data=read_fields(before))
    assert "It is approved already, as it stands here." in again.text
    assert "Approval is asked for" not in again.text


@pytest.mark.parametrize("posted", ["send", "accept", "confirm", "resume", "approval/ask"])
def test_the_address_that_an_answer_stood_at_leads_a_colleague_to_the_review(
    team: Team, posted: str
) -> None:
    draft_id = team.write("edda")
    answer = team.browsers["ansel"].get(f"/drafts/{draft_id}/{posted}")
    assert (answer.status_code, answer.location) == (302, f"/drafts/{draft_id}/review")


def test_who_wrote_a_campaign_cannot_approve_what_a_colleague_keeps_of_it_as_a_new_draft(
    team: Team,
) -> None:
    team.add("emil", Role.EDITOR, Role.APPROVER)
    draft_id = team.write("emil")
    team.ask_for_approval(None)
    late = team.browsers["edda"].get(f"/drafts/{draft_id}")
    team.send("selma", draft_id)
    kept = team.browsers["edda"].post(
        f"/drafts/{draft_id}", data=read_fields(late) | typed(outbound(name="Changed"))
    )
    form = Page(kept).form()
    copy_id = str(form.get("action")).rpartition("/")[2]
    team.browsers["edda"].post(str(form.get("action")), data=read_fields(kept))
    team.ask_for_approval("")
    team.ask("edda", copy_id)
    page = f"/drafts/{copy_id}/approval"
    team.force("emil", page, page, verdict="approve", reason="")
    assert "is not approved yet" in team.send("selma", copy_id).text


def test_who_approves_sees_how_often_one_lead_is_called(team: Team) -> None:
    draft_id = team.write("edda")
    team.ask("edda", draft_id)
    assert "A lead who never answers" in team.read("ansel", f"/drafts/{draft_id}/approval")


def test_the_button_of_who_may_go_without_approval_says_that_it_does(team: Team) -> None:
    team.add("olga", Role.SENDER, Role.OVERRIDER)
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/review"
    assert "Send without approval to the sandbox" in team.read("olga", page)
    team.ask("edda", draft_id)
    team.decide("ansel", draft_id, "approve")
    approved = team.read("olga", page)
    assert "Send to the sandbox" in approved
    assert "Send without approval" not in approved


def test_the_form_says_how_the_approval_stands_before_it_is_changed(team: Team) -> None:
    draft_id = team.write("edda")
    form = f"/drafts/{draft_id}"
    assert "has to be approved" not in team.read("edda", form)
    team.decide("ansel", draft_id, "approve")
    assert "Once you change it, it has to be approved again." in team.read("edda", form)
    team.write("edda", draft_id, name="Changed")
    assert "approved it" in team.read("edda", form)
    assert "since then the campaign was changed" in team.read("edda", form)
    team.decide("ansel", draft_id, "refuse", "Wrong assistant.")
    assert "did not approve it" in team.read("edda", form)
    assert "Wrong assistant." in team.read("edda", form)


def test_what_was_changed_since_it_was_approved_waits_for_its_editor(team: Team) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    again = "Ask for approval again: changed since it was given"
    assert again not in team.read("edda", "/waiting")
    team.write("edda", draft_id, name="Changed")
    assert f"{again} Changed to Sandbox approved by Ansel" in team.read("edda", "/waiting")
    assert again not in team.read("selma", "/waiting")
    team.ask("edda", draft_id)
    assert again not in team.read("edda", "/waiting")


def test_who_cannot_change_a_campaign_is_offered_no_copy_of_what_was_sent(team: Team) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    page = team.send("selma", draft_id).location
    assert "Make a copy" not in team.read("selma", page)
    assert "Make a copy" in team.read("edda", page)


def test_who_sends_what_was_changed_meanwhile_reads_by_whom(team: Team) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    seen = read_fields(team.browsers["selma"].get(f"/drafts/{draft_id}/review"))
    team.write("edda", draft_id, name="Changed")
    answer = team.browsers["selma"].post(f"/drafts/{draft_id}/send", data=seen)
    assert "The draft has changed since you reviewed it, by Edda" in answer.text


def test_a_reason_for_an_approval_stands_in_the_history(team: Team) -> None:
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve", "Looks fine.")
    assert "Approved version 1: Looks fine." in team.read("edda", f"/drafts/{draft_id}/history")


def test_a_comment_counts_as_many_signs_as_the_browser_does_and_one_too_long_is_not_lost(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    lines = "\r\n".join(["word"] * 180)
    team.decide("ansel", draft_id, "approve", "word " * 300)
    page = team.read("edda", f"/drafts/{draft_id}/history")
    assert "Approved" not in page
    team.decide("ansel", draft_id, "approve", lines)
    assert "Approved version 1: word word" in team.read("edda", f"/drafts/{draft_id}/history")


def test_a_long_page_can_be_posted_to_ask_for_approval(team: Team) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/review"
    answer = team.force("edda", f"/drafts/{draft_id}/approval/ask", page, more="x" * 70_000)
    assert answer.status_code == 200
