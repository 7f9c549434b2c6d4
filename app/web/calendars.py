"""A draft's calling windows as a calendar file (iCalendar), for other calendars to show."""

from flask import Blueprint, Response
from icalendar import Calendar, Event

from app.campaign.calendar import schedule, windows
from app.campaign.reading import read_answers
from app.store import drafts
from app.store.models import Draft
from app.version import VERSION
from app.web.current import store

bp = Blueprint("calendars", __name__)


@bp.get("/drafts/<draft_id>/windows.ics")
def windows_of(draft_id: str) -> Response:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        answer = Response(_calendar(draft).to_ical(), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="campaign-{draft_id}.ics"'
    return answer


def _calendar(draft: Draft) -> Calendar:
    """Write every window as an event in UTC, which no other copy of the zone data can move."""
    found = Calendar()
    found.add("prodid", f"-//Campaign Builder//{VERSION}//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", draft.name or "Unnamed campaign")
    wanted = schedule(read_answers(draft.answers).values)
    for window in windows(wanted) if wanted else ():
        event = Event()
        event.add("uid", f"{draft.id}-{window.start_utc:%Y%m%dT%H%M%S}@campaign-builder")
        event.add("dtstamp", draft.changed_at)
        event.add("dtstart", window.start_utc)
        event.add("dtend", window.end_utc)
        event.add("summary", f"Calls: {draft.name or 'Unnamed campaign'}")
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    return found
