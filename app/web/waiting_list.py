"""What waits for somebody: to be approved, read, looked after, sent, mended or looked up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from app.connections import ConnectionRegistry
from app.notices.items import Item, ListWaiting
from app.rights import Person, Right
from app.sending.approval import may_decide, name_seen, name_seen_of_batch
from app.store import approvals, batches, comments, submissions
from app.store.models import Batch, Draft
from app.web.access import find_keys_of
from app.web.names import name_campaign

Row = TypeVar("Row")

MOST = 50
"""Of each kind, as many are listed as somebody can look at."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits: what is wanted, of which campaign or batch, where, and since when.

    *name* is the campaign's; *endpoint* and *values* are the address of the page to go to.
    """

    wanted: str
    name: str
    endpoint: str
    values: Mapping[str, object]
    since: datetime | None
    more: str = ""
    part: str = ""
    """What of the page it is about, so that each is told of by itself."""


def list_waiting(session: Session, person: Person, registry: ConnectionRegistry) -> list[Waiting]:
    """List what waits for somebody with an account, by what is wanted; the oldest comes first."""
    if person.account_id is None:
        return []
    kinds = (
        _list_unknown,
        _list_to_approve,
        _list_refused,
        _list_mentions,
        _list_approved,
        _list_assigned,
    )
    return [waiting for kind in kinds for waiting in islice(kind(session, person, registry), MOST)]


def make_list_of_items(app: Flask, registry: ConnectionRegistry) -> ListWaiting:
    """Make what lists, for e-mail and other programs, what waits for somebody.

    Of a campaign they are told the name, and nothing that was said about it.
    """

    def list_items(session: Session, person: Person) -> list[Item]:
        addresses = app.url_map.bind("")
        return [
            Item(
                f"{waiting.wanted}: {name_campaign(waiting.name)}",
                addresses.build(waiting.endpoint, waiting.values)
                + (f"#{waiting.part}" if waiting.part else ""),
            )
            for waiting in list_waiting(session, person, registry)
        ]

    return list_items


def _list_unknown(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    keys = find_keys_of(person, Right.RESOLVE, registry)
    for submission in submissions.find_unknown(session, keys, MOST):
        yield Waiting(
            "Look up what became of it",
            submission.draft.name,
            "submissions.show",
            {"submission_id": submission.id},
            submission.claimed_at,
        )


def _list_to_approve(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    keys = find_keys_of(person, Right.APPROVE, registry)
    for asked in approvals.iterate_asked(session, keys):
        draft = session.get_one(Draft, asked.draft_id) if asked.draft_id else None
        key = registry.find(draft.connection_key).key if draft else asked.connection_key
        if may_decide(session, asked, key, person):
            endpoint = "approvals.show" if draft else "approvals.show_batch"
            yield Waiting(
                "Approve or refuse",
                *_name(draft, asked.batch_id, endpoint),
                asked.asked_at,
                f"asked by {asked.asked_by}",
            )


def _list_refused(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    """List what somebody had asked for, or has made, and was refused."""
    for refused, draft, batch in approvals.iterate_refused(session, person.label):
        if person.may(Right.VIEW, _find_key(draft, batch, registry)):
            endpoint = "review.show" if draft else "batches.show"
            yield Waiting(
                "Mend what was not approved",
                *_name(draft, refused.batch_id, endpoint),
                refused.decided_at,
                refused.reason,
            )


def _find_key(draft: Draft | None, batch: Batch | None, registry: ConnectionRegistry) -> str:
    if draft is not None:
        return registry.find(draft.connection_key).key
    return batch.connection_key if batch else ""


def _name(
    draft: Draft | None, batch_id: int | None, endpoint: str
) -> tuple[str, str, dict[str, object]]:
    """Name a draft or a batch, and the page of this endpoint that is about it."""
    if draft is not None:
        return draft.name, endpoint, {"draft_id": draft.id}
    return f"Batch {batch_id}", endpoint, {"batch_id": batch_id}


def _list_mentions(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    rows = comments.iterate_mentions(session, person.account_id or 0)
    for comment, draft in _visible(rows, person, Right.VIEW, registry):
        yield Waiting(
            "Answer a comment",
            draft.name,
            "comments.show",
            {"draft_id": draft.id},
            comment.at,
            f"{comment.who}: {comment.text}",
            part=f"c{comment.id}",
        )


def _list_approved(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    keys = find_keys_of(person, Right.SEND, registry)
    for approved, draft, batch in approvals.iterate_approved(session, keys):
        to = registry.find(_find_key(draft, batch, registry))
        rule = approvals.find_rule(session, to.key)
        if rule is None:
            continue
        if draft is not None:
            seen = name_seen(draft, to, rule.group_name)
        else:
            summary = batches.summarise(session, session.get_one(Batch, approved.batch_id))
            seen = name_seen_of_batch(summary, to, rule.group_name)
        if seen == approved.seen:
            endpoint = "review.show" if draft else "batches.show"
            yield Waiting(
                "Send what is approved",
                *_name(draft, approved.batch_id, endpoint),
                approved.decided_at,
                f"approved by {approved.decided_by}",
            )


def _list_assigned(
    session: Session, person: Person, registry: ConnectionRegistry
) -> Iterator[Waiting]:
    rows = comments.iterate_assigned(session, person.account_id or 0)
    for assignment, draft in _visible(rows, person, Right.VIEW, registry):
        yield Waiting(
            "Look after it", draft.name, "editing.edit", {"draft_id": draft.id}, assignment.at
        )


def _visible(
    rows: Iterable[tuple[Row, Draft]], person: Person, right: Right, registry: ConnectionRegistry
) -> Iterator[tuple[Row, Draft]]:
    """Leave out what goes to a connection at which somebody does not have the right."""
    for row, draft in rows:
        if person.may(right, registry.find(draft.connection_key).key):
            yield row, draft
