"""Batches that have ended long ago go into archives, before the drafts that they name."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.connections import SANDBOX, ConnectionRegistry
from app.sending.batch_queue import stop_batch, take_back
from app.sending.recording import Claim
from app.services import find_services
from app.settings import Keep
from app.store import approvals, audit_trail, batches, retention
from app.store.approvals import Decision, Subject
from app.store.archive_file import read_archive, write_archive
from app.store.audit_trail import EventKind, name_batch_chain
from app.store.base import ItemState, State
from app.store.database import Store
from app.store.evidence_file import check_evidence
from app.store.models import Submission
from app.store.team_models import ApprovalState
from tests.pages import Visitor, drain
from tests.sending.batch_of import check_all, make, make_confirmed, queue_all, save_many
from tests.sending.presses import claim_next, rows
from tests.store.archives import KEY, Saved, archive, in_days, make_archiver, throw_away
from tests.store.tampering import tamper, verdict

TRAIL = Keep(trail=1)


@pytest.fixture
def connections(app: Flask) -> ConnectionRegistry:
    return find_services(app).connections


@pytest.fixture
def ended(app: Flask, store: Store, connections: ConnectionRegistry, saved: Saved) -> int:
    """Send a batch of three to the sandbox, to the last of them."""
    batch_id = make_confirmed(store, connections, save_many(saved, 3))
    queue_all(store, connections, batch_id)
    find_services(app).sender.wake(SANDBOX)
    drain(app)
    return batch_id


def read_rows(path: Path) -> list[tuple[str, Any]]:
    lines = path.read_text().splitlines()[1:-1]
    return [next(iter(json.loads(line).items())) for line in lines]


def archives_of_batches(store: Store, keep: Keep = TRAIL) -> list[Path]:
    return [path for path in archive(store, keep) if path.name.startswith("batches-")]


def count(store: Store) -> tuple[int, int]:
    ((batch_count, item_count),) = rows(
        store, "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM batch_item)"
    )
    return batch_count, item_count


def test_one_that_was_sent_goes_with_its_items_and_events(
    store: Store, ended: int, visitor: Visitor
) -> None:
    (path,) = archives_of_batches(store)

    gone = read_rows(path)
    assert [kind for kind, _ in gone] == ["batch", "item", "item", "item", "event"]
    assert (gone[0][1]["id"], gone[0][1]["confirmed_by"]) == (ended, "Ada")
    assert [row["position"] for kind, row in gone if kind == "item"] == [1, 2, 3]
    assert json.loads(gone[1][1]["payload"])["name"] == "Campaign 1"
    assert count(store) == (0, 0)
    assert visitor.client.get(f"/batches/{ended}").status_code == 404
    assert verdict(store).fault == ""


def test_its_approval_goes_along(store: Store, ended: int) -> None:
    about = Subject(None, ended, None, "a", digest="d", bound="b", seen="s")
    with store.writing() as session:
        approvals.decide(session, about, Decision(ApprovalState.OVERRIDDEN, "Ada", "No time"))

    (path,) = archives_of_batches(store)

    assert [row["reason"] for kind, row in read_rows(path) if kind == "approval"] == ["No time"]
    assert rows(store, "SELECT count(*) FROM approval") == [(0,)]


def test_what_it_has_sent_stays(store: Store, ended: int, visitor: Visitor) -> None:
    archive(store, TRAIL)
    assert rows(store, "SELECT state, batch_id FROM submission") == [("CREATED", None)] * 3
    assert "Together with" not in visitor.open("/submissions/1").text


def test_its_chain_goes_on_from_the_archive(store: Store, ended: int) -> None:
    archive(store, TRAIL)
    with store.reading() as session:
        events = audit_trail.read_chain(session, name_batch_chain(ended))
    assert [event.kind for event in events] == [EventKind.SHORTENED]
    tamper(store, "DELETE FROM event WHERE chain LIKE 'batch/%'")
    assert verdict(store).fault.startswith(f"All events of batch/{ended} are missing")


def test_its_drafts_in_the_trash_go_after_it(
    store: Store, connections: ConnectionRegistry, saved: Saved
) -> None:
    ids = save_many(saved, 2)
    batch_id = make(store, connections, ids)
    check_all(store, connections, batch_id)
    stop_batch(batch_id, store, "Ada")
    while take_back(batch_id, store):
        pass
    for draft_id in ids:
        throw_away(store, draft_id)
    names = [path.name.split("-")[0] for path in archive(store)]

    assert names == ["batches", "trash"]
    assert rows(store, "SELECT count(*) FROM draft") == [(0,)]
    assert verdict(store).fault == ""


def test_it_stays_as_long_as_the_trail(store: Store, ended: int) -> None:
    assert archives_of_batches(store, Keep(log=1, trash=1)) == []
    assert archive(store, TRAIL, days=0) == []
    assert count(store) == (1, 3)


def test_one_that_nobody_has_confirmed_or_stopped_stays(
    store: Store, connections: ConnectionRegistry, saved: Saved
) -> None:
    for ids in (save_many(saved, 1), [saved({"name": "Half", "type": "OUTBOUND"})]):
        check_all(store, connections, make(store, connections, ids))
    assert archives_of_batches(store) == []


@pytest.mark.parametrize("is_stopped", [False, True])
def test_one_of_which_something_is_left_to_queue_or_take_back_stays(
    store: Store, connections: ConnectionRegistry, saved: Saved, is_stopped: bool
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 2))
    if is_stopped:
        stop_batch(batch_id, store, "Ada")
    assert archives_of_batches(store) == []


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.UNKNOWN])
def test_one_of_which_an_outcome_is_open_stays(
    store: Store, connections: ConnectionRegistry, saved: Saved, state: State
) -> None:
    batch_id = make_confirmed(store, connections, save_many(saved, 1))
    queue_all(store, connections, batch_id)
    if state is not State.QUEUED:
        assert isinstance(claim_next(connections.find(SANDBOX), store=store, deadline=30), Claim)
    with store.writing() as session:
        session.get_one(Submission, 1).state = state
    assert archives_of_batches(store) == []


@pytest.mark.parametrize("known_at", ["settled_at", "resolved_at"])
def test_one_whose_last_outcome_is_newer_stays(store: Store, ended: int, known_at: str) -> None:
    with store.writing() as session:
        setattr(session.get_one(Submission, 3), known_at, in_days(2))
    assert archives_of_batches(store) == []


def test_a_long_one_goes_in_several_archives_and_itself_with_the_last(
    store: Store, ended: int, connections: ConnectionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.portions._AT_ONCE", 2)
    monkeypatch.setattr("app.store.portions._FEW_AT_ONCE", 1)
    empty = make(store, connections, [row for (row,) in rows(store, "SELECT id FROM draft")])
    stop_batch(empty, store, "Ada")
    take_back(empty, store)
    assert make_archiver(store, TRAIL).count(in_days(2))["item"] == 6

    files = archives_of_batches(store)

    kinds = [[kind for kind, _ in read_rows(path)] for path in files]
    assert kinds == [["item", "item"], ["batch", "item", "event"]] * 2
    assert all(read_archive(path, KEY).is_signed for path in files)
    assert count(store) == (0, 0)
    assert verdict(store).fault == ""


def test_several_short_ones_share_an_archive(
    store: Store, ended: int, connections: ConnectionRegistry, saved: Saved
) -> None:
    stop_batch(make(store, connections, [saved()]), store, "Ada")
    take_back(ended + 1, store)
    (path,) = archives_of_batches(store)
    kinds = [kind for kind, _ in read_rows(path)]
    assert kinds == ["batch", "batch", *["item"] * 4, "event", "event"]


def test_what_was_cut_off_goes_on_the_next_time(
    store: Store, ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.portions._AT_ONCE", 2)
    with monkeypatch.context() as full:
        written: list[Path] = []

        def write_one(path: Path, *words: Any) -> None:
            if written:
                raise OSError(28, "No space left on device", str(path))
            written.append(path)
            write_archive(path, *words)

        full.setattr(retention, "write_archive", write_one)
        with pytest.raises(OSError, match="No space"):
            archive(store, TRAIL)
    assert count(store) == (1, 1)
    assert verdict(store).fault == ""

    archive(store, TRAIL)
    assert count(store) == (0, 0)
    assert verdict(store).fault == ""


def test_numbers_are_not_used_again(
    store: Store, ended: int, connections: ConnectionRegistry, saved: Saved
) -> None:
    archive(store, TRAIL)
    assert make(store, connections, [saved()]) == ended + 1


def test_a_change_of_their_archive_shows(store: Store, ended: int) -> None:
    (path,) = archives_of_batches(store)
    with store.reading() as session:
        (details, *_) = audit_trail.read_archived(session)
    assert details["rows"] == {"batch": 1, "event": 1, "item": 3}
    assert list(make_archiver(store).find_faults([details])) == []
    path.write_bytes(path.read_bytes().replace(b"Campaign 1", b"Campaign 9", 1))
    assert "does not hold" in next(make_archiver(store).find_faults([details]))


def test_the_evidence_of_what_was_sent_with_one_holds_without_it(
    store: Store, ended: int, visitor: Visitor
) -> None:
    with store.reading() as session:
        draft_id = batches.read_items(session, ended, (ItemState.QUEUED,), 1)[0].draft_id
    address = f"/drafts/{draft_id}/evidence.json"
    (before,) = visitor.client.get(address).get_json()["batches"]
    assert before["id"] == ended
    archives_of_batches(store)

    evidence = visitor.client.get(address).get_json()
    assert evidence["batches"] == []
    assert check_evidence(evidence) == ""
