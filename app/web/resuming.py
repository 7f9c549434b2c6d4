"""Let campaigns go to a connection again, on whichever page somebody says so."""

from app.services import find_services, store
from app.store import throttles
from app.store.audit_trail import name_connection_chain
from app.web.visit import name_person


def resume_sending(connection_key: str) -> None:
    """End the pause of a connection, if there is one, and send what waits."""
    subjects = (throttles.name_subject(connection_key), name_connection_chain(connection_key))
    with store().writing(*subjects) as session:
        throttles.resume(session, connection_key, name_person())
    find_services().doorbell.ring(connection_key)
