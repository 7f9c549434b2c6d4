"""Each connection has a book of its own: an id that two of them have stands in both."""

from app.campaign.contract.id_kinds import IdKind
from app.campaign.contract.payload import build_payload
from app.store import address_book
from app.store.connection_models import BookEntry
from app.store.database import Store
from tests.factories import outbound

USED = build_payload(outbound(assistant_id="asst_1"))


def list_used(store: Store, key: str) -> dict[tuple[str, str], bool]:
    """List the entries of a connection, each with whether it was ever used."""
    with store.reading() as session:
        return {
            (entry.kind, entry.value): entry.last_used_at is not None
            for entry in address_book.read_entries(session, key)
        }


def keep(store: Store, key: str, kind: IdKind = IdKind.ASSISTANT, nickname: str = "Desk") -> int:
    with store.writing() as session:
        entry = address_book.keep(session, key, kind, "asst_1", nickname)
        session.flush()
        return entry.id


def test_nobody_deletes_an_entry_by_way_of_another_connection(store: Store) -> None:
    number = keep(store, "theirs")
    with store.writing() as session:
        address_book.forget(session, "ours", number)
    assert list_used(store, "theirs") == {("assistant", "asst_1"): False}


def test_an_id_is_used_at_the_connection_where_it_was_used(store: Store) -> None:
    keep(store, "theirs")
    with store.writing() as session:
        address_book.note_uses(session, [("ours", USED)])
    assert list_used(store, "theirs") == {("assistant", "asst_1"): False}
    assert list_used(store, "ours")["assistant", "asst_1"]


def test_an_id_is_used_as_what_it_was_used_as(store: Store) -> None:
    keep(store, "ours", IdKind.SQUAD)
    with store.writing() as session:
        address_book.note_uses(session, [("ours", USED)])
    used = list_used(store, "ours")
    assert (used["squad", "asst_1"], used["assistant", "asst_1"]) == (False, True)


def test_what_another_connection_calls_an_id_is_not_told(store: Store) -> None:
    keep(store, "theirs")
    with store.writing() as session:
        address_book.keep(session, "ours", IdKind.ASSISTANT, "asst_2", "Desk")
        entry = session.query(BookEntry).filter(BookEntry.connection_key == "ours").one()
        assert address_book.list_namesakes(session, entry) == []
