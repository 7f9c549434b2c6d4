"""Is the event trail what it was? Chains, seals, and the rows that events are about."""

import json
import logging
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.store import audit_trail, batches, request_log, seals, submissions
from app.store.audit_trail import INSTANCE, SEALED_AT_ONCE, EventKind
from app.store.base import MAY_EXIST, State
from app.store.binding import Bound
from app.store.chains import (
    NOTHING_BEFORE,
    check_event,
    check_seal,
    find_beginning,
    read_heads,
)
from app.store.gone import Gone, read_gone
from app.store.models import Draft, Submission
from app.store.records import ChainHead, Event, LoggedCall, Seal
from app.store.replay import Replay, find_untold, spell

Head = tuple[int, str]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verification:
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
    """What the seals vouch for: each chain's last sealed head, now and at the noted seal.

    `by` names the seal of each chain's last head.
    """

    newest: str = NOTHING_BEFORE
    heads: dict[str, Head] = field(default_factory=dict)
    by: dict[str, int] = field(default_factory=dict)
    noted: dict[str, Head] | None = None


def verify(session: Session, noted: str = "") -> Verification:
    """Check the trail, submissions and calls against their hashes; a fault is in the verdict.

    *noted* is a seal's hash that was written down elsewhere. Raises `DatabaseError`.
    """
    try:
        sealed = _check_seals(session, noted)
        events, chains = _check_chains(session, sealed, read_gone(session))
    except _Broken as error:
        return Verification(fault=str(error))
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError):
        # Or of a fault in here: whoever looks for that needs the place.
        _log.warning("Something in the trail could not be read.", exc_info=True)
        return Verification(
            fault="Something in it is of a kind that Campaign Builder never writes."
        )
    return Verification(events, chains, sealed.newest)


def _check_seals(session: Session, noted: str) -> _Sealed:
    sealed = _Sealed()
    query = select(Seal).order_by(Seal.number).execution_options(yield_per=500)
    with session.scalars(query) as rows:
        for number, seal in enumerate(rows, 1):
            if fault := check_seal(seals.write_document(seal), number, sealed.newest):
                raise _Broken(fault)
            sealed.newest = seal.hash
            heads = {chain: (count, hashed) for chain, count, hashed in read_heads(seal.heads)}
            sealed.heads |= heads
            sealed.by |= dict.fromkeys(heads, number)
            if seal.hash == noted:
                sealed.noted = dict(sealed.heads)
    if noted and sealed.noted is None:
        raise _Broken(f"No seal has the hash {noted}.")
    return sealed


def _check_chains(session: Session, sealed: _Sealed, gone: Gone) -> tuple[int, int]:
    """Follow every chain, and count the events and the chains."""
    if gone.is_on_record_twice:
        raise _Broken("An archive is on record twice.")
    ends = {
        head.chain: (head.number, head.hash, head.sealed, head.seal)
        for head in session.scalars(select(ChainHead))
    }
    all_of = _Facts()
    events = chains = 0
    with closing(_iterate_events(session)) as all_events:
        for chain, rows in groupby(all_events, key=lambda event: event["chain"]):
            known = sealed.heads.pop(chain, None)
            facts = _check_chain(rows, [known, (sealed.noted or {}).pop(chain, None)], gone)
            upto = known[0] if known else 0
            end = (facts.number, facts.hash, upto, sealed.by.get(chain))
            if (end_there := ends.pop(chain, None)) is None or end_there[:2] != end[:2]:
                raise _Broken(f"Events are missing at the end of {chain}.")
            if end_there != end:
                raise _Broken(f"What of {chain} is sealed was changed.")
            if known and facts.last_to_seal > upto:
                raise _Broken(f"Event {facts.last_to_seal} of {chain} is of a kind that is sealed.")
            _check_rows(session, facts.bound, gone)
            if fault := facts.replay.find_fault(session, chain):
                raise _Broken(fault)
            all_of.take(facts)
            events, chains = events + facts.count, chains + 1
    for chain in (*ends, *sealed.heads, *(sealed.noted or {})):
        raise _Broken(f"All events of {chain} are missing.")
    if fault := find_untold(session):
        raise _Broken(fault)
    _check_counts(session, all_of, gone)
    _check_states(session)
    return events, chains


def _iterate_events(session: Session) -> Generator[Mapping[str, Any]]:
    query = select(Event).order_by(Event.chain, Event.number)
    with session.scalars(query.execution_options(yield_per=500)) as events:
        for event in events:
            yield audit_trail.write_document(event)


@dataclass
class _Facts:
    """What a chain tells: its events, its last number and hash, and of submissions and calls.

    `sent` and `called` are the ids of those that it tells of, and `counted` by table the highest
    id and the number of rows before calls and submissions were bound in. `last_to_seal`
    is the last event of a kind that is sealed at once.
    """

    count: int = 0
    number: int = 0
    hash: str = NOTHING_BEFORE
    last_to_seal: int = 0
    bound: Bound = field(default_factory=Bound)
    replay: Replay = field(default_factory=Replay)
    sent: set[int] = field(default_factory=set)
    called: set[int] = field(default_factory=set)
    counted: dict[str, list[int]] = field(default_factory=dict)

    def take(self, other: "_Facts") -> None:
        """Take on what another chain tells of rows."""
        self.sent |= other.bound.sent.keys()
        self.called |= {number for kind, number in other.bound.digests if kind == "call"}
        self.counted = self.counted or other.counted


