"""What the events of a chain say that the rows of its subject have to be by now.

Each event tells a change, so that the last one to tell of something tells what it is. Where the
earlier events are in an archive, nothing is known of what only those told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable, String, bindparam, cast, literal, select, true
from sqlalchemy.orm import Session

from app.store.accounts import describe_person, write_roles
from app.store.approvals import KIND_OF
from app.store.audit_trail import SAYS, EventKind, find_said_digest
from app.store.base import write_null
from app.store.batch_models import Batch
from app.store.chains import hash_document
from app.store.models import Draft
from app.store.people_models import Account
from app.store.records import ChainHead, Event
from app.store.team_models import Approval, ApprovalRule, ApprovalState

_BINDS_STATEMENTS = SAYS | {EventKind.CREATED, EventKind.SHORTENED}
_DECISIONS = frozenset(KIND_OF.values())
_SETTLES = _DECISIONS | {EventKind.SHORTENED}
_TOLD = {
    EventKind.ACCOUNT_ADDED: ("roles",),
    EventKind.ROLES_SET: ("roles",),
    EventKind.GROUPS_SET: ("groups",),
    EventKind.APPROVAL_SET: ("group",),
    EventKind.BATCH_CONFIRMED: ("digest", "approved_by", "without_approval"),
}
"""What of the details of an event is kept as the last that is known."""

_DRAFT = select(Draft.answers, Draft.accepted, Draft.version).where(Draft.id == bindparam("id"))
_IS_DECIDED = Approval.state != ApprovalState.ASKED
_DECIDED = select(
    *(Approval.state, Approval.decided_by, Approval.reason),
    *(Approval.digest, Approval.bound, Approval.draft_version),
)
_OF_DRAFT, _OF_BATCH = (
    _DECIDED.where(_IS_DECIDED, column == bindparam("id")).order_by(Approval.id)
    for column in (Approval.draft_id, Approval.batch_id)
)


def find_untold(session: Session) -> str:
    """Find a row that has to be on record and of which no chain is there; nothing if none is."""
    known, decided = select(ChainHead.chain), select(Event.chain).where(Event.kind.in_(_SETTLES))
    for of, key, has_to_be, on_record in (
        ("account", Account.id, true(), known),
        ("connection", ApprovalRule.connection_key, true(), known),
        ("batch", Batch.id, Batch.confirmed_at.is_not(None), known),
        ("batch", Approval.batch_id, _IS_DECIDED & Approval.batch_id.is_not(None), decided),
        ("draft", Approval.draft_id, _IS_DECIDED & Approval.draft_id.is_not(None), decided),
    ):
        chain = literal(f"{of}/") + cast(key, String)
        (column,) = on_record.selected_columns
        # PostgreSQL would look through the whole of a long list anew for each row.
        query = select(key).where(has_to_be, ~on_record.where(column == chain).exists()).limit(1)
        if (stray := session.scalar(query)) is not None:
            return f"The trail does not know what is kept of the {of} {stray}."
    return ""


@dataclass
class Replay:
    """The events of one chain, read one after the other.

    `known` is the last that was told of each thing but answers, `answers` the last of each answer,
    all of them if the draft *is_whole*, and `decisions` what was decided of an approval, the first
    one first.
    """

    last: str = ""
    is_whole: bool = False
    is_shortened: bool = False
    known: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    decisions: list[tuple[Any, ...]] = field(default_factory=list)

    def read(self, event: Mapping[str, Any]) -> None:
        """Read what one more event tells."""
        kind, who, details = event["kind"], event["who"], json.loads(event["details"])
        self.last = kind
        self.is_shortened |= kind == EventKind.SHORTENED
        if kind == EventKind.CREATED:
            self.is_whole, self.answers = True, {}
        if kind in {EventKind.CREATED, EventKind.EDITED}:
            self.known["version"] = details["version"]
            self.answers |= {name: now for name, (_, now) in details["fields"].items()}
        if kind in _BINDS_STATEMENTS:
            self.known["said"] = find_said_digest([event])
        if kind in _DECISIONS:
            names = ("reason", "digest", "bound", "version")
            self.decisions.append((kind, who, *(details.get(name) for name in names)))
        if kind in {EventKind.ACCOUNT_OPENED, EventKind.ACCOUNT_CLOSED}:
            self.known["is_closed"] = kind == EventKind.ACCOUNT_CLOSED
        if kind == EventKind.BATCH_CONFIRMED:
            self.known["confirmed_by"] = who
        if "email" in details:
            self.known["email"] = details["email"]
        for name in _TOLD.get(kind, ()):
            self.known[name] = details.get(name)

    def find_fault(self, session: Session, chain: str) -> str:
        """Find what of the subject of a chain is not what its events tell; nothing if all is."""
        of, _, key = chain.partition("/")
        match of:
            case "draft":
                is_as_told = self._is_draft_as_told(session, key)
            case "batch":
                is_as_told = self._is_batch_as_told(session, int(key))
            case "connection":
                is_as_told = self._is_rule_as_told(session, key)
            case "account":
                is_as_told = self._is_account_as_told(session, int(key))
            case _:
                return ""
        return "" if is_as_told else f"The {of} {key} is not what the trail says."

    def are_answers_as_told(self, answers: Mapping[str, Any]) -> bool:
        """Tell whether the answers of a draft are those that its events tell."""
        expected = (dict.fromkeys(answers, "") if self.is_whole else {}) | self.answers
        return all((answers.get(name) or "") == now for name, now in expected.items())

    def _is_draft_as_told(self, session: Session, draft_id: str) -> bool:
        draft = session.execute(_DRAFT, {"id": draft_id}).first()
        if draft is None:  # It is gone with its events, or was never saved.
            return self.last == EventKind.SHORTENED or "version" not in self.known
        return (
            self.are_answers_as_told(draft.answers)
            and self.known.get("version") in {None, draft.version}
            and self.known.get("said") in {None, hash_document(draft.accepted)}
            and self._are_decisions_as_told(session, _OF_DRAFT, draft_id)
        )

    def _is_batch_as_told(self, session: Session, batch_id: int) -> bool:
        batch = session.get(Batch, batch_id)
        if batch is None:
            return self.last == EventKind.SHORTENED
        grounds = batch.who, batch.digest, batch.approved_by, batch.without_approval
        names = ("confirmed_by", "digest", "approved_by", "without_approval")
        is_told = "confirmed_by" in self.known
        confirmed = tuple(self.known.get(name) or "" for name in names)
        return (
            (is_told or self.is_shortened or not batch.confirmed_at)
            and (not is_told or _is_as_told(grounds, confirmed))
            and self._are_decisions_as_told(session, _OF_BATCH, batch_id)
        )

    def _are_decisions_as_told(self, session: Session, query: Executable, key: str | int) -> bool:
        if not self.decisions:  # Then there are none, or `find_untold` finds them.
            return True
        kept = [(KIND_OF[state], *more) for state, *more in session.execute(query, {"id": key})]
        earlier = len(kept) - len(self.decisions)
        pairs = zip(kept[max(earlier, 0) :], self.decisions, strict=False)
        are_as_told = all(_is_as_told(*pair) for pair in pairs)
        return are_as_told and (earlier == 0 or (earlier > 0 and self.is_shortened))

    def _is_rule_as_told(self, session: Session, key: str) -> bool:
        rule = session.get(ApprovalRule, key)
        return (rule.group_name if rule else None) == self.known.get("group")

    def _is_account_as_told(self, session: Session, account_id: int) -> bool:
        account = session.get(Account, account_id)
        if account is None:
            return False
        roles = {key: at_key for key, at_key in self.known.get("roles", {}).items() if at_key}
        return (
            write_roles(describe_person(account).roles) == roles
            and sorted(member.name for member in account.groups) == self.known.get("groups", [])
            and account.email == self.known.get("email")
            and account.active != self.known.get("is_closed", False)
        )


def _is_as_told(kept: tuple[Any, ...], decision: tuple[Any, ...]) -> bool:
    """Hold a decision to its event; what earlier versions did not tell is `None` there."""
    return all(
        was is None or spell(now) == spell(was) for now, was in zip(kept, decision, strict=True)
    )


def spell(value: Any) -> Any:
    """Write a text as it is in the columns of either database; events keep it as it was."""
    return write_null(value) if isinstance(value, str) else value
