"""What can be done at once to the drafts that are ticked in the list.

Who asks needs the right at the connection of each draft. What is ticked and not theirs to change,
or was sent, stays as it is, and how many those are is told.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.contract.payload import build_payload
from app.campaign.contract.reading import read_answers
from app.campaign.contract.typed_length import ABOUT_LEADS
from app.campaign.formatting import format_count, write_plural
from app.rights import Right
from app.services import connections, store
from app.store import audit_trail, drafts
from app.store.acceptances import Judgement, judge
from app.store.audit_trail import EventKind, name_draft_chain
from app.store.drafts import AlreadySubmitted, StaleVersion
from app.store.models import Draft
from app.web.access import find_keys, may, needs, require
from app.web.bulk_actions import MOST, TICK_TWO, TWO, BulkAction, tell_together, tell_what_to_change
from app.web.copies import COPY, NotMovable, copy_answers, has_dates, read_weeks_or_none, save_copy
from app.web.downloads import JSON_LINES, send_download
from app.web.list_address import lead_to_list, read_asked
from app.web.visit import find_connection, name_person

bp = Blueprint("selection", __name__)

_NOTHING_TICKED = "Tick the campaigns first."
_TOO_MANY = f"{{}} are ticked, and nothing was changed: tick {MOST} at most."


class Cause(Enum):
    """Why a draft that is ticked is not changed, in words for one and for several."""

    THERE = "goes there already", "go there already"
    CHANGED_SINCE = "was changed since", "were changed since"
    CHANGED_NOW = "was changed just now", "were changed just now"
    DELETED = "was deleted already", "were deleted already"
    NOT_DELETED = "is not deleted", "are not deleted"
    SENT = "was sent", "were sent"
    NOT_YOURS = "you may not change", "you may not change"


class LeftAsItIs(Exception):
    """A draft is not changed, for a *cause*."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True)
class _Changed:
    """The ids of what was changed, and why the others that are ticked stay as they are."""

    ids: list[str]
    rest: str = ""

    def tell(self, what: BulkAction, singular: str, plural: str, **names: object) -> None:
        """Tell in one sentence what was done, and what was not."""
        if self.ids:
            words = write_plural(len(self.ids), singular, plural, **names)
            tell_together(what, f"{words} {self.rest}".strip(), self.ids)
        else:
            flash(self.rest or _NOTHING_TICKED)


@bp.post("/drafts/delete-ticked")
@needs(Right.EDIT)
def delete() -> ResponseReturnValue:
    """Delete what is ticked, and offer to bring all of it back by one press."""
    _tell_deleted(_change_each(_delete))
    return _lead_back()


@bp.post("/drafts/delete-new-ticked")
@needs(Right.EDIT)
def delete_new() -> ResponseReturnValue:
    """Delete what was just made, unless somebody has worked on it since."""
    _tell_deleted(_change_each(_delete_new))
    return _lead_back()


def _tell_deleted(changed: _Changed) -> None:
    changed.tell(BulkAction.DELETED, "{} campaign was deleted.", "{} campaigns were deleted.")


def _delete(session: Session, draft_id: str, *, who: str) -> Draft:
    if drafts.find(session, draft_id).deleted_at:
        raise LeftAsItIs(Cause.DELETED)
    return drafts.delete(session, draft_id, who=who)


def _delete_new(session: Session, draft_id: str, *, who: str) -> Draft:
    kinds = {event.kind for event in audit_trail.read_draft_events(session, draft_id)}
    if not kinds <= {EventKind.CREATED, EventKind.DELETED, EventKind.RESTORED, EventKind.REVIEWED}:
        raise LeftAsItIs(Cause.CHANGED_SINCE)
    return _delete(session, draft_id, who=who)


@bp.post("/drafts/restore-ticked")
@needs(Right.EDIT)
def restore() -> ResponseReturnValue:
    """Bring back what is ticked, or was deleted together."""
    changed = _change_each(_restore)
    back = write_plural(len(changed.ids), "The campaign is back.", "{} campaigns are back.")
    flash(f"{back} {changed.rest}".strip() if changed.ids else changed.rest or _NOTHING_TICKED)
    return _lead_back()


def _restore(session: Session, draft_id: str, *, who: str) -> Draft:
    if not drafts.find(session, draft_id).deleted_at:
        raise LeftAsItIs(Cause.NOT_DELETED)
    return drafts.restore(session, draft_id, who=who)


