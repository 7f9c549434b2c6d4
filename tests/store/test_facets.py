"""Each choice of a filter is counted under the others, and never more than may be seen."""

from datetime import date

import pytest

from app.store import drafts, facets
from app.store.acceptances import judge
from app.store.base import Readiness, State
from app.store.database import Store
from app.store.draft_query import DraftQuery, Show
from app.store.draft_search import find_hits
from app.store.facets import NO_DAY, Facets, count_facets
from app.store.listing import read_ids
from tests.factories import inbound, outbound, typed


def add(store: Store, client: str, **changes: object) -> str:
    values = outbound(**changes) if changes.get("type", "OUTBOUND") == "OUTBOUND" else inbound()
    draft_id = drafts.make_id()
    with store.writing() as session:
        answers = typed(values) | {"connection": client}
        drafts.save(session, draft_id, judge(answers), expected_version=0)
    return draft_id


def count(store: Store, **query: object) -> Facets:
    with store.reading() as session:
        asked = DraftQuery(**query)  # type: ignore[arg-type]
        return count_facets(session, asked, find_hits(session, asked.search, asked.names))


@pytest.fixture
def four(store: Store) -> Store:
    add(store, "acme", start_date=date(2027, 1, 4), name="Roofs")
    add(store, "acme", start_date=date(2027, 2, 1), end_date=None, assistant_id="")
    add(store, "birch", type="INBOUND")
    sent = add(store, "birch", start_date=date(2027, 1, 31), end_date=None)
    with store.writing() as session:
        drafts.find(session, sent).state = State.UNKNOWN
    return store


def test_all_choices_are_counted(four: Store) -> None:
    counted = count(four)
    assert counted.clients.counts == {"acme": 2, "birch": 2}
    assert counted.types.counts == {"OUTBOUND": 3, "INBOUND": 1}
    assert counted.months.counts == {"2027-01": 2, "2027-02": 1, NO_DAY: 1}
    assert counted.standings.counts == {
        Readiness.BREAKS: 1,
        Readiness.INCOMPLETE: 1,
        Readiness.READY: 1,
        State.UNKNOWN: 1,
    }
    assert not counted.clients.is_capped


def test_a_choice_is_counted_under_the_other_filters_and_not_its_own(four: Store) -> None:
    counted = count(four, client=frozenset({"acme"}), show=Readiness.BREAKS)
    assert counted.clients.counts == {"acme": 1}
    assert counted.standings.counts == {Readiness.BREAKS: 1, Readiness.INCOMPLETE: 1}
    assert counted.months.counts == {"2027-01": 1}
    january = (date(2027, 1, 1), date(2027, 1, 31))
    assert count(four, days=january).months.counts == count(four).months.counts
    assert count(four, days=january).clients.counts == {"acme": 1, "birch": 1}


def test_what_was_refused_and_lacks_an_answer_is_not_counted_as_what_can_be_sent(
    four: Store,
) -> None:
    refused = add(four, "acme", assistant_id="")
    with four.writing() as session:
        drafts.find(session, refused).state = State.REFUSED
    for query in (DraftQuery(), DraftQuery(client=frozenset({"acme"})), DraftQuery(type="INBOUND")):
        with four.reading() as session:
            ids = read_ids(session, query, 100, sendable_only=True)
            hits = find_hits(session, query.search, query.names)
            assert sum(count_facets(session, query, hits).sendable.counts.values()) == len(ids)


def test_a_search_and_what_may_be_seen_hold_for_every_count(four: Store) -> None:
    assert count(four, search="roofs").clients.counts == {"acme": 1}
    assert count(four, keys=frozenset({"birch"})).clients.counts == {"birch": 2}
    hidden = count(four, keys=frozenset({"birch"}), client=frozenset({"acme"}))
    assert hidden.types.counts == {}


def test_deleted_drafts_are_counted_among_themselves(four: Store) -> None:
    deleted = add(four, "acme")
    with four.writing() as session:
        drafts.delete(session, deleted)
    assert count(four).clients.counts == {"acme": 2, "birch": 2}
    assert count(four, show=Show.DELETED).clients.counts == {"acme": 1}


def test_no_more_rows_are_looked_at_than_are_counted(
    four: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "COUNTED", 2)
    counted = count(four)
    assert counted.clients.is_capped
    assert sum(counted.clients.counts.values()) == 3
