"""What connections were called when something was done, and are called now."""

from functools import cache, partial

from sqlalchemy.orm import Session

from app.services import connections
from app.store import saved_connections
from app.web.access import list_connections
from app.web.event_words import NameConnection

_HIDDEN = "a connection that you may not look at"


def make_naming(session: Session) -> NameConnection:
    """Name connections by their keys as they were called at a time, and as they are called now.

    What somebody may not look at has no name for them.
    """
    visible = {connection.key for connection in list_connections()}
    names = {connection.key: connection.name for connection in connections().list_all()}
    names_of = cache(partial(saved_connections.read_names, session))

    def called(key: str, at: str) -> str:
        if key not in names:
            return key
        if key not in visible:
            return _HIDDEN
        then = [name for since, name in names_of(key) if since <= at]
        now = names[key]
        return f"{then[-1]} (now {now})" if then and then[-1] != now else now

    return called
