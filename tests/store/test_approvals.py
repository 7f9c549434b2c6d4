"""What waits to be approved, and who is taken for somebody who has changed it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.store import approval_lists, approvals, audit_trail, drafts
from app.store.acceptances import judge
from app.store.approvals import Decision, Subject
from app.store.audit_trail import name_connection_chain, read_details
from app.store.base import State
from app.store.database import Store
from app.store.models import Draft
from app.store.team_models import ApprovalState
from tests.factories import outbound, typed
from tests.store.files import file_of
from tests.store.older import copy_as_revision

Saved = Callable[..., str]


def subject(draft_id: str) -> Subject:
    return Subject(draft_id, None, 1, "sandbox", "d" * 64, "b" * 64, "s" * 64)


def ask(store: Store, draft_id: str) -> None:
    with store.writing() as session:
        approvals.ask(session, subject(draft_id), who="Edda <edda@example.com>")


def list_asked(store: Store, keys: frozenset[str] | None = None) -> list[str | None]:
    with store.reading() as session:
        return [asked.draft_id for asked, _ in approval_lists.iterate_asked(session, keys)]


def test_what_was_asked_for_first_waits_longest(store: Store, saved: Saved) -> None:
    ids = [saved(), saved()]
    for draft_id in (*ids, ids[0]):
        ask(store, draft_id)
    assert list_asked(store) == ids


@pytest.mark.parametrize("state", [State.QUEUED, State.CREATED, State.UNKNOWN])
def test_what_is_sent_or_deleted_waits_no_more(store: Store, saved: Saved, state: State) -> None:
    ids = [saved(), saved(), saved()]
    for draft_id in ids:
        ask(store, draft_id)
    with store.writing() as session:
        drafts.delete(session, ids[0])
        session.get_one(Draft, ids[1]).state = state
    assert list_asked(store) == ids[2:]


def test_only_what_goes_where_somebody_may_approve_waits_for_them(
    store: Store, saved: Saved
) -> None:
    here, there = saved(connection="here"), saved(connection="there")
    for draft_id in (here, there):
        ask(store, draft_id)
    assert list_asked(store, frozenset({"here"})) == [here]
    assert list_asked(store, frozenset()) == []


def test_a_decision_ends_the_wait_and_is_kept_on_the_trail(store: Store, saved: Saved) -> None:
    draft_id = saved()
    ask(store, draft_id)
    with store.writing() as session:
        refusal = Decision(ApprovalState.REFUSED, "Ansel <ansel@example.com>", "Too early.")
        approvals.decide(session, subject(draft_id), refusal)
    assert list_asked(store) == []
    with store.reading() as session:
        last = audit_trail.read_draft_events(session, draft_id)[-1]
    assert (last.kind, last.who) == ("approval refused", "Ansel <ansel@example.com>")
    assert read_details(last)["reason"] == "Too early."
    assert read_details(last)["bound"] == "b" * 64


def test_a_rule_is_set_once_and_is_on_the_trail_of_its_connection(store: Store) -> None:
    with store.writing() as session:
        for group in ("", "", "Compliance", None, None):
            approvals.set_rule(session, "sandbox", group, who="Anna")
        assert approvals.find_rule(session, "sandbox") is None
        events = audit_trail.read_chain(session, name_connection_chain("sandbox"))
    assert [read_details(event) for event in events] == [
        {"before": None, "group": ""},
        {"before": "", "group": "Compliance"},
        {"before": "Compliance", "group": None},
    ]


def save_in_turn(store: Store, *people: str) -> str:
    """Let these people make a draft and change it, one after the other; gives its id."""
    draft_id = drafts.make_id()
    for version, who in enumerate(people):
        answers = judge(typed(outbound(name=f"Version {version}")))
        with store.writing() as session:
            drafts.save(session, draft_id, answers, expected_version=version, who=who)
    return draft_id


def approve(store: Store, draft_id: str, version: int) -> None:
    with store.writing() as session:
        decision = Decision(ApprovalState.APPROVED, "Ansel")
        approvals.decide(session, replace(subject(draft_id), version=version), decision)


def find_who_has_changed(store: Store, draft_id: str) -> set[str]:
    with store.reading() as session:
        people = ("Edda", "Emil", "Ansel", "Lea", "")
        return {who for who in people if approvals.has_changed(session, draft_id, None, who)}


def test_who_has_made_a_draft_and_changed_it_since_it_was_approved_is_known(store: Store) -> None:
    draft_id = save_in_turn(store, "Edda", "Emil", "Lea")
    assert find_who_has_changed(store, draft_id) == {"Edda", "Emil", "Lea"}
    approve(store, draft_id, 2)
    assert find_who_has_changed(store, draft_id) == {"Edda", "Lea"}
    approve(store, draft_id, 3)
    assert find_who_has_changed(store, draft_id) == {"Edda", "Lea"}  # Lea's was the last change.


@pytest.mark.parametrize("state", [ApprovalState.ASKED, ApprovalState.REFUSED])
def test_who_wrote_what_nobody_approved_may_not_approve_it_later(
    store: Store, state: ApprovalState
) -> None:
    draft_id = save_in_turn(store, "Edda", "Emil", "Lea")
    with store.writing() as session:
        latest = replace(subject(draft_id), version=3)
        if state is ApprovalState.ASKED:
            approvals.ask(session, latest, who="Edda")
        else:
            approvals.decide(session, latest, Decision(state, "Ansel", "Too early."))
    assert find_who_has_changed(store, draft_id) == {"Edda", "Emil", "Lea"}


def test_a_copy_is_by_who_wrote_the_original_too(store: Store) -> None:
    draft_id, copy_id = save_in_turn(store, "Edda", "Emil"), save_in_turn(store, "Lea")
    with store.writing() as session:
        approvals.copy_editors(session, draft_id, copy_id)
    assert find_who_has_changed(store, copy_id) == {"Edda", "Emil", "Lea"}


@pytest.mark.sqlite
def test_who_had_changed_a_draft_before_there_was_approval_is_read_from_the_trail(
    store: Store, tmp_path: Path
) -> None:
    draft_id = save_in_turn(store, "Edda", "Emil", "", "Lea", "")

    upgraded = Store(copy_as_revision("0012", file_of(store), tmp_path / "older.sqlite3"))

    approve(upgraded, draft_id, 3)
    assert find_who_has_changed(upgraded, draft_id) == {"Edda", "Lea"}
    upgraded.engine.dispose()


def test_to_ask_nobody_any_more_at_one_connection_leaves_the_others(store: Store) -> None:
    with store.writing() as session:
        for key in ("here", "there"):
            approvals.set_rule(session, key, "", who="Ada")
        approvals.set_rule(session, "here", None, who="Ada")
    with store.reading() as session:
        assert approvals.find_rule(session, "here") is None
        assert approvals.find_rule(session, "there") is not None


def test_who_writes_another_draft_is_an_editor_of_this_one_as_before(store: Store) -> None:
    first = save_in_turn(store, "Edda", "Lea", "Emil")
    approve(store, first, 1)
    second = save_in_turn(store, "Lea")
    assert find_who_has_changed(store, first) == {"Edda", "Lea", "Emil"}
    with store.reading() as session:
        editors = [
            approvals.find_last_editor(session, session.get_one(Draft, draft_id))
            for draft_id in (first, second)
        ]
    assert editors == ["Emil", "Lea"]


def test_a_copy_is_by_nobody_who_wrote_something_else(store: Store) -> None:
    save_in_turn(store, "Lea")
    original, copy_id = save_in_turn(store, "Edda"), save_in_turn(store, "Emil")
    with store.writing() as session:
        approvals.copy_editors(session, original, copy_id)
    assert find_who_has_changed(store, copy_id) == {"Edda", "Emil"}


def test_earlier_decisions_are_those_on_the_same_draft(store: Store, saved: Saved) -> None:
    ours, theirs = saved(), saved()
    with store.writing() as session:
        refusal = Decision(ApprovalState.REFUSED, "Ansel", "Too late.")
        approvals.decide(session, subject(theirs), refusal)
        for reason in ("Too early.", "Too loud."):
            newest = approvals.decide(session, subject(ours), replace(refusal, reason=reason))
    with store.reading() as session:
        earlier = approvals.list_earlier_decisions(session, session.merge(newest))
    assert [approval.reason for approval in earlier] == ["Too early."]


def test_what_was_approved_is_listed_for_who_wrote_that(store: Store) -> None:
    draft_id = save_in_turn(store, "Edda")
    save_in_turn(store, "Lea")
    approve(store, draft_id, 1)
    with store.reading() as session:
        listed = {
            who: [draft.id for _, draft in approval_lists.iterate_approved_of(session, who, 5)]
            for who in ("Edda", "Lea")
        }
    assert listed == {"Edda": [draft_id], "Lea": []}
