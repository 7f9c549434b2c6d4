"""What waits for whom, and for how long."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.notices.items import hash_item
from app.rights import Role
from app.services import find_services
from app.store import accounts
from app.store.base import State
from app.store.models import Draft, Submission
from app.web import waiting_list
from tests.web.teams import AGREED, Team, make_team_of_two

EDITOR, SENDER, APPROVER, VIEWER = Role.EDITOR, Role.SENDER, Role.APPROVER, Role.VIEWER


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team_of_two(app)


def look_after(team: Team, who: str, draft_id: str) -> None:
    """Let Edda choose who looks after a draft."""
    page = f"/drafts/{draft_id}/comments"
    account = str(team.find_account(who).id)
    team.press("edda", f"/drafts/{draft_id}/assignee", page, assignee=account)


def test_a_comment_waits_for_whom_it_names_until_it_is_resolved(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    team.comment("edda", draft_id, "Is Sunday meant, @Ansel? (Not you, @Anselm.)")

    assert "Waiting for me 1" in team.read("ansel", "/")
    assert "Recall to Sandbox Edda <edda@example.com>: Is Sunday meant" in team.read(
        "ansel", "/waiting"
    )
    assert "Nothing waits for you" in team.read("edda", "/waiting")
    assert "1 open comment" in team.read("ansel", f"/drafts/{draft_id}/review")

    page = f"/drafts/{draft_id}/comments"
    team.press("ansel", f"{page}/1/resolve", page)
    assert "by Ansel <ansel@example.com>" in team.read("edda", page)
    assert "Nothing waits for you" in team.read("ansel", "/waiting")
    assert "Is Sunday meant" in team.read("edda", f"/drafts/{draft_id}/history")


def test_a_comment_that_is_opened_again_waits_again(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    team.comment("edda", draft_id, "Is Sunday meant, @Ansel?")
    page = f"/drafts/{draft_id}/comments"
    team.press("edda", f"{page}/1/resolve", page)
    assert "Nothing waits for you" in team.read("ansel", "/waiting")

    team.press("edda", f"{page}/1/reopen", page)
    assert "Resolved" not in team.read("edda", page)
    assert "Recall to Sandbox Edda <edda@example.com>: Is Sunday meant" in team.read(
        "ansel", "/waiting"
    )
    assert "A comment was opened again" in team.read("edda", f"/drafts/{draft_id}/history")


def test_what_waits_is_told_by_name_and_page_with_nothing_that_was_said(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    team.comment("edda", draft_id, "The code is 1234, @Ansel.")
    services = find_services(team.app)
    with services.store.reading() as session:
        ansel = accounts.describe_person(team.find_account("ansel"))
        (item,) = services.teller.list_waiting(session, ansel)
    assert item[:2] == ("Answer a comment: Recall", f"/drafts/{draft_id}/comments#c1")


def test_more_than_can_be_looked_at_is_said_to_be_there(team: Team) -> None:
    draft_id = team.write("edda", name="URGENT")
    team.comment("edda", draft_id, *(f"@Ansel {number}" for number in range(51)))
    page = team.read("ansel", "/waiting")
    assert "Waiting for me 50+" in page
    assert "More waits than is listed" in page
    assert "@Ansel 49" in page
    assert "@Ansel 50" not in page


def test_what_is_more_than_can_be_listed_is_told_all_the_same_and_once_under_any_name(
    team: Team,
) -> None:
    """By e-mail and to programs, of which nobody knows how many open the page."""
    draft_id = team.write("edda", name="Recall")
    team.comment("edda", draft_id, *(f"@Ansel {number}" for number in range(51)))
    services = find_services(team.app)

    def read() -> set[str]:
        with services.store.reading() as session:
            ansel = accounts.describe_person(accounts.find(session, team.find_account("ansel").id))
            return {hash_item(item) for item in services.teller.list_waiting(session, ansel)}

    before = read()
    assert len(before) == 51
    team.write("edda", draft_id, name="Renamed")
    assert read() == before


def test_who_looks_after_a_campaign_finds_it_until_it_is_created(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    look_after(team, "ansel", draft_id)
    assert "Look after it Recall" in team.read("ansel", "/waiting")
    assert "Looked after by Ansel" in team.read("edda", f"/drafts/{draft_id}")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).state = State.CREATED
    assert "Nothing waits for you" in team.read("ansel", "/waiting")
    page = f"/drafts/{draft_id}/comments"
    team.press("edda", f"/drafts/{draft_id}/assignee", page, assignee="")
    assert "Looked after by nobody" in team.read("edda", f"/drafts/{draft_id}/history")


def test_what_is_to_be_approved_sent_and_mended_waits_for_who_can_do_that(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    team.add("both", EDITOR, APPROVER)
    draft_id = team.write("edda", name="Recall")
    team.ask("edda", draft_id)
    assert "Approve or refuse Recall to Sandbox asked by Edda" in team.read("ansel", "/waiting")
    for who in ("edda", "selma"):
        assert "Nothing waits for you" in team.read(who, "/waiting")

    team.write("both", draft_id, name="Recall East")
    assert "Nothing waits for you" in team.read("both", "/waiting")
    team.decide("ansel", draft_id, "refuse", "Not on a Sunday.")
    assert "Change what was not approved Recall East to Sandbox Not on a Sunday." in team.read(
        "edda", "/waiting"
    )

    team.write("edda", draft_id, name="Recall West")
    assert "Nothing waits for you" in team.read("edda", "/waiting")
    team.decide("ansel", draft_id, "approve")
    assert "Send what is approved Recall West to Sandbox approved by Ansel" in team.read(
        "selma", "/waiting"
    )
    team.send("selma", draft_id)
    assert "Send what is approved" not in team.read("selma", "/waiting")


def test_a_batch_waits_to_be_approved(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    batch_id = team.make_batch([team.write("edda")])
    team.press("selma", f"/batches/{batch_id}/approval/ask", f"/batches/{batch_id}")
    assert f"Approve or refuse Batch {batch_id}" in team.read("ansel", "/waiting")


def test_nothing_waits_that_somebody_may_not_look_at_any_more(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    team.comment("edda", draft_id, "@Ansel, look")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).connection_key = "elsewhere"
    assert "Nothing waits for you" in team.read("ansel", "/waiting")


def test_a_batch_that_is_refused_or_approved_waits_for_who_can_go_on(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    batch_id = team.make_batch([team.write("edda")])
    page = f"/batches/{batch_id}/approval"
    team.press("selma", f"{page}/ask", f"/batches/{batch_id}")
    team.press("ansel", page, page, verdict="refuse", reason="Not on a Sunday.")
    seen = team.read("selma", "/waiting")
    assert f"somebody else has to change it Batch {batch_id} to Sandbox Not on a Sunday." in seen
    team.press("ansel", page, page, verdict="approve", reason=AGREED)
    assert f"Send what is approved Batch {batch_id}" in team.read("selma", "/waiting")


def test_what_is_approved_no_more_does_not_wait_to_be_sent(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    assert "Send what is approved" in team.read("selma", "/waiting")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).accepted = {"said": "since"}
    assert "Nothing waits for you" in team.read("selma", "/waiting")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).accepted = {}
    for group in ("Compliance", None):
        team.ask_for_approval(group)
        assert "Nothing waits for you" in team.read("selma", "/waiting")


def test_what_others_asked_for_is_not_hidden_behind_ones_own(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_list, "MOST", 2)
    team.ask_for_approval("")
    team.add("both", EDITOR, APPROVER)
    for number in range(3):
        team.ask("both", team.write("both", name=f"Own {number}"))
    team.ask("edda", team.write("edda", name="Recall"))
    assert "Approve or refuse Recall" in team.read("both", "/waiting")


def test_what_was_refused_waits_for_nobody_who_may_not_look_there_any_more(
    team: Team, acme: str
) -> None:
    team.ask_for_approval("")
    draft_id = team.write("edda", name="Recall")
    team.ask("edda", draft_id)
    team.decide("ansel", draft_id, "refuse", "Not on a Sunday.")
    assert "Not on a Sunday." in team.read("edda", "/waiting")
    team.give("edda", {acme: [EDITOR]})
    assert "Not on a Sunday." not in team.read("edda", "/waiting")


def test_campaigns_of_one_name_are_told_apart_by_their_clients_where_they_wait(
    team: Team, acme: str
) -> None:
    team.give("edda", {"sandbox": [EDITOR], acme: [EDITOR]})
    for key in ("sandbox", acme):
        look_after(team, "edda", team.write("edda", name="Recall", connection=key))
    waiting = team.read("edda", "/waiting")
    assert "Recall to Sandbox" in waiting
    assert "Recall to Acme Dental LIVE" in waiting


def test_what_somebody_looked_after_waits_no_more_once_they_may_not_look_there(
    team: Team, acme: str
) -> None:
    draft_id = team.write("edda", name="Recall")
    look_after(team, "edda", draft_id)
    assert "Look after it Recall" in team.read("edda", "/waiting")
    team.give("edda", {acme: [EDITOR]})
    assert "Recall" not in team.read("edda", "/waiting")


def test_what_was_changed_since_it_was_approved_waits_for_no_former_editor(team: Team) -> None:
    team.ask_for_approval("")
    draft_id = team.write("edda", name="Recall")
    team.decide("ansel", draft_id, "approve")
    team.write("edda", draft_id, name="Changed")
    assert "Ask for approval again" in team.read("edda", "/waiting")
    team.give("edda", {"sandbox": [VIEWER]})
    assert "Ask for approval again" not in team.read("edda", "/waiting")


def test_what_is_approved_waits_for_who_may_send_and_not_for_who_may_look(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    team.add("vera", VIEWER)
    team.decide("ansel", team.write("edda", name="Recall"), "approve")
    assert "Send what is approved" in team.read("selma", "/waiting")
    assert "Send what is approved" not in team.read("vera", "/waiting")


def test_an_unknown_outcome_waits_for_who_may_resolve_it_and_not_for_who_may_look(
    team: Team, sent: Callable[[State], int]
) -> None:
    number = sent(State.UNKNOWN)
    with find_services(team.app).store.writing() as session:
        session.get_one(Submission, number).connection_key = "sandbox"
    team.add("rita", Role.RESOLVER)
    team.add("vera", VIEWER)
    assert "Look up what became of it" in team.read("rita", "/waiting")
    assert "Look up what became of it" not in team.read("vera", "/waiting")
