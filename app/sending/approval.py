"""Whether somebody has approved what is to be sent, exactly as it stands.

An approval is bound to the version of a draft, the bytes that are sent, the connection as it is,
what was found and said of the campaign, and who has to approve: whatever of that changes, the
approval is void. A batch is approved as one, by all that is ready in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import breaks_a_rule, tally
from app.campaign.explanation import Explanation
from app.connections import Connection
from app.rights import Person
from app.store import approvals, batch_summary, batches, drafts
from app.store.acceptances import read_accepted, write_judgement
from app.store.approvals import Decision, Subject
from app.store.base import ItemState
from app.store.batch_models import Batch
from app.store.batch_summary import Summary
from app.store.chains import hash_document
from app.store.models import Draft
from app.store.team_models import Approval, ApprovalState


@dataclass(frozen=True)
class Standing:
    """What has been asked and said of a draft or a batch where somebody has to approve it.

    *group* is of whom one has to, empty for anybody; *newest* is what was last asked or said.
    With *is_broken* it breaks a law that nobody has accepted, or does not meet a duty. *changed*
    counts the drafts of a batch that are not any more what it was checked with, and *earlier* is
    what was decided before, the last first.
    """

    subject: Subject
    group: str
    newest: Approval | None
    is_broken: bool
    changed: int = 0
    earlier: Sequence[Approval] = ()

    @property
    def mark(self) -> str:
        """What was asked or said so far, in a word, by which who decides names what they read."""
        return f"{self.newest.id} {self.newest.state}" if self.newest else ""

    @property
    def is_approved(self) -> bool:
        """Whether what was approved is what stands there now."""
        return self._is(ApprovalState.APPROVED) and not self.is_void and not self.changed

    @property
    def is_asked(self) -> bool:
        """Whether somebody has been asked to approve it, and has not answered."""
        return self._is(ApprovalState.ASKED)

    @property
    def is_void(self) -> bool:
        """Whether it was changed since somebody approved or refused it."""
        return self.newest is not None and self.newest.bound != self.subject.bound

    @property
    def is_refused(self) -> bool:
        """Whether somebody did not approve it."""
        return self._is(ApprovalState.REFUSED)

    def _is(self, state: ApprovalState) -> bool:
        return self.newest is not None and self.newest.state is state


def find_standing_of_draft(
    session: Session, draft: Draft, meaning: Explanation, to: Connection
) -> Standing | None:
    """Find how the approval of a draft stands; `None` if nobody has to approve what goes there.

    *meaning* explains the draft as it is, and *to* is where it goes.
    """
    rule = approvals.find_rule(session, to.key)
    if rule is None:
        return None
    seen = name_seen(draft, to, rule.group_name)
    findings = write_judgement(draft, meaning.findings)["findings"]
    bound = hash_document({"digest": meaning.digest, "findings": findings, "seen": seen})
    subject = Subject(draft.id, None, draft.version, to.key, meaning.digest, bound, seen)
    is_broken = breaks_a_rule(tally(meaning.findings, read_accepted(draft)))
    return _make_standing(session, subject, rule.group_name, is_broken=is_broken)


def _make_standing(
    session: Session, subject: Subject, group: str, changed: int = 0, *, is_broken: bool
) -> Standing:
    newest = approvals.find_newest(session, subject)
    earlier = approvals.list_earlier_decisions(session, newest) if newest else ()
    return Standing(subject, group, newest, is_broken, changed, earlier)


def find_states_of_drafts(
    session: Session, destinations: Mapping[str, Connection]
) -> dict[str, ApprovalState | None]:
    """Find what was last said of drafts as they stand, by their ids, or `None` for nothing.

    *destinations* has where each goes, by its id; one that nobody has to approve is not there.
    """
    keys = {to.key for to in destinations.values()}
    rules = {key: rule for key in keys if (rule := approvals.find_rule(session, key))}
    ids = [draft_id for draft_id, to in destinations.items() if to.key in rules]
    newest = approvals.find_newest_by_draft(session, ids) if ids else {}
    states: dict[str, ApprovalState | None] = dict.fromkeys(ids)
    for draft in drafts.find_heads(session, newest):
        to, approval = destinations[draft.id], newest[draft.id]
        is_asked = approval.state is ApprovalState.ASKED
        if is_asked or approval.seen == name_seen(draft, to, rules[to.key].group_name):
            states[draft.id] = approval.state
    return states


def name_seen(draft: Draft, to: Connection, group: str) -> str:
    """Name what an approval of a draft is bound to and costs nothing to look up, by a SHA-256.

    That is its version, what was said of it, where it goes, and who has to approve.
    """
    seen = {"version": draft.version, "said": draft.accepted, "to": to.stamp, "group": group}
    return hash_document(seen)


def find_standing_of_batch(session: Session, batch: Batch, to: Connection) -> Standing | None:
    """Find how the approval of a batch stands; `None` as for a draft, and if it cannot be given.

    That is so while it is not checked, or not for *to* as that is now, and once it was sent.
    """
    rule = approvals.find_rule(session, to.key)
    if rule is None or batch.confirmed_at or batch.stopped_at or batch.stamp != to.stamp:
        return None
    counts = batches.count_items(session, batch.id)
    if counts[ItemState.NEW] or not counts[ItemState.READY]:
        return None
    summary = batch_summary.summarise(session, batch)
    seen = name_seen_of_batch(summary, to, rule.group_name)
    subject = Subject(None, batch.id, None, to.key, summary.digest, seen, seen)
    changed = batches.count_changed(session, batch.id)
    is_broken = breaks_a_rule(summary.findings)
    return _make_standing(session, subject, rule.group_name, changed, is_broken=is_broken)


def name_seen_of_batch(summary: Summary, to: Connection, group: str) -> str:
    """Name all that an approval of a batch is bound to, by a SHA-256."""
    seen = {"digest": summary.digest, "judged": summary.judged, "to": to.stamp, "group": group}
    return hash_document(seen)


def find_approval_obstacle(session: Session, standing: Standing, person: Person) -> str:
    """Say in a sentence why somebody may not approve or refuse this; nothing if they may."""
    subject = standing.subject
    return _find_obstacle(session, subject, standing.group, person, changed=standing.changed)


def _find_obstacle(
    session: Session, about: Subject | Approval, group: str, person: Person, *, changed: int
) -> str:
    if person.is_local:
        return "Only somebody with an account can approve."
    if changed:
        return "It has to be checked again first, as campaigns of it were changed."
    if group and group not in person.groups:
        return f"Somebody of the group “{group}” has to approve this."
    if approvals.has_changed(session, about.draft_id, about.batch_id, person.label):
        return "You have made or changed what is sent here, so somebody else has to approve it."
    return ""


def may_decide(session: Session, asked: Approval, connection_key: str, person: Person) -> bool:
    """Tell whether somebody may decide on what was asked for and goes to a connection.

    Whether they have the right to approve there is asked elsewhere.
    """
    rule = approvals.find_rule(session, connection_key)
    if rule is None:
        return False
    changed = 0 if asked.batch_id is None else batches.count_changed(session, asked.batch_id)
    return not _find_obstacle(session, asked, rule.group_name, person, changed=changed)


@dataclass(frozen=True)
class Grounds:
    """By whose word something is sent, where somebody has to approve: one of the two is empty."""

    approved_by: str = ""
    without_approval: str = ""


def settle_grounds(
    session: Session, standing: Standing | None, override_reason: str, who: str
) -> Grounds:
    """Give by whose word something is sent; that it is sent without approval is put on record.

    *override_reason* is why it is, and counts for nothing where it is approved.
    """
    if standing is None:
        return Grounds()
    if standing.is_approved and standing.newest:
        return Grounds(approved_by=standing.newest.decided_by)
    decision = Decision(ApprovalState.OVERRIDDEN, who, override_reason)
    approvals.decide(session, standing.subject, decision)
    return Grounds(without_approval=override_reason)
