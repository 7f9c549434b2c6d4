"""What waits for somebody: to be approved, read, looked after, sent, mended or looked up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from flask import Flask
from sqlalchemy.orm import Session

from app.connections import Connection, ConnectionRegistry
from app.notices.items import Item, ListWaiting
from app.rights import Person, Right
from app.sending.approval import may_decide, name_seen, name_seen_of_batch
from app.store import approval_lists, approvals, batches, comments, submissions
from app.store.batch_models import Batch
from app.store.batch_summary import summarise
from app.store.models import Draft, Submission
from app.store.team_models import ApprovalRule
from app.web.access import find_keys_of
from app.web.names import name_campaign

MOST = 50
"""Of each kind, as many are listed as somebody can look at."""

_MOST_TOLD = 1000
"""Of each kind, as many are told of by e-mail and to other programs."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits: what is to be done, of which campaign or batch, where, and since when.

    *name* is the campaign's, and *to* is where it goes; *endpoint* and *values* are the address of
    the page to go to.
    """

    deed: str
    to: Connection
    name: str
    endpoint: str
    values: Mapping[str, object]
    since: datetime | None
    more: str = ""
    part: str = ""
    """What of the page it is about, so that each is told of by itself."""


@dataclass(frozen=True)
class WaitingList:
    """What waits for somebody; with *is_cut*, more of some kind than are listed."""

    waiting: list[Waiting]
    is_cut: bool

    @property
    def count(self) -> str:
        return f"{len(self.waiting)}{'+' if self.is_cut else ''}"


def list_waiting(
    session: Session, person: Person, registry: ConnectionRegistry, most: int = MOST
) -> WaitingList:
    """List what waits for somebody with an account, by what is wanted; the oldest comes first.

    Of each kind there are *most* at the most.
    """
    if person.account_id is None:
        return WaitingList([], is_cut=False)
    look = _Look(session, person, registry, most)
    kinds = [list(islice(find(look), most + 1)) for find in _KINDS]
    return WaitingList(
        [waiting for kind in kinds for waiting in kind[:most]],
        is_cut=any(len(kind) > most for kind in kinds),
    )


def make_list_of_items(app: Flask, registry: ConnectionRegistry) -> ListWaiting:
    """Make what lists, for e-mail and other programs, what waits for somebody.

    Of a campaign they are told the name, and nothing that was said about it.
    """

    def list_items(session: Session, person: Person) -> list[Item]:
        addresses = app.url_map.bind("")
        return [
            Item(
                f"{waiting.deed}: {name_campaign(waiting.name)}",
                addresses.build(waiting.endpoint, waiting.values)
                + (f"#{waiting.part}" if waiting.part else ""),
                waiting.since.isoformat() if waiting.since else "",
                waiting.deed,
            )
            for waiting in list_waiting(session, person, registry, _MOST_TOLD).waiting
        ]

    return list_items


@dataclass
class _Look:
    """Who looks, and where; each connection, and who has to approve there, is looked up once."""

    session: Session
    person: Person
    registry: ConnectionRegistry
    most: int
    known: dict[str, Connection] = field(default_factory=dict)
    rules: dict[str, ApprovalRule | None] = field(default_factory=dict)

    def find_connection(self, about: Draft | Batch | Submission) -> Connection:
        """Find where a draft, a batch or a submission goes."""
        key = about.connection_key
        if key not in self.known:
            self.known[key] = self.registry.find(key)
        return self.known[key]

    def find_rule(self, key: str) -> ApprovalRule | None:
        """Find who has to approve what goes to a connection; `None` if nobody has to."""
        if key not in self.rules:
            self.rules[key] = approvals.find_rule(self.session, key)
        return self.rules[key]

    def may(self, right: Right, about: Draft | Batch) -> bool:
        """Tell whether who looks has a right where a draft or a batch goes."""
        return self.person.may(right, self.find_connection(about).key)

    def name(
        self, about: Draft | Batch, of_draft: str, of_batch: str
    ) -> tuple[Connection, str, str, dict[str, object]]:
        """Name where a draft or a batch goes, it, and its page, by one of two endpoints."""
        to = self.find_connection(about)
        if isinstance(about, Draft):
            return to, about.name, of_draft, {"draft_id": about.id}
        return to, f"Batch {about.id}", of_batch, {"batch_id": about.id}

    def find_keys(self, right: Right) -> frozenset[str] | None:
        """Find the keys of the connections at which who looks has a right; `None` is all."""
        return find_keys_of(self.person, right, self.registry)


def _find_unknown(look: _Look) -> Iterator[Waiting]:
    for submission in submissions.find_unknown(
        look.session, look.find_keys(Right.RESOLVE), look.most + 1
    ):
        yield Waiting(
            "Look up what became of it",
            look.find_connection(submission),
            submission.name,
            "submissions.show",
            {"submission_id": submission.id},
            submission.pressed_at,
        )


def _find_to_approve(look: _Look) -> Iterator[Waiting]:
    for asked, about in approval_lists.iterate_asked(look.session, look.find_keys(Right.APPROVE)):
        if may_decide(look.session, asked, look.find_connection(about).key, look.person):
            yield Waiting(
                "Approve or refuse",
                *look.name(about, "approvals.show", "approvals.show_batch"),
                asked.asked_at,
                f"asked by {asked.asked_by}",
            )


def _find_refused(look: _Look) -> Iterator[Waiting]:
    """Find what somebody had asked for, or has made, and was refused."""
    for refused, about in approval_lists.iterate_refused(look.session, look.person.label):
        if look.may(Right.VIEW, about):
            yield Waiting(
                "Change what was not approved"
                if look.may(Right.EDIT, about)
                else "Not approved: somebody else has to change it",
                *look.name(about, "review.show", "batches.show"),
                refused.decided_at,
                refused.reason,
            )


def _find_void(look: _Look) -> Iterator[Waiting]:
    """Find what somebody has written or asked about, and was changed since it was approved."""
    approved_last = approval_lists.iterate_approved_of(look.session, look.person.label, look.most)
    for approved, draft in approved_last:
        seen = _name_seen(look, draft)
        if seen not in {None, approved.seen} and look.may(Right.EDIT, draft):
            yield Waiting(
                "Ask for approval again: changed since it was given",
                *look.name(draft, "review.show", ""),
                approved.decided_at,
                f"approved by {approved.decided_by}",
            )


def _find_changed(look: _Look) -> Iterator[Waiting]:
    """Find batches of which a campaign was changed since approval was asked for, or given."""
    for approval, batch in approval_lists.iterate_said_of_batches(look.session, look.person.label):
        if look.may(Right.SEND, batch) and _is_changed(look, batch):
            yield Waiting(
                "Check again: changed since approval was given"
                if approval.is_approved
                else "Check again: changed since approval was asked for",
                *look.name(batch, "", "batches.show"),
                approval.decided_at or approval.asked_at,
            )


def _find_mentions(look: _Look) -> Iterator[Waiting]:
    for comment, draft in comments.iterate_mentions(look.session, look.person.account_id or 0):
        if look.may(Right.VIEW, draft):
            yield Waiting(
                "Answer a comment",
                *look.name(draft, "comments.show", ""),
                comment.at,
                f"{comment.who}: {comment.text}",
                part=f"c{comment.id}",
            )


def _find_approved(look: _Look) -> Iterator[Waiting]:
    for approved, about in approval_lists.iterate_approved(
        look.session, look.find_keys(Right.SEND)
    ):
        if approved.seen == _name_seen(look, about) and not _is_changed(look, about):
            yield Waiting(
                "Send what is approved",
                *look.name(about, "review.show", "batches.show"),
                approved.decided_at,
                f"approved by {approved.decided_by}",
            )


def _is_changed(look: _Look, about: Draft | Batch) -> bool:
    return isinstance(about, Batch) and batches.count_changed(look.session, about.id) > 0


def _name_seen(look: _Look, about: Draft | Batch) -> str | None:
    """Name what an approval would be bound to now; `None` where nobody has to approve."""
    to = look.find_connection(about)
    rule = look.find_rule(to.key)
    if rule is None:
        return None
    if isinstance(about, Draft):
        return name_seen(about, to, rule.group_name)
    return name_seen_of_batch(summarise(look.session, about), to, rule.group_name)


def _find_assigned(look: _Look) -> Iterator[Waiting]:
    for assignment, draft in comments.iterate_assigned(look.session, look.person.account_id or 0):
        if look.may(Right.VIEW, draft):
            yield Waiting("Look after it", *look.name(draft, "editing.edit", ""), assignment.at)


_KINDS = (
    _find_unknown,
    _find_to_approve,
    _find_refused,
    _find_void,
    _find_changed,
    _find_mentions,
    _find_approved,
    _find_assigned,
)
"""What can wait, the most pressing first."""