def _check_chain(
    events: Iterator[Mapping[str, Any]], heads: list[Head | None], gone: Gone
) -> _Facts:
    facts = _Facts()
    for event in events:
        if not facts.count:
            facts.number, facts.hash = _find_beginning(event, gone)
            _hold_to_seals(event["chain"], facts, heads)
        if fault := check_event(event, facts.number + 1, facts.hash):
            raise _Broken(fault)
        facts.number, facts.hash = event["number"], event["hash"]
        facts.count += 1
        _hold_to_seals(event["chain"], facts, heads)
        facts.bound.read(event)
        facts.replay.read(event)
        if event["kind"] in SEALED_AT_ONCE:
            facts.last_to_seal = facts.number
        if (event["chain"], event["kind"]) == (INSTANCE, EventKind.COUNTED) and not facts.counted:
            facts.counted = json.loads(event["details"])
    for head in heads:
        if head and head[0] > facts.number:
            raise _Broken(f"Events are missing at the end, after event {facts.number}.")
    return facts


def _find_beginning(first: Mapping[str, Any], gone: Gone) -> Head:
    """Find what a chain continues from; earlier events have to be in an archive on record."""
    number, hashed = find_beginning(first)
    if number and (first["chain"], number, hashed) not in gone.heads:
        raise _Broken(f"Events 1 to {number} of {first['chain']} are in no archive on record.")
    return number, hashed


def _hold_to_seals(chain: str, facts: _Facts, heads: list[Head | None]) -> None:
    if any(head and head[0] == facts.number and head[1] != facts.hash for head in heads):
        raise _Broken(f"Event {facts.number} of {chain} is not the one sealed.")


def _check_rows(session: Session, bound: Bound, gone: Gone) -> None:
    """Hold submissions and calls to what the trail says of them."""
    for number in bound.sent.keys() | {of for kind, of in bound.digests if kind == "submission"}:
        try:
            row = session.get(Submission, number)
            written = submissions.write_document(row) if row else {}
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise _Broken(f"The submission {number} was changed.") from error  # Of no such type.
        if row is None:
            raise _Broken(f"The submission {number} is missing.")
        _hold(bound, ("submission", number), written)
        _hold_grounds(session, bound, row)
        if number in bound.sent:
            for fault in bound.find_faults(number, written, _find_call(session, number)):
                raise _Broken(fault)
    for kind, number in bound.digests:
        if kind == "call" and number not in gone.calls:
            _hold(bound, (kind, number), _write_call(session, number))
    if bound.digests:
        session.expire_all()


def _hold_grounds(session: Session, bound: Bound, row: Submission) -> None:
    """Hold to the press by whose word a submission was sent, and with which batch."""
    pressed = bound.sent.get(row.id)
    if not pressed:  # The event is in an archive.
        return
    grounds = {name: pressed.get(name, "") for name in ("approved_by", "without_approval")}
    is_of_its_batch = row.batch_id == pressed.get("batch") or (
        # It has left where it was sent again, or the item is in an archive.
        row.batch_id is None and not batches.has_item(session, pressed["batch"], row)
    )
    if not is_of_its_batch or any(
        spell(getattr(row, name)) != spell(words) for name, words in grounds.items()
    ):
        raise _Broken(f"The submission {row.id} was changed.")


def _write_call(session: Session, number: int) -> dict[str, Any]:
    try:
        row = session.get(LoggedCall, number)
        written = request_log.write_document(row) if row else None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise _Broken(f"The call {number} was changed.") from error  # Of no such type.
    if written is None:
        raise _Broken(f"The call {number} is missing.")
    return written


def _find_call(session: Session, number: int) -> dict[str, Any] | None:
    try:
        call = request_log.find_of_submission(session, number)
    except (TypeError, ValueError, LookupError, AttributeError):
        return None  # Somebody wrote what has no such type; its digest tells.
    return request_log.write_document(call) if call else None


def _hold(bound: Bound, named: tuple[str, int], written: Mapping[str, Any]) -> None:
    if named in bound.digests and not bound.is_as_told(*named, written):
        raise _Broken("The {} {} was changed.".format(*named))


def _check_counts(session: Session, facts: _Facts, gone: Gone) -> None:
    """Find rows that no event tells of; a call is bound in once its submission has an outcome."""
    under_way = select(Submission.id).where(Submission.state == State.SENDING)
    is_told = or_(LoggedCall.submission_id.is_(None), LoggedCall.submission_id.not_in(under_way))
    for name, key, kept, known, archived in (
        ("submissions", Submission.id, Submission.id > 0, facts.sent, gone.submissions),
        ("calls", LoggedCall.id, is_told, facts.called, gone.calls),
    ):
        last, counted = facts.counted.get(name, (0, 0))
        before = counted - archived.count_up_to(last)
        older = session.scalar(select(func.count()).where(key <= last))
        newer = set(session.scalars(select(key).where(key > last, kept)))
        expected = {number for number in known if number > last and number not in archived}
        if (older, newer) != (before, expected):
            total = f"{(older or 0) + len(newer)} {name} are kept"
            raise _Broken(f"{total}, and the trail knows of {before + len(expected)}.")


def _check_states(session: Session) -> None:
    """Hold each draft's state to its submissions: what may exist counts, otherwise the newest."""
    of_draft = select(Submission.state).where(Submission.draft_id == Draft.id)
    one_that_may = of_draft.where(Submission.state.in_(MAY_EXIST)).limit(1)
    newest = of_draft.order_by(Submission.id.desc()).limit(1)
    expected = func.coalesce(one_that_may.scalar_subquery(), newest.scalar_subquery())
    odd = session.scalar(select(Draft.id).where(Draft.state.is_distinct_from(expected)).limit(1))
    if odd is not None:
        raise _Broken(f"The state of draft {odd} is not that of its submissions.")
