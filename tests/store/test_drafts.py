"""Drafts are kept as typed, version by version."""

import re

import pytest

from app.store import audit_trail, drafts
from app.store.acceptances import judge
from app.store.base import State
from app.store.database import Store
from app.store.drafts import AlreadySubmitted, NoSuchDraft, StaleVersion
from app.store.models import Draft
from tests.factories import outbound, typed

DRAFT = "a1a1a1a1a1a1a1a1"


def kept(store: Store, draft_id: str = DRAFT) -> Draft:
    with store.reading() as session:
        return drafts.find(session, draft_id)


def save(store: Store, draft_id: str = DRAFT, *, version: int = 0, **answers: object) -> Draft:
    with store.writing() as session:
        judgement = judge(typed(outbound()) | answers)  # type: ignore[arg-type]
        return drafts.save(session, draft_id, judgement, expected_version=version)


def test_a_draft_keeps_exactly_what_was_typed_right_or_wrong(store: Store) -> None:
    save(store, min_gap_between_attempts=" two ", start_date="soon")

    assert kept(store).answers["min_gap_between_attempts"] == " two "
    assert kept(store).answers["start_date"] == "soon"


def test_every_save_makes_a_new_version(store: Store) -> None:
    save(store)
    save(store, version=1, name="Another")

    assert (kept(store).version, kept(store).name) == (2, "Another")


def test_saving_what_is_there_already_changes_nothing(store: Store) -> None:
    first = save(store)

    assert save(store, version=0).version == first.version


def test_saving_over_a_newer_version_is_refused_and_shows_it(store: Store) -> None:
    save(store)
    save(store, version=1, name="Theirs")

    with pytest.raises(StaleVersion) as refused:
        save(store, version=1, name="Mine")

    assert refused.value.draft.name == "Theirs"
    assert kept(store).name == "Theirs"


@pytest.mark.parametrize("state", [State.SENDING, State.CREATED, State.UNKNOWN])
def test_a_draft_whose_campaign_may_exist_can_neither_change_nor_go(
    store: Store, state: State
) -> None:
    save(store)
    with store.writing() as session:
        drafts.find(session, DRAFT).state = state

    with pytest.raises(AlreadySubmitted):
        save(store, version=1, name="Another")
    with store.writing() as session, pytest.raises(AlreadySubmitted):
        drafts.delete(session, DRAFT)


def test_a_deleted_draft_comes_back_as_it_was(store: Store) -> None:
    save(store)
    with store.writing() as session:
        drafts.delete(session, DRAFT)
    assert kept(store).deleted_at is not None

    with store.writing() as session:
        drafts.restore(session, DRAFT)
    assert kept(store).deleted_at is None
    assert kept(store).version == 1


def test_a_draft_that_never_was_is_missed_by_name(store: Store) -> None:
    with pytest.raises(NoSuchDraft), store.reading() as session:
        drafts.find(session, "nothing")


@pytest.mark.parametrize("odd", ["a", "A1A1A1A1A1A1A1A1", "a1a1a1a1a1a1a1a1\n", "\U0001f642", ""])
def test_a_new_draft_has_an_id_of_the_one_form(store: Store, odd: str) -> None:
    with pytest.raises(drafts.NoSuchDraft):
        save(store, odd)
    assert re.fullmatch(drafts.ID_FORM, drafts.make_id())


def test_what_is_typed_on_in_a_deleted_draft_is_kept_and_it_stays_deleted(store: Store) -> None:
    save(store)
    with store.writing() as session:
        drafts.delete(session, DRAFT)
    save(store, version=1, name="Another")

    assert kept(store).deleted_at is not None
    assert kept(store).name == "Another"


def test_a_second_press_deletes_or_restores_nothing_anew(store: Store) -> None:
    save(store)
    for act in (drafts.restore, drafts.delete, drafts.delete, drafts.restore, drafts.restore):
        with store.writing() as session:
            act(session, DRAFT)

    with store.reading() as session:
        kinds = [event.kind for event in audit_trail.read_draft_events(session, DRAFT)]
    assert kinds == ["created", "deleted", "restored"]
