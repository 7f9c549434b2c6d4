"""A draft's calling windows, to be downloaded for other calendars."""

from flask import Blueprint, Response

from app.rights import Right
from app.services import store
from app.store import drafts
from app.web.access import needs
from app.web.calendar_file import write_calendar
from app.web.names import name_file

bp = Blueprint("calendars", __name__)


@bp.get("/drafts/<draft:draft_id>/windows.ics")
@needs(Right.VIEW)
def windows_of(draft_id: str) -> Response:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        answer = Response(write_calendar(draft), mimetype="text/calendar")
        file = name_file(draft.name, ".ics")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer
