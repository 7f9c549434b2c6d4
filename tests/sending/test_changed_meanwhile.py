"""What was right when somebody pressed is looked at again when it is done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.campaign.explanation import explain
from app.connections import SANDBOX, Connection, ConnectionRegistry
from app.rights import Role
from app.sending.approval import find_standing_of_draft
from app.sending.approving import ApprovalDecision, MayNotApprove, decide_on_draft
from app.sending.batch_confirmation import BatchRequest, confirm_batch
from app.sending.confirmation import SendRequest, StaleReview
from app.sending.queue import enqueue
from app.sending.recording import Claim
from app.sending.submission import Unsendable, Wait, claim
from app.services import find_services
from app.store import accounts, approvals, audit_trail, batches, drafts, saved_connections
from app.store.database import Store
from app.store.models import Submission
from tests.factories import outbound
from tests.sending import batch_of
from tests.sending.presses import claim_next, press
from tests.web.teams import make_team

Saved = Callable[..., str]


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    app_connections: ConnectionRegistry = find_services(app).connections
    return app_connections


def queue(store: Store, saved: Saved, to: Connection) -> int:
    """Queue a campaign, as if Ansel had approved it."""
    reviewed = compute_digest(encode_payload(build_payload(outbound())))
    number = enqueue(press(saved(connection=to.key), reviewed=reviewed, to=to), store=store)
    with store.writing() as session:
        session.get_one(Submission, number).approved_by = "Ansel"
    return number


def test_nothing_is_taken_for_a_connection_as_it_was_before_it_was_switched_off(
    store: Store,
    saved: Saved,
    connections: ConnectionRegistry,
    add_connection: Callable[..., str],
) -> None:
    to = connections.get(add_connection("Acme"))
    number = queue(store, saved, to)
    with store.writing() as session:
        saved_connections.enable(session, to.key, enabled=False)
    assert claim(to, store=store, deadline=30, threads=2) == [Wait(0), Wait(0)]
    turn = claim_next(connections.get(to.key), store=store)
    assert isinstance(turn, Unsendable)
    assert (turn.submission_id, "switched off" in turn.reason) == (number, True)


@pytest.mark.parametrize(("group", "goes"), [("", True), ("Legal", False)])
def test_what_others_have_to_approve_since_it_was_confirmed_is_taken_back(
    store: Store, saved: Saved, connections: ConnectionRegistry, group: str, *, goes: bool
) -> None:
    to = connections.get(SANDBOX)
    queue(store, saved, to)
    with store.writing() as session:
        approvals.set_rule(session, SANDBOX, group, who="Anna")
    turn = claim_next(to, store=store)
    assert isinstance(turn, Claim) is goes
    if isinstance(turn, Unsendable):
        assert turn.reason.startswith("Somebody else has to approve what goes there than when")


def test_what_is_confirmed_once_others_have_to_approve_goes(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    to = connections.get(SANDBOX)
    with store.writing() as session:
        approvals.set_rule(session, SANDBOX, "Legal", who="Anna")
        approvals.set_rule(session, SANDBOX, None, who="Anna")
    queue(store, saved, to)
    assert isinstance(claim_next(to, store=store), Claim)


@pytest.mark.postgresql
def test_a_batch_is_taken_back_for_which_others_have_to_approve_since_it_was_looked_at(
    store: Store, saved: Saved, connections: ConnectionRegistry
) -> None:
    to = connections.get(SANDBOX)
    with store.writing() as session:
        approvals.set_rule(session, SANDBOX, "", who="Anna")
    batch_id = batch_of.make(store, connections, batch_of.save_many(saved, 2))
    batch_of.check_all(store, connections, batch_id)
    confirmed = batch_of.request(store, batch_id, to, without_approval="They call at noon")
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE approval")  # What was decided of it is read after the rule.
        confirming = pool.submit(confirm_batch, confirmed, store)
        waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'approval'::regclass"
        while not other.execute(waits).fetchall():
            assert not confirming.done()
        with store.writing(audit_trail.name_connection_chain(SANDBOX)) as session:
            approvals.set_rule(session, SANDBOX, "Legal", who="Anna")
        other.commit()
        assert confirming.result()
    batch_of.queue_all(store, connections, batch_id)
    assert isinstance(claim_next(to, store=store), Unsendable)


@pytest.mark.parametrize("change", ["closed", "other roles"])
def test_a_verdict_of_somebody_who_may_not_give_one_any_more_is_not_kept(
    app: Flask, connections: ConnectionRegistry, change: str
) -> None:
    team = make_team(app)
    team.ask_for_approval("")
    team.add("edda", Role.EDITOR)
    team.add("ansel", Role.APPROVER)
    draft_id, store = team.write("edda"), find_services(app).store
    person = accounts.describe_person(team.find_account("ansel"))
    to = connections.get(SANDBOX)
    with store.reading() as session:
        draft = drafts.find(session, draft_id)
        standing = find_standing_of_draft(
            session, draft, explain(draft.answers, datetime.now(UTC)), to
        )
    assert standing
    with store.writing() as session:
        account = accounts.find(session, person.account_id or 0)
        if change == "closed":
            accounts.set_active(session, account, active=False, who="Anna")
        else:
            accounts.set_roles(session, account, {SANDBOX: frozenset({Role.VIEWER})}, who="Anna")
    verdict = ApprovalDecision(
        standing.subject.bound, standing.mark, is_approved=True, reason="", person=person
    )
    with pytest.raises(MayNotApprove, match="You may no longer approve"):
        decide_on_draft(draft_id, verdict, to, store)


Press = tuple[int, Callable[[], object]]


@pytest.fixture(params=["one", "batch"])
def press_of_sam(
    app: Flask, connections: ConnectionRegistry, request: pytest.FixtureRequest
) -> Press:
    """Give the account of Sam, who was let in, and their press of Send that has not begun yet."""
    team = make_team(app)
    team.add("sam", Role.EDITOR, Role.SENDER)
    draft_id, store = team.write("sam"), find_services(app).store
    sam, to = team.find_account("sam"), connections.get(SANDBOX)
    as_let_in: dict[str, Any] = {
        "stamp": to.stamp,
        "who": "Sam",
        "person": accounts.describe_person(sam),
    }
    if request.param == "one":
        reviewed = compute_digest(encode_payload(build_payload(outbound())))
        alone = SendRequest(draft_id, reviewed, to, **as_let_in)
        return sam.id, lambda: enqueue(alone, store=store)
    batch_id = team.make_batch([draft_id])
    with store.reading() as session:
        digest = batches.find(session, batch_id).digest
    batch = BatchRequest(batch_id=batch_id, reviewed=digest, to=to, **as_let_in)
    return sam.id, lambda: confirm_batch(batch, store)


def test_what_nobody_hinders_is_sent(press_of_sam: Press) -> None:
    assert press_of_sam[1]()


def test_nothing_is_sent_for_somebody_whose_account_was_closed_meanwhile(
    press_of_sam: Press, store: Store
) -> None:
    account_id, send = press_of_sam
    with store.writing() as session:
        account = accounts.find(session, account_id)
        accounts.set_active(session, account, active=False, who="Anna")
    with pytest.raises(StaleReview):
        send()


@pytest.mark.postgresql
@pytest.mark.parametrize("change", ["closed", "other roles"])
def test_a_press_waits_for_who_is_just_changing_the_senders_account(
    press_of_sam: Press, store: Store, change: str
) -> None:
    account_id, send = press_of_sam
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as pool:
        with store.writing(audit_trail.name_account_chain(account_id)) as session:
            account = accounts.find(session, account_id)
            if change == "closed":
                accounts.set_active(session, account, active=False, who="Anna")
            else:
                viewer = {SANDBOX: frozenset({Role.VIEWER})}
                accounts.set_roles(session, account, viewer, who="Anna")
            session.flush()
            sending = pool.submit(send)
            while not session.execute(text(waits)).fetchall():
                assert not sending.done()
        with pytest.raises(StaleReview):
            sending.result()
