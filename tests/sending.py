"""Send as a press of the button does, without a browser and without waiting for a thread."""

from datetime import UTC, datetime
from typing import Any

from app.confirmation import Press
from app.connections import SANDBOX, Connections, Destination
from app.outcome import Api
from app.store import saved_connections
from app.store.database import Store
from app.store.models import Submission
from app.store.saved_connections import Entered
from app.submission import claim, deliver

TOKEN = "t0ken-of-client-a-7x9q"


def press(draft_id: str, *, reviewed: str, to: Destination, **more: Any) -> Press:
    """Confirm everything that is asked, but for what a test changes."""
    return Press(draft_id, reviewed, to, **{"stamp": to.stamp, "named": to.name} | more)


def submit(draft_id: str, *, reviewed: str, store: Store, api: Api, **more: Any) -> int:
    """Claim a draft, send it, and give the id of the submission once its outcome is recorded."""
    to = destination(api)
    claimed = claim(
        press(draft_id, reviewed=reviewed, to=to, **more), store=store, deadline=api.deadline
    )
    deliver(claimed, store=store, api=api)
    return claimed.submission_id


def expire(store: Store, submission_id: int) -> None:
    """Let the time go by in which the answer to a submission can come."""
    with store.writing() as session:
        session.get_one(Submission, submission_id).lease_until = datetime.now(UTC)


def destination(api: Api) -> Destination:
    """Describe where an API is, as the connections do."""
    one = api.connection
    return Destination(
        SANDBOX if one.is_sandbox else "client", one.name, one.base_url, one.is_sandbox, "blue"
    )


def entered(connections: Connections, store: Store, name: str = "Client A", **changes: Any) -> str:
    """Enter a connection, and give its key."""
    given: dict[str, Any] = {
        "base_url": "https://api.example",
        "token": connections.vault.lock(TOKEN),
        "is_sandbox": False,
        "colour": "blue",
        "notes": "",
    }
    with store.writing() as session:
        return saved_connections.add(session, Entered(name, **given | changes)).id
