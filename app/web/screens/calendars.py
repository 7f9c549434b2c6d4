"""A draft's calling windows, to be downloaded for other calendars."""

from flask import Blueprint, Response, abort

from app.rights import Right
from app.services import store
from app.store import drafts
from app.web.access import needs
from app.web.calendar_file import write_calendar
from app.web.downloads import CALENDAR, name_file, send_download

bp = Blueprint("calendars", __name__)


@bp.get("/drafts/<draft:draft_id>/windows.ics")
@needs(Right.VIEW)
def windows_of(draft_id: str) -> Response:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        calendar = write_calendar(draft)
        if calendar is None:
            abort(404)
        return send_download(calendar, name_file(draft.name, ".ics"), CALENDAR)
