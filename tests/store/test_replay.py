"""Whatever is changed of drafts, decisions, batches, roles and rules shows against the trail."""

import pytest
from flask import Flask

from app.rights import Role
from app.services import find_services
from app.store import drafts
from app.store.acceptances import Reason, accept, judge
from app.store.database import Store
from tests.factories import outbound, typed
from tests.pages import drain
from tests.store.files import is_postgresql
from tests.store.tampering import tamper, verdict
from tests.web.teams import AGREED, Team, make_team_with_approval

pytestmark = pytest.mark.slow


@pytest.fixture
def team(app: Flask) -> Team:
    """Make a team that has sent a campaign, and another within a batch; Anna's is the account 1."""
    team = make_team_with_approval(app)
    alone, together = team.write("edda", audience="California"), team.write("edda", name="Second")
    answers = typed(outbound()) | {"audience": "California"}
    with find_services(app).store.writing() as session:
        draft, judgement = drafts.find(session, alone), judge(answers)
        (rule, *_) = (finding.rule.id for finding in judgement.findings if not finding.rule.is_duty)
        accept(session, draft, judgement, Reason({rule}, "They asked for it.", "Edda"))
    team.decide("ansel", alone, "approve", "fine")
    team.send("selma", alone)
    batch_id = team.make_batch([together])
    page = f"/batches/{batch_id}/approval"
    team.press("ansel", page, page, verdict="approve", reason=AGREED)
    team.press("selma", f"/batches/{batch_id}/send", f"/batches/{batch_id}")
    drain(app)
    return team


@pytest.fixture
def store(team: Team) -> Store:
    store: Store = find_services(team.app).store
    return store


def test_what_nobody_has_changed_holds(store: Store) -> None:
    assert verdict(store).fault == ""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE submission SET approved_by = 'Eve' WHERE id = 1", "submission 1 was changed"),
        (
            "UPDATE submission SET without_approval = 'Urgent' WHERE id = 1",
            "submission 1 was changed",
        ),
        ("UPDATE submission SET batch_id = NULL", "submission 2 was changed"),
        ("UPDATE submission SET batch_id = 1", "submission 1 was changed"),
        ("UPDATE batch SET who = 'Eve'", "batch 1 is not"),
        ("UPDATE batch SET approved_by = 'Eve'", "batch 1 is not"),
        ("UPDATE batch SET digest = ''", "batch 1 is not"),
        ("UPDATE approval SET decided_by = 'Eve' WHERE draft_id IS NOT NULL", "is not what"),
        ("UPDATE approval SET decided_by = 'Eve' WHERE batch_id IS NOT NULL", "batch 1 is not"),
        ("UPDATE approval SET state = 'REFUSED'", "is not what"),
        ("UPDATE approval SET reason = 'None'", "is not what"),
        ("DELETE FROM approval WHERE batch_id IS NOT NULL", "batch 1 is not"),
        ("DELETE FROM approval WHERE draft_id IS NOT NULL", "is not what"),
        ("DELETE FROM approval_rule", "connection sandbox is not"),
        ("UPDATE approval_rule SET group_name = 'Friends'", "connection sandbox is not"),
        ("INSERT INTO approval_rule VALUES ('other', '')", "kept of the connection other"),
        ("UPDATE draft SET accepted = '{}'", "is not what the trail says"),
        ("UPDATE draft SET version = 7", "is not what the trail says"),
        (
            "UPDATE draft SET answers = replace(CAST(answers AS TEXT), 'California', 'Nevada')",
            "is not what the trail says",
        ),
        ("UPDATE role_grant SET role = 'administrator' WHERE account_id = 2", "account 2 is not"),
        ("DELETE FROM role_grant WHERE account_id = 3", "account 3 is not"),
        ("UPDATE account SET email = 'eve@example.com' WHERE id = 2", "account 2 is not"),
        ("INSERT INTO group_member (account_id, name) VALUES (2, 'Compliance')", "account 2 is"),
    ],
)
def test_what_somebody_has_changed_past_the_app_shows(
    store: Store, statement: str, fault: str
) -> None:
    if "CAST" in statement and is_postgresql(store):
        statement = statement.replace("replace(", "CAST(replace(").replace("da')", "da') AS json)")
    tamper(store, statement)
    assert fault in verdict(store).fault


def test_an_account_that_no_event_tells_of_shows(team: Team, store: Store) -> None:
    tamper(
        store,
        "INSERT INTO account (version, email, name, active, fs_uniquifier, created_at) "
        "SELECT version, 'eve@example.com', 'Eve', active, 'eve', created_at FROM account "
        "WHERE id = 1",
    )
    assert "kept of the account" in verdict(store).fault


def test_an_approval_that_no_event_tells_of_shows(team: Team, store: Store) -> None:
    draft_id = team.write("edda", name="Third")
    team.ask("edda", draft_id)
    assert verdict(store).fault == ""
    tamper(store, "UPDATE approval SET state = 'APPROVED' WHERE state = 'ASKED'")
    assert verdict(store).fault == f"The trail does not know what is kept of the draft {draft_id}."


def test_roles_that_are_given_by_somebody_who_may_hold(team: Team, store: Store) -> None:
    team.give("edda", {"sandbox": [Role.VIEWER]})
    team.give("selma", {"sandbox": [], "other": [Role.VIEWER]})
    assert verdict(store).fault == ""


def test_a_reason_with_a_sign_that_postgresql_does_not_keep_holds(team: Team, store: Store) -> None:
    draft_id = team.write("edda", name="Third")
    team.decide("ansel", draft_id, "approve", "fi\0ne")
    assert verdict(store).fault == ""
    change = "UPDATE approval SET reason = 'fi\N{SYMBOL FOR NULL}ne' WHERE state = 'APPROVED'"
    tamper(store, f"{change} AND draft_id = '{draft_id}'")
    assert verdict(store).fault == ""