@bp.post("/drafts/copy-ticked")
@needs(Right.EDIT)
def copy() -> ResponseReturnValue:
    """Copy what is ticked, with its dates moved by weeks, and offer to delete the copies."""
    try:
        _copy_each(read_weeks_or_none(request.form.get("weeks", "").strip()))
    except NotMovable as error:
        tell_what_to_change(str(error))
    return _lead_back()


def _copy_each(weeks: int) -> None:
    """Copy all that is ticked and may be copied; raises `NotMovable` before any is made."""
    if len(_read_ids()) > MOST:
        raise NotMovable(_TOO_MANY.format(len(_read_ids())))
    with store().reading() as session:
        ticked = {draft.id: draft.answers for draft in _read_ticked(session, Right.EDIT)}
        taken = drafts.read_names_with(session, f"({COPY}", find_keys())
    copied = [
        (original, drafts.make_id(), judge(copy_answers(answers, weeks, taken)))
        for original, answers in reversed(ticked.items())
    ]
    with store().writing(*(name_draft_chain(copy_id) for _, copy_id, _ in copied)) as session:
        for original, copy_id, judgement in copied:
            save_copy(session, original, copy_id, judgement, who=name_person())
    dated = sum(map(has_dates, ticked.values()))
    changed = _Changed([copy_id for _, copy_id, _ in copied], _describe_rest(len(copied), {}))
    changed.tell(
        BulkAction.COPIED,
        "{} copy was made{moved}.",
        "{} copies were made{moved}.",
        moved=_describe_move(weeks, dated, len(copied) - dated),
    )


def _describe_move(weeks: int, dated: int, others: int) -> str:
    """Say how far the dates of copies were moved, and how many copies have none."""
    if weeks == 0:
        return ""
    if not dated:
        return ", with no dates to move"
    count = format_count(abs(weeks), "week")
    without = f" ({others} with no dates to move)" if others else ""
    return f", {count} {'later' if weeks > 0 else 'earlier'}{without}"


@bp.post("/drafts/move-ticked")
@needs(Right.EDIT)
def move() -> ResponseReturnValue:
    """Let what is ticked go to another connection, and offer to let it go where it went."""
    if not request.form.get("connection"):
        tell_what_to_change("Choose the client first.")
        return _lead_back()
    to = connections().find(request.form["connection"])
    require(Right.EDIT, to.key)
    if not to.is_enabled:
        tell_what_to_change("Nothing can be sent there. Choose another connection.")
        return _lead_back()
    judged = _judge_moved(lambda _session, _draft: to.key)
    _change_each(partial(_move, judged)).tell(
        BulkAction.MOVED,
        "{} campaign goes to {to} now. Its ids stay as they were: check them.",
        "{} campaigns go to {to} now. Their ids stay as they were: check them.",
        to=to.name,
    )
    return _lead_back()


Judged = Mapping[str, tuple[int, Judgement]]
"""What drafts become by a move, by their ids, each with the version that it was judged at."""


def _judge_moved(find_key: Callable[[Session, Draft], str | None]) -> Judged:
    """Judge what is ticked as it will be, before anybody has to wait; *find_key* says where to.

    What goes there already, or nowhere (`None`), is left out.
    """
    with store().reading() as session:
        going = [
            (draft.id, draft.version, draft.answers, key)
            for draft in _read_ticked(session, Right.EDIT)[:MOST]
            if (key := find_key(session, draft)) is not None
            and connections().find(draft.connection_key).key != connections().find(key).key
        ]
    return {
        draft_id: (version, judge({**answers, "connection": key}))
        for draft_id, version, answers, key in going
    }


def _move(judged: Judged, session: Session, draft_id: str, *, who: str) -> Draft:
    """Move a draft as it was judged; raises `AlreadySubmitted`, `StaleVersion`, `LeftAsItIs`."""
    _refuse_unless_movable(drafts.find(session, draft_id))
    if draft_id not in judged:
        raise LeftAsItIs(Cause.THERE)
    version, judgement = judged[draft_id]
    return drafts.save(session, draft_id, judgement, expected_version=version, who=who)


def _move_back(judged: Judged, session: Session, draft_id: str, *, who: str) -> Draft:
    """Put back where a draft went, as an earlier version is; raises as `_move` does."""
    _refuse_unless_movable(drafts.find(session, draft_id))
    if draft_id not in judged:
        raise LeftAsItIs(Cause.CHANGED_SINCE)
    version, judgement = judged[draft_id]
    return drafts.save(
        session, draft_id, judgement, expected_version=version, who=who, from_version=version - 1
    )


def _refuse_unless_movable(draft: Draft) -> None:
    if draft.is_locked:
        raise AlreadySubmitted(draft.id)
    if draft.deleted_at:
        raise LeftAsItIs(Cause.DELETED)


