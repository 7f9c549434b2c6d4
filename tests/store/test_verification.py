"""Whatever is changed in the records shows: chains, their ends, submissions and calls."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.store import drafts, seals
from app.store.acceptances import judge
from app.store.base import State
from app.store.chains import event_hash
from app.store.database import Store
from app.store.verification import Verdict, verify
from tests.factories import inbound, typed

Sent = Callable[[State], int]


def verdict(store: Store, noted: str = "") -> Verdict:
    with store.reading() as session:
        return verify(session, noted)


def sealed(store: Store) -> str:
    with store.writing() as session:
        return seals.seal(session)


def tamper(store: Store, *statements: str) -> None:
    """Change the tables as somebody with the file could, past the triggers."""
    with store.writing() as session:
        for table in ("event", "seal"):
            for change in ("update_of", "delete_of", "replacing_of"):
                session.execute(text(f"DROP TRIGGER IF EXISTS no_{change}_{table}s"))
        for statement in statements:
            session.execute(text(statement))


@pytest.fixture
def draft_id(store: Store, saved: Callable[..., str]) -> str:
    made = saved(inbound())
    for number in range(1, 4):
        with store.writing() as session:
            answers = judge(typed(inbound(name=f"Front desk {number}")))
            drafts.save(session, made, answers, over=number, who="Ada")
    return made


def test_an_untouched_trail_holds(store: Store, draft_id: str, sent: Sent) -> None:
    sent(State.CREATED)
    noted = sealed(store)
    found = verdict(store, noted)
    assert (found.events, found.chains, found.fault) == (7, 2, "")
    assert found.seal == noted


def test_what_came_after_a_noted_seal_holds_too(store: Store, draft_id: str, sent: Sent) -> None:
    noted = sealed(store)
    sent(State.REFUSED)
    assert verdict(store, noted).fault == ""
    assert sealed(store) != noted


def test_a_seal_of_nothing_new_is_the_one_before(store: Store, draft_id: str) -> None:
    assert sealed(store) == sealed(store)


def test_many_chains_are_sealed_in_several_seals(
    store: Store, saved: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "_GROWN", seals._GROWN.limit(2))  # noqa: SLF001  A thousand take long.
    for number in range(5):
        saved(inbound(name=f"Desk {number}"))
    noted = sealed(store)
    with store.reading() as session:
        assert len(seals.since(session, 1, 10)) == seals.count(session) == 3
    assert verdict(store, noted).fault == ""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE event SET who = 'Eve' WHERE number = 2", "was changed"),
        ("UPDATE event SET details = '{}' WHERE number = 4", "was changed"),
        ("UPDATE event SET chain = 'connection/b' WHERE number = 1", "was changed"),
        ("DELETE FROM event WHERE number = 2", "is missing"),
        ("DELETE FROM event WHERE number = 4", "Events are missing at the end"),
        ("DELETE FROM event", "are missing"),
        ("UPDATE event SET before = hash WHERE number = 3", "does not follow the one before it"),
        ("UPDATE event SET who = x'00ff' WHERE number = 2", "was changed"),
        ("UPDATE event SET number = 'two' WHERE number = 2", "is missing"),
        ("UPDATE event SET details = 7 WHERE number = 2", "was changed"),
        ("UPDATE event SET at = x'00' WHERE number = 1", "was changed"),
    ],
)
def test_any_change_of_a_chain_shows(
    store: Store, draft_id: str, statement: str, fault: str
) -> None:
    tamper(store, statement)
    assert fault in verdict(store).fault


def test_an_end_that_is_cut_off_with_its_head_shows_by_the_seal(
    store: Store, draft_id: str
) -> None:
    sealed(store)
    tamper(
        store,
        "DELETE FROM event WHERE number = 4",
        "UPDATE chain_head SET number = 3, hash = (SELECT hash FROM event WHERE number = 3)",
    )
    assert "Events are missing at the end" in verdict(store).fault


def test_an_end_that_is_made_up_anew_shows_by_the_seal(store: Store, draft_id: str) -> None:
    noted = sealed(store)
    forge_the_last_event(store)
    assert "is not the one sealed" in verdict(store, noted).fault


def test_all_of_it_made_up_anew_does_not_have_a_noted_seal(store: Store, draft_id: str) -> None:
    noted = sealed(store)
    forge_the_last_event(store)
    tamper(store, "DELETE FROM seal", "UPDATE chain_head SET sealed = 0, seal = NULL")
    sealed(store)
    assert verdict(store).fault == ""
    assert verdict(store, noted).fault == f"No seal has the hash {noted}."


def test_a_changed_seal_shows(store: Store, draft_id: str) -> None:
    sealed(store)
    tamper(store, "UPDATE seal SET heads = '[]'")
    assert verdict(store).fault == "Seal 1 was changed."


def forge_the_last_event(store: Store) -> None:
    with store.reading() as session:
        row = session.execute(text("SELECT * FROM event WHERE number = 4")).mappings().one()
    forged = event_hash({**row, "who": "Eve"})
    tamper(
        store,
        f"UPDATE event SET who = 'Eve', hash = '{forged}' WHERE number = 4",  # noqa: S608
        f"UPDATE chain_head SET hash = '{forged}' WHERE number = 4",  # noqa: S608
    )


_SECOND = """
INSERT INTO submission (draft_id, draft_version, connection, destination, is_sandbox, url, body,
    digest, state, who, claimed_at, token, lease_boot, lease_ends, message, errors, answer,
    resolved_by)
SELECT draft_id, draft_version, connection, destination, is_sandbox, url, body, digest, 'REFUSED',
    who, claimed_at, 'forged', lease_boot, lease_ends, message, errors, answer, resolved_by
FROM submission"""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE submission SET state = 'REFUSED'", "The submission 1 was changed."),
        ("UPDATE submission SET campaign_id = 'other'", "The submission 1 was changed."),
        ("UPDATE submission SET body = x'7b7d'", "The submission 1 was changed."),
        ("UPDATE submission SET who = 'Eve'", "The submission 1 was changed."),
        ("UPDATE submission SET state = 'ODD'", "The submission 1 was changed."),
        ("UPDATE submission SET claimed_at = 'never'", "The submission 1 was changed."),
        ("UPDATE exchange SET response_body = '{}'", "The call 1 was changed."),
        ("UPDATE exchange SET status = 500", "The call 1 was changed."),
        ("UPDATE exchange SET request_headers = 'no JSON'", "The call 1 was changed."),
        ("DELETE FROM exchange", "The call 1 is missing."),
        (
            _SECOND,
            "2 submissions are kept, and the trail knows of 1.",
        ),
    ],
)
def test_changed_submissions_and_calls_show(
    store: Store, sent: Sent, statement: str, fault: str
) -> None:
    sent(State.CREATED)
    tamper(store, statement)
    assert verdict(store).fault == fault


@pytest.mark.parametrize(
    "details", ["null", "[1]", "{bad", '{"submission": [1], "submission_digest": "x"}', "[" * 9000]
)
def test_details_of_an_odd_kind_give_a_verdict(store: Store, draft_id: str, details: str) -> None:
    with store.reading() as session:
        row = session.execute(text("SELECT * FROM event WHERE number = 4")).mappings().one()
    forged = event_hash({**row, "details": details})
    tamper(
        store,
        f"UPDATE event SET details = '{details}', hash = '{forged}' WHERE number = 4",  # noqa: S608
        f"UPDATE chain_head SET hash = '{forged}' WHERE number = 4",  # noqa: S608
    )
    assert "of a kind that Campaign Builder never writes" in verdict(store).fault
