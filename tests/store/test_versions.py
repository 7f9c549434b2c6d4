"""Each version of a draft that the trail tells of can be read, and put back field by field."""

from collections.abc import Callable
from typing import Any

import pytest

from app.store import drafts, versions
from app.store.acceptances import judge
from app.store.audit_trail import read_details, read_draft_events
from app.store.base import State
from app.store.database import Store
from app.store.models import Draft
from app.store.versions import NoSuchVersion, put_back
from tests.factories import outbound, typed
from tests.store.archives import archive, draft_of

DRAFT = "a1a1a1a1a1a1a1a1"


@pytest.fixture
def draft(store: Store) -> Draft:
    """Make a draft of three versions: its name was changed, then its webhook address given."""
    answers: dict[str, Any] = typed(outbound(name="First"))
    for version, change in enumerate(
        ({}, {"name": "Second"}, {"webhook_url": "https://hooks.example.org"})
    ):
        answers = answers | change
        with store.writing() as session:
            saved = drafts.save(session, DRAFT, judge(answers), expected_version=version, who="Ada")
    return saved


def test_the_versions_are_listed_with_who_made_them_and_what_they_changed(
    store: Store, draft: Draft
) -> None:
    with store.reading() as session:
        third, second, first = versions.list_versions(session, draft)
    assert (third.number, third.fields, third.who) == (3, ("webhook_url",), "Ada")
    assert (second.number, second.fields) == (2, ("name",))
    assert first.number == 1


@pytest.mark.parametrize(
    ("number", "name", "webhook"),
    [(1, "First", ""), (2, "Second", ""), (3, "Second", "https://hooks.example.org")],
)
def test_each_version_is_read_as_it_was(
    store: Store, draft: Draft, number: int, name: str, webhook: str
) -> None:
    with store.reading() as session:
        answers = versions.read_version(session, draft, number)
    assert (answers["name"], answers.get("webhook_url", "")) == (name, webhook)


@pytest.mark.parametrize("number", [0, -1, 4])
def test_a_version_that_never_was_is_none(store: Store, draft: Draft, number: int) -> None:
    with store.reading() as session, pytest.raises(NoSuchVersion):
        versions.read_version(session, draft, number)


def test_what_was_empty_is_left_out_when_it_is_put_back() -> None:
    now = {"name": "Now", "webhook_url": "https://a.example", "days_of_week": ["MONDAY"]}
    old = {"name": "Then", "webhook_url": "", "days_of_week": ""}
    assert put_back(now, old, ["webhook_url", "days_of_week"]) == {"name": "Now"}
    assert put_back(now, old, ["name"]) == {**now, "name": "Then"}


def test_the_trail_tells_which_version_was_put_back(store: Store, draft: Draft) -> None:
    with store.writing() as session:
        answers = judge({**draft.answers, "name": "First"})
        drafts.save(session, DRAFT, answers, expected_version=3, from_version=1)
        details = read_details(read_draft_events(session, DRAFT)[-1])
    assert (details["version"], details["from_version"]) == (4, 1)


def test_the_version_that_there_is_can_be_read_though_what_was_before_is_in_an_archive(
    store: Store, sent: Callable[[State], int]
) -> None:
    draft_id = draft_of(store, sent(State.CREATED))
    archive(store)
    with store.reading() as session:
        draft = drafts.find(session, draft_id)
        assert versions.read_version(session, draft, draft.version) == draft.answers
