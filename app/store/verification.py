"""Is the event trail what it was? Chains, seals, and the rows that events are about."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.store import log, seals, submissions, trail
from app.store.base import MAY_EXIST, State
from app.store.chains import (
    NOTHING_BEFORE,
    event_fault,
    is_digest_of,
    read_heads,
    seal_fault,
)
from app.store.models import Draft, Submission
from app.store.records import ChainHead, Event, Exchange, Seal
from app.store.trail import Kind

Head = tuple[int, str]


@dataclass(frozen=True)
class Verdict:
    """What was found: how many events and chains, the newest seal's hash, and what is wrong.

    `fault` is a sentence, empty for a trail that holds.
    """

    events: int = 0
    chains: int = 0
    seal: str = NOTHING_BEFORE
    fault: str = ""


class _Broken(Exception):
    """Something does not hold; the message is the sentence."""


@dataclass
class _Sealed:
    """What the seals vouch for: each chain's last sealed head, now and at the noted seal."""

    newest: str = NOTHING_BEFORE
    heads: dict[str, Head] = field(default_factory=dict)
    noted: dict[str, Head] | None = None


def verify(session: Session, noted: str = "") -> Verdict:
    """Hold everything to its hashes; *noted* is a seal's hash that was written down elsewhere."""
    try:
        sealed = _check_seals(session, noted)
        events, chains = _check_chains(session, sealed)
    except _Broken as error:
        return Verdict(fault=str(error))
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError):
        return Verdict(fault="Something in it is of a kind that Campaign Builder never writes.")
    return Verdict(events, chains, sealed.newest)


def _check_seals(session: Session, noted: str) -> _Sealed:
    sealed = _Sealed()
    rows = session.scalars(select(Seal).order_by(Seal.number).execution_options(yield_per=500))
    for number, one in enumerate(rows, 1):
        if fault := seal_fault(seals.as_document(one), number, sealed.newest):
            raise _Broken(fault)
        sealed.newest = one.hash
        sealed.heads |= {chain: (count, hashed) for chain, count, hashed in read_heads(one.heads)}
        if one.hash == noted:
            sealed.noted = dict(sealed.heads)
    if noted and sealed.noted is None:
        raise _Broken(f"No seal has the hash {noted}.")
    return sealed


def _check_chains(session: Session, sealed: _Sealed) -> tuple[int, int]:
    """Follow every chain, and count the events and the chains."""
    ends = {one.chain: (one.number, one.hash) for one in session.scalars(select(ChainHead))}
    all_of = _Facts()
    events = chains = 0
    for chain, rows in groupby(_events(session), key=lambda event: event["chain"]):
        facts = _check_chain(rows, [sealed.heads.get(chain), (sealed.noted or {}).get(chain)])
        if ends.pop(chain, None) != (facts.number, facts.hash):
            raise _Broken(f"Events are missing at the end of {chain}.")
        _check_rows(session, facts)
        all_of.take(facts)
        events, chains = events + facts.number, chains + 1
        sealed.heads.pop(chain, None)
        (sealed.noted or {}).pop(chain, None)
    for chain in (*ends, *sealed.heads, *(sealed.noted or {})):
        raise _Broken(f"All events of {chain} are missing.")
    _check_counts(session, all_of)
    _check_states(session)
    return events, chains


def _events(session: Session) -> Iterator[Mapping[str, Any]]:
    query = select(Event).order_by(Event.chain, Event.number)
    for event in session.scalars(query.execution_options(yield_per=500)):
        yield trail.as_document(event)


@dataclass
class _Facts:
    """What a chain tells: its last number and hash, and the last digest of each row by id.

    `sent` and `called` are the ids of the submissions and calls that it tells of, and `counted`
    how many rows there were, and up to which id, before calls and submissions were bound in.
    """

    number: int = 0
    hash: str = NOTHING_BEFORE
    sent: set[int] = field(default_factory=set)
    called: set[int] = field(default_factory=set)
    counted: dict[str, list[int]] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)

    def take(self, other: "_Facts") -> None:
        """Take on what another chain tells of rows."""
        self.sent |= other.sent
        self.called |= {number for kind, number in other.digests if kind == "call"}
        self.counted |= other.counted


