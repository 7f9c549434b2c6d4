"""Whatever is changed in the trail shows: chains, their ends and seals."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.store import drafts, seals
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from tests.factories import inbound, typed
from tests.store.tampering import (
    NO_SEALS,
    Sent,
    forge,
    forge_the_last_event,
    sealed,
    tamper,
    verdict,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def draft_id(store: Store, saved: Callable[..., str]) -> str:
    made = saved(inbound())
    for number in range(1, 4):
        with store.writing() as session:
            answers = judge(typed(inbound(name=f"Front desk {number}")))
            drafts.save(session, made, answers, expected_version=number, who="Ada")
    return made


def test_an_untouched_trail_holds(store: Store, draft_id: str, sent: Sent) -> None:
    sent(State.CREATED)
    noted = sealed(store)
    verification = verdict(store, noted)
    assert (verification.events, verification.chains, verification.fault) == (8, 3, "")
    assert verification.seal == noted


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
        assert len(seals.read_since(session, 1, 10)) == seals.count_seals(session) == 3
    assert verdict(store, noted).fault == ""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE event SET who = 'Eve' WHERE number = 2", "was changed"),
        ("UPDATE event SET details = '{}' WHERE number = 4", "was changed"),
        (
            "UPDATE event SET chain = 'connection/b' WHERE number = 1 AND chain != 'instance'",
            "was changed",
        ),
        ("DELETE FROM event WHERE number = 2", "is missing"),
        ("DELETE FROM event WHERE number = 4", "Events are missing at the end"),
        ("DELETE FROM event", "are missing"),
        ("UPDATE event SET before = hash WHERE number = 3", "does not follow the one before it"),
        ("UPDATE event SET who = x'00ff' WHERE number = 2", "was changed"),
        pytest.param(
            "UPDATE event SET number = 'two' WHERE number = 2",
            "is missing",
            marks=pytest.mark.sqlite,
        ),
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
    tamper(store, *NO_SEALS)
    sealed(store)
    assert verdict(store).fault == ""
    assert verdict(store, noted).fault == f"No seal has the hash {noted}."


def test_a_changed_seal_shows(store: Store, draft_id: str) -> None:
    sealed(store)
    tamper(store, "UPDATE seal SET heads = '[]'")
    assert verdict(store).fault == "Seal 1 was changed."


def test_what_is_marked_as_sealed_is_held_to_the_seals(store: Store, draft_id: str) -> None:
    sealed(store)
    tamper(store, "UPDATE chain_head SET sealed = 1000 WHERE chain LIKE 'draft/%'")
    assert "What of draft/" in verdict(store).fault


@pytest.mark.parametrize("details", ["null", "[1]", "{bad", "[" * 9000])
def test_details_of_an_odd_kind_give_a_verdict(store: Store, draft_id: str, details: str) -> None:
    with store.reading() as session:
        row = session.execute(text("SELECT * FROM event WHERE number = 4")).mappings().one()
    forge(store, row, details=details)
    assert "of a kind that Campaign Builder never writes" in verdict(store).fault
