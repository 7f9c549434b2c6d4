"""What the tests of backups and of restoring share."""

from collections.abc import Callable

from click.testing import Result

from app.store.base import State
from app.store.database import Store
from app.store.models import Draft

Run = Callable[..., Result]
Saved = Callable[..., str]
Sent = Callable[[State], int]


def names(store: Store) -> set[str]:
    with store.reading() as session:
        return {draft.name for draft in session.query(Draft)}
