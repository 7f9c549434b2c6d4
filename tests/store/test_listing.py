"""The list finds drafts by any part of what was typed, in the order that is asked for."""

from datetime import date

import pytest

from app.store import drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.draft_query import PAGE, DraftQuery, Show, Sort
from app.store.listing import read_page
from tests.factories import inbound, outbound, typed

pytestmark = pytest.mark.slow


def add(store: Store, name: str, **changes: object) -> None:
    with store.writing() as session:
        drafts.save(
            session,
            drafts.make_id(),
            judge(typed(outbound(name=name, **changes))),
            expected_version=0,
        )


def names(store: Store, **query: object) -> list[str]:
    with store.reading() as session:
        return [draft.name for draft in read_page(session, DraftQuery(**query)).drafts]  # type: ignore[arg-type]


@pytest.fixture
def three(store: Store) -> Store:
    add(store, "Beta roofing", start_date=date(2027, 3, 1), end_date=None)
    add(store, "alpha dental", start_date=date(2027, 5, 3), end_date=None)
    add(store, "Gamma solar", start_date=date(2027, 1, 4), assistant_id="asst_sunny")
    return store


def test_what_was_changed_last_comes_first(three: Store) -> None:
    assert names(three) == ["Gamma solar", "alpha dental", "Beta roofing"]


def test_the_list_can_be_sorted_by_name_whatever_the_case(three: Store) -> None:
    assert names(three, sort=Sort.NAME) == ["alpha dental", "Beta roofing", "Gamma solar"]


def test_the_list_can_be_sorted_by_the_first_day(three: Store) -> None:
    assert names(three, sort=Sort.FIRST_DAY) == ["Gamma solar", "Beta roofing", "alpha dental"]


@pytest.mark.parametrize("search", ["roof", "ROOF", "eta roo", "roofing beta", "ta"])
def test_any_part_of_the_words_finds_a_draft(three: Store, search: str) -> None:
    assert "Beta roofing" in names(three, search=search)


def test_an_id_finds_its_draft_and_only_that(three: Store) -> None:
    assert names(three, search="asst_sunny") == ["Gamma solar"]


@pytest.mark.parametrize("search", ['"', "'", "%", "roof*", "NEAR(", "a OR b", "-roof", "x\x00y"])
def test_signs_of_a_query_language_are_only_text(three: Store, search: str) -> None:
    assert names(three, search=search) == []


def test_a_changed_draft_is_found_by_its_new_words_only(three: Store) -> None:
    with three.writing() as session:
        draft = read_page(session, DraftQuery(search="Gamma")).drafts[0]
        drafts.save(
            session, draft.id, judge(typed(outbound(name="Delta wind"))), expected_version=1
        )

    assert names(three, search="wind") == ["Delta wind"]
    assert names(three, search="solar") == []


def test_the_list_can_be_held_to_a_type_and_a_state(store: Store) -> None:
    with store.writing() as session:
        drafts.save(
            session, drafts.make_id(), judge(typed(inbound(name="Front desk"))), expected_version=0
        )
        drafts.save(
            session, drafts.make_id(), judge(typed(outbound(name="Sent"))), expected_version=0
        ).state = State.CREATED

    assert names(store, type="INBOUND") == ["Front desk"]
    assert names(store, show=State.CREATED) == ["Sent"]
    assert names(store, show=Show.NOT_SENT) == ["Front desk"]


def test_deleted_drafts_are_listed_apart(three: Store) -> None:
    with three.writing() as session:
        draft = read_page(session, DraftQuery(search="Beta")).drafts[0]
        drafts.delete(session, draft.id)

    assert names(three) == ["Gamma solar", "alpha dental"]
    assert names(three, show=Show.DELETED) == ["Beta roofing"]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("search", ["", "campaign"])
def test_pages_follow_each_other_both_ways_without_a_gap_or_a_repeat(
    store: Store, sort: Sort, search: str
) -> None:
    with store.writing() as session:
        for number in range(PAGE * 2 + 3):
            named = outbound(
                name=f"Campaign {number % 7}", start_date=date(2027, 1, 1 + number % 5)
            )
            drafts.save(session, drafts.make_id(), judge(typed(named)), expected_version=0)

    forth, back = read_on(store, sort, search)
    assert len(set(forth)) == len(forth) == PAGE * 2 + 3
    assert back == forth[: PAGE * 2]


def read_on(store: Store, sort: Sort, search: str) -> tuple[list[str], list[str]]:
    """Read all pages to the last one, and from there back to the first."""
    pages: list[list[str]] = [[], []]
    with store.reading() as session:
        page = read_page(session, DraftQuery(sort=sort, search=search))
        assert page.previous is None
        pages[0] += [draft.id for draft in page.drafts]
        while page.next:
            page = read_page(session, DraftQuery(sort=sort, search=search, after=page.next))
            assert page.count == PAGE * 2 + 3
            pages[0] += [draft.id for draft in page.drafts]
        while page.previous:
            page = read_page(session, DraftQuery(sort=sort, search=search, before=page.previous))
            pages[1] = [draft.id for draft in page.drafts] + pages[1]
    return pages[0], pages[1]
