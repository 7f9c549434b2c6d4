"""Every order of the list is that of all its rows sorted at once, a page at a time or not."""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.store import draft_search, drafts
from app.store.acceptances import judge
from app.store.base import Readiness, State
from app.store.database import Store
from app.store.draft_query import PAGE, DraftQuery, Row, Show, Sort
from app.store.listing import read_ids, read_page
from tests.factories import inbound, outbound, typed

pytestmark = pytest.mark.slow

NAMES = {"": "Sandbox", "sandbox": "Sandbox", "k3": "acme Dental", "k1": "Zeta", "k2": "Beta"}
GONE = "k9"
DRAFTS = PAGE * 3 + 7
IN_SIGHT = [
    *(State.UNKNOWN, State.REFUSED, State.UNSENT),
    *(Readiness.INCOMPLETE, Readiness.BREAKS, Readiness.OPEN, Readiness.READY),
    *(State.QUEUED, State.SENDING, State.CREATED),
]
CLIENTS = ["k3", "k2", "", "sandbox", "k1", GONE]
"""As the list calls them: acme Dental, Beta, Sandbox, Sandbox, Zeta; the name of one is lost."""

GROUP: dict[Sort, Callable[[Row], Any]] = {
    Sort.CLIENT: lambda row: CLIENTS.index(row.connection_key),
    Sort.TYPE: lambda row: ["INBOUND", "OUTBOUND", None].index(row.type),
    Sort.READINESS: lambda row: IN_SIGHT.index(row.state or row.readiness),
}
WORDS: dict[Sort, Callable[[Row], Any]] = {
    Sort.NAME: lambda row: row.name.casefold(),
    Sort.FIRST_DAY: lambda row: str(row.first_day),
    Sort.HOURS: lambda row: row.hours,
}
HAS: dict[Sort, Callable[[Row], bool]] = {
    Sort.FIRST_DAY: lambda row: row.first_day is not None,
    Sort.HOURS: lambda row: row.hours != "",
}
"""What has none of it comes last, also where the latest come first."""


@pytest.fixture
def many(store: Store) -> Store:
    """Keep drafts of all kinds, changed in no order of theirs."""
    chance = Random(7)  # noqa: S311  # It only has to be the same each time.
    with store.writing() as session:
        for number in range(DRAFTS):
            _save(session, chance, f"Campaign {number % 9}")
    return store


def _save(session: Session, chance: Random, name: str) -> None:
    answers = typed(
        inbound(name=name)
        if chance.random() < 0.3
        else outbound(name=name, daily_start_time=chance.choice(["08:00", "09:00", "10:30"]))
    )
    answers["connection"] = chance.choice([*NAMES, GONE])
    if chance.random() < 0.1:
        del answers["type"]
    if chance.random() < 0.3:
        answers["assistant_id"] = ""
    draft = drafts.save(session, drafts.make_id(), judge(answers), expected_version=0)
    draft.state = chance.choice([None, None, *State])
    draft.readiness = chance.choice(list(Readiness))
    if chance.random() < 0.2:
        draft.deleted_at = draft.changed_at


def expected(rows: list[Row], query: DraftQuery) -> list[str]:
    """Sort all rows at once: in groups the last changed first, in other orders the other way."""
    if query.sort in GROUP:
        ordered = sorted(rows, key=lambda row: (GROUP[query.sort](row), -row.sequence))
    elif query.sort in WORDS:
        ordered = sorted(rows, key=lambda row: (WORDS[query.sort](row), row.sequence))
        has = HAS.get(query.sort)
        some = [row.id for row in ordered if has is None or has(row)]
        none = [row.id for row in ordered if row.id not in some]
        return some[::-1] + none[::-1] if query.is_reversed else some + none
    else:
        ordered = sorted(rows, key=lambda row: -row.sequence)
    ids = [row.id for row in ordered]
    return ids[::-1] if query.is_reversed else ids


def read_all(store: Store, query: DraftQuery) -> list[str]:
    """Read page after page to the end, and from there back; both have to be the same."""
    with store.reading() as session:
        page = read_page(session, query)
        forth = [[row.id for row in page.drafts]]
        while page.next:
            page = read_page(session, replace(query, after=page.next))
            forth.append([row.id for row in page.drafts])
        back = [forth[-1]]
        while page.previous:
            page = read_page(session, replace(query, before=page.previous))
            back.insert(0, [row.id for row in page.drafts])
        ids = [draft_id for read in forth for draft_id in read]
        assert back == forth
        assert read_ids(session, query, DRAFTS) == ids
    return ids


@pytest.mark.parametrize("few", [1, 1000], ids=["", "named one by one"])
@pytest.mark.parametrize("is_reversed", [False, True], ids=["", "reversed"])
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_are_in_the_order_of_the_whole(
    many: Store, monkeypatch: pytest.MonkeyPatch, sort: Sort, few: int, *, is_reversed: bool
) -> None:
    monkeypatch.setattr(draft_search, "FEW", few)
    queries = [
        DraftQuery(names=NAMES, sort=sort, is_reversed=is_reversed, **held)
        for held in (
            {},
            {"search": "Campaign 4"},
            {"type": "INBOUND"},
            {"show": Show.NOT_SENT},
            {"show": Readiness.READY},
            {"show": State.CREATED},
            {"show": Show.DELETED},
            {"client": frozenset({"", "sandbox"})},
            {"keys": frozenset({"k1", "k2"}), "search": "Campaign"},
        )
    ]
    for query in queries:
        with many.reading() as session:
            rows = read_page(session, replace(query, sort=Sort.CHANGED, size=DRAFTS)).drafts
        assert read_all(many, query) == expected(rows, query)
        assert rows


def test_a_page_goes_on_where_it_ended_though_a_client_was_renamed(many: Store) -> None:
    query = DraftQuery(names=NAMES, sort=Sort.CLIENT)
    with many.reading() as session:
        first = read_page(session, query)
        renamed = replace(query, names=NAMES | {"k1": "Aardvark"}, after=first.next)
        keys = [row.connection_key for row in read_page(session, renamed).drafts]
    assert first.drafts[-1].connection_key in CLIENTS[: CLIENTS.index(keys[0]) + 1]
    assert [key for key, _ in groupby(keys)] == sorted(set(keys), key=CLIENTS.index)


@pytest.mark.parametrize("sort", list(GROUP))
@pytest.mark.parametrize("search", ["", "Campaign"])
def test_a_place_in_no_group_is_where_the_list_begins_or_ends(
    many: Store, sort: Sort, search: str
) -> None:
    query = DraftQuery(names=NAMES, sort=sort, search=search, after=("nothing", 5))
    with many.reading() as session:
        assert read_page(session, query).drafts


@pytest.mark.parametrize("is_reversed", [False, True], ids=["", "reversed"])
def test_a_place_in_no_group_is_the_same_with_and_without_a_search(
    many: Store, *, is_reversed: bool
) -> None:
    whole = DraftQuery(names=NAMES, sort=Sort.CLIENT, is_reversed=is_reversed)
    for query in (replace(whole, after=("nothing", 5)), replace(whole, before=("nothing", 5))):
        with many.reading() as session:
            pages = [
                [row.id for row in read_page(session, replace(query, search=search)).drafts]
                for search in ("", "Campaign")
            ]
        assert pages[0] == pages[1]