@bp.post("/drafts/move-ticked-back")
@needs(Right.EDIT)
def move_back() -> ResponseReturnValue:
    """Let what was moved together go where it went before, unless it was changed since."""
    judged = _judge_moved(_find_earlier_connection)
    moved = _change_each(partial(_move_back, judged))
    words = "{} campaign goes where it went before."
    back = write_plural(len(moved.ids), words, "{} campaigns go where they went before.")
    flash(f"{back} {moved.rest}".strip() if moved.ids else moved.rest or _NOTHING_TICKED)
    return _lead_back()


def _find_earlier_connection(session: Session, draft: Draft) -> str | None:
    """Find where a draft went before who asks moved it, if that was the last edit of it."""
    events = audit_trail.read_draft_events(session, draft.id)
    edits = [event for event in events if event.kind == EventKind.EDITED]
    last = audit_trail.read_details(edits[-1]) if edits else {}
    fields = last.get("fields", {})
    if "from_version" in last or (edits and edits[-1].who != name_person()):
        return None  # It is back already, or somebody else has moved it since.
    if fields.keys() != {"connection"} or not may(Right.EDIT, fields["connection"][0]):
        return None
    return str(fields["connection"][0])


@bp.post("/drafts/compare-ticked")
@needs(Right.VIEW)
def compare() -> ResponseReturnValue:
    """Lead to the two that are ticked, side by side, and from there back to the list as it is."""
    if len(_read_ids()) != TWO:
        tell_what_to_change(TICK_TWO)
        return _lead_back()
    return redirect(url_for("comparisons.show", draft=_read_ids(), **read_asked()))


@bp.post("/drafts/export-ticked")
@needs(Right.VIEW)
def export() -> ResponseReturnValue:
    """Give what is ticked as drafts that an import takes, one JSON object to a line.

    The *payload* of each is what it would send.
    """
    with store().reading() as session:
        names = Counter(connection.name for connection in connections().list_all())
        lines = [_write_line(draft, names) for draft in _read_ticked(session, Right.VIEW)]
    if not lines:
        flash(_NOTHING_TICKED)
        return _lead_back()
    return send_download("".join(lines), "campaigns.jsonl", JSON_LINES)


def _change_each(change: Callable[..., Draft]) -> _Changed:
    """Change all that is ticked and may be changed; *change* can raise `LeftAsItIs`."""
    ids = []
    left: Counter[Cause] = Counter()
    if len(_read_ids()) > MOST:
        return _Changed([], _TOO_MANY.format(len(_read_ids())))
    with store().writing(*map(name_draft_chain, _read_ids())) as session:
        for draft in _read_ticked(session, Right.EDIT):
            try:
                change(session, draft.id, who=name_person())
            except AlreadySubmitted:
                left[Cause.SENT] += 1
            except LeftAsItIs as reason:
                left[reason.cause] += 1
            except StaleVersion:
                left[Cause.CHANGED_NOW] += 1
            else:
                ids.append(draft.id)
    return _Changed(ids, _describe_rest(len(ids), left))


def _describe_rest(changed: int, left: Mapping[Cause, int]) -> str:
    """Say why what is ticked and was not changed stays as it is; nothing if there is none."""
    others = len(_read_ids()) - changed - sum(left.values())
    causes = {**left, Cause.NOT_YOURS: others}
    reasons = [
        f"{count} {write_plural(count, *cause.value)}" for cause, count in causes.items() if count
    ]
    return f"Left as it is: {', '.join(reasons)}." if reasons else ""


def _lead_back() -> ResponseReturnValue:
    return redirect(lead_to_list())


def _read_ids() -> list[str]:
    """Read the ids that are ticked, each once."""
    return list(dict.fromkeys(request.form.getlist("draft")))


def _read_ticked(session: Session, right: Right) -> list[Draft]:
    """Read the drafts that are ticked and there, at whose connection who asks has a right."""
    allowed = drafts.select_ids(session, _read_ids(), find_keys(right))
    return [draft for draft_id in allowed if (draft := session.get(Draft, draft_id))]


def _write_line(draft: Draft, names: Counter[str]) -> str:
    """Write a draft, and where it goes: by its name, if no other connection has that."""
    to = find_connection(draft)
    about_leads = {name: draft.answers[name] for name in ABOUT_LEADS if draft.answers.get(name)}
    document = {
        "connection": to.name if names[to.name] == 1 else to.key,
        "payload": build_payload(read_answers(draft.answers).values),
        **about_leads,
    }
    return json.dumps(document, ensure_ascii=False) + "\n"
