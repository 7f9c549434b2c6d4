"""The review page, with what is said to the press before it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.campaign.contract.visible import can_be_seen
from app.campaign.explanation import Explanation
from app.connections import Connection
from app.sending.approval import find_approval_obstacle, find_standing_of_draft
from app.sending.confirmation import NotConfirmed, can_hurry, find_duplicate
from app.services import connections, store
from app.store import audit_trail, drafts, queued, throttles
from app.store.acceptances import read_accepted, stamp_statements
from app.store.address_book import Nicknames
from app.store.audit_trail import name_draft_chain
from app.store.models import Draft
from app.store.overlaps import Overlap, find_overlaps, read_others
from app.web.access import find_person
from app.web.calendar_file import MOST_WINDOWS
from app.web.clocks import draw_clock_switch
from app.web.nicknames import list_named_ids, read_sandbox_names
from app.web.panel.findings_view import list_duties, list_exemptions
from app.web.panel.panel import Panel, build_panel, find_public_url, offer_answers
from app.web.panel.rules_part import Trouble
from app.web.teamwork import find_teamwork
from app.web.visit import find_connection, name_person

_OTHERS_LOOKED_AT, _MOST_OVERLAPS = 1000, 10

SEND_FIELDS = ("named", "hurry", "in_spite_of", "without_approval")
"""What is typed or ticked for one press of Send, and kept nowhere."""


class Press(NamedTuple):
    """A press that only a name was missing for: it is offered again beside where that is typed.

    *action* is the endpoint that it posts to, by the button's *name* and *value*.
    """

    words: str
    action: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Reply:
    """What the page says to a press.

    *refusal* or *message* is why it was not taken, and *done* what was done by it. *trouble* has
    the reasons that are not kept, all that were typed unless it is given. *wrong* says by duty,
    exemption, or "who" what has to be changed there, and *again* is what to press then.
    """

    refusal: NotConfirmed | None = None
    message: str = ""
    done: str = ""
    trouble: Trouble | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    again: Press | None = None

    @property
    def is_refusal(self) -> bool:
        is_in_vain = self.trouble is not None and not self.done
        return bool(self.refusal or self.message or self.wrong or is_in_vain)


def draw_review(draft_id: str, reply: Reply | None = None) -> ResponseReturnValue:
    """Show the page, with all that was typed on it; what cannot be reviewed leads elsewhere."""
    reply = reply or Reply()
    status = 422 if reply.is_refusal else 200
    if reply.trouble is None and (reasons := read_typed_by_rule("reason-")):
        reply = replace(reply, trouble=Trouble("", "", reasons))
    of_sandbox = read_sandbox_names()
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        to = find_connection(draft)
        if draft.is_locked or draft.deleted_at:
            return _show_gone(draft, to)
        panel = build_panel(
            draft.answers,
            read_accepted(draft),
            to,
            offers=offer_answers(to),
            trouble=reply.trouble,
        )
        if panel.meaning.problems:
            return _show_unkept(draft, to, lead_on=lambda: _return_to_form(draft_id))
        page = render_template(
            "campaign/review.html",
            connection=to,
            draft=draft,
            panel=panel,
            reply=reply,
            typed=request.form,
            most_overlaps=_MOST_OVERLAPS,
            most_windows=MOST_WINDOWS,
            clocks=draw_clock_switch("review", url_for("review.look", draft_id=draft_id)),
            **_find_what_counts(session, draft, to, panel, of_sandbox),
        )
    _record_look(draft_id, panel.meaning.digest, to.name)
    return make_response(page, status)


def _find_what_counts(
    session: Session, draft: Draft, to: Connection, panel: Panel, of_sandbox: Nicknames
) -> dict[str, Any]:
    """Find all beside the campaign itself that counts for whether it is sent now."""
    now, meaning, statements = datetime.now(UTC), panel.meaning, read_accepted(draft)
    until = queued.find_end_of_wait(session, to.key, now)
    standing = find_standing_of_draft(session, draft, meaning, to)
    return {
        "url": find_public_url(to),
        "statements_stamp": stamp_statements(draft),
        "overlaps": _list_overlaps(session, draft, meaning, to),
        "now": now,
        "duties": list_duties(meaning, statements, now.date()),
        "asked_of_all": list_exemptions(meaning, statements),
        "teamwork": find_teamwork(session, draft.id),
        "standing": standing,
        "obstacle": find_approval_obstacle(session, standing, find_person()) if standing else "",
        "until": until,
        "pause": throttles.find_pause(session, to.key),
        "can_hurry": until is not None and can_hurry(until, now),
        "duplicate": find_duplicate(session, meaning.digest, to, now),
        "nicknames": list_named_ids(session, to, panel.meaning.payload, of_sandbox),
    }


def _show_gone(draft: Draft, to: Connection) -> ResponseReturnValue:
    """Lead on from a draft that cannot be reviewed any more; what was written is shown."""
    further = "submissions.latest" if draft.is_locked else "editing.edit"
    return _show_unkept(draft, to, lead_on=lambda: redirect(url_for(further, draft_id=draft.id)))


def _show_unkept(
    draft: Draft, to: Connection, lead_on: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue:
    """Show the reasons that were written and cannot be kept; without any, lead on at once."""
    alone = (request.form.get(name, "").strip() for name in ("hurry", "without_approval"))
    unkept = [
        *read_typed_by_rule("reason-").values(),
        *read_typed_by_rule("because-").values(),
        *filter(can_be_seen, alone),
    ]
    if not unkept:
        return lead_on()
    further = "submissions.latest" if draft.is_locked else "editing.edit"
    page = render_template(
        "campaign/unkept.html",
        connection=to,
        draft=draft,
        unkept=unkept,
        further=url_for(further, draft_id=draft.id),
    )
    return make_response(page, 409)


def _list_overlaps(
    session: Session, draft: Draft, meaning: Explanation, to: Connection
) -> list[Overlap]:
    """List the first campaigns that can call the same people, and one more if there are more."""
    if meaning.overview is None:
        return []
    first, last = meaning.overview.schedule.first, meaning.overview.schedule.last
    keys = connections().list_draft_keys(to.key)
    others = read_others(session, keys, first, last, _OTHERS_LOOKED_AT)
    return list(islice(find_overlaps(draft.id, meaning, others), _MOST_OVERLAPS + 1))


def _record_look(draft_id: str, digest: str, connection: str) -> None:
    """Put the look on record; what cannot be written now can be looked at, and not be sent."""
    with suppress(SQLAlchemyError), store().writing(name_draft_chain(draft_id)) as session:
        audit_trail.record_review(
            session, draft_id, digest=digest, connection=connection, who=name_person()
        )


def _return_to_form(draft_id: str) -> ResponseReturnValue:
    """Lead to the form of a campaign that is not complete, and say so."""
    flash("This campaign is not complete yet. The form says what to enter or to change.")
    return redirect(url_for("editing.edit", draft_id=draft_id))


def read_typed_by_rule(prefix: str) -> dict[str, str]:
    """Read what was typed in the fields whose names begin so, by the rest of their names."""
    fields = request.form.items()
    typed = {name[len(prefix) :]: text.strip() for name, text in fields if name.startswith(prefix)}
    return {rule: text for rule, text in typed.items() if can_be_seen(text)}