def _check_chain(events: Iterator[Mapping[str, Any]], heads: list[Head | None]) -> _Facts:
    facts = _Facts()
    for event in events:
        if fault := event_fault(event, facts.number + 1, facts.hash):
            raise _Broken(fault)
        facts.number, facts.hash = event["number"], event["hash"]
        if any(head and head[0] == facts.number and head[1] != facts.hash for head in heads):
            raise _Broken(f"Event {facts.number} of {event['chain']} is not the one sealed.")
        facts.digests |= bound_digests(event)
        if event["kind"] == Kind.SENT:
            facts.sent.add(int(json.loads(event["details"])["submission"]))
        elif event["kind"] == Kind.COUNTED:
            facts.counted = json.loads(event["details"])
    for head in heads:
        if head and head[0] > facts.number:
            raise _Broken(f"Events are missing at the end, after event {facts.number}.")
    return facts


def bound_digests(event: Mapping[str, Any]) -> dict[tuple[str, int], str]:
    """Read which submission and which call an event binds, by which digests."""
    details = json.loads(event["details"])
    return {
        (kind, details[kind]): details[f"{kind}_digest"]
        for kind in ("submission", "call")
        if details.get(kind) is not None and f"{kind}_digest" in details
    }


_DOCUMENTS: Mapping[str, tuple[Any, Callable[[Any], dict[str, Any]]]] = {
    "submission": (Submission, submissions.as_document),
    "call": (Exchange, log.as_document),
}


def _check_rows(session: Session, facts: _Facts) -> None:
    """Hold submissions and calls to what the trail says of them."""
    for (kind, number), expected in facts.digests.items():
        table, write = _DOCUMENTS[kind]
        try:
            row = session.get(table, number)
            holds = row is not None and is_digest_of(write(row), expected)
        except (TypeError, ValueError, LookupError, AttributeError):
            row, holds = True, False  # Somebody wrote what has no such type.
        if row is None:
            raise _Broken(f"The {kind} {number} is missing.")
        if not holds:
            raise _Broken(f"The {kind} {number} was changed.")
        session.expire_all()


def _check_counts(session: Session, told: _Facts) -> None:
    """Find rows that no event tells of; a call is bound in once its submission has an outcome."""
    under_way = select(Submission.id).where(Submission.state == State.SENDING)
    is_told = or_(Exchange.submission_id.is_(None), Exchange.submission_id.not_in(under_way))
    for name, key, kept, known in (
        ("submissions", Submission.id, Submission.id > 0, told.sent),
        ("calls", Exchange.id, is_told, told.called),
    ):
        last, before = told.counted.get(name, (0, 0))
        older = session.scalar(select(func.count()).where(key <= last))
        newer = session.scalar(select(func.count()).where(key > last, kept)) or 0
        expected = sum(number > last for number in known)
        if (older, newer) != (before, expected):
            total = f"{(older or 0) + newer} {name} are kept"
            raise _Broken(f"{total}, and the trail knows of {before + expected}.")


def _check_states(session: Session) -> None:
    """Hold each draft's state to its submissions: what may exist counts, otherwise the newest."""
    of_draft = select(Submission.state).where(Submission.draft_id == Draft.id)
    one_that_may = of_draft.where(Submission.state.in_(MAY_EXIST)).limit(1)
    newest = of_draft.order_by(Submission.id.desc()).limit(1)
    expected = func.coalesce(one_that_may.scalar_subquery(), newest.scalar_subquery())
    odd = session.scalar(select(Draft.id).where(Draft.state.is_distinct_from(expected)).limit(1))
    if odd is not None:
        raise _Broken(f"The state of draft {odd} is not that of its submissions.")
