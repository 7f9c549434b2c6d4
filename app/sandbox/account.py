"""The account that the sandbox stands in for: its ids, and whether campaigns have to use them.

The vendor says nothing of an id that its account does not have. The sandbox takes any, as it
always did, until it is told to insist: then an unknown one is refused beside its field.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, delete, select

from app.campaign.contract.id_kinds import IdKind, iterate_id_fields
from app.sandbox.examples import EXAMPLES, ExampleId
from app.sandbox.tables import find_tables, insert_if_missing, writing


class Account:
    """The ids that are known, and the switch.

    Only what was added to the examples is kept: a database on which a sandbox was merely started
    has nothing of its own in it.
    """

    def __init__(self, engine: Engine) -> None:
        """Keep them in this database, which has the sandbox's tables."""
        self._engine = engine
        self._tables = find_tables(engine)

    def add(self, added: ExampleId) -> None:
        """Add an id; one that is known already stays as it is."""
        if (added.kind, added.value) in {(known.kind, known.value) for known in EXAMPLES}:
            return
        with writing(self._engine) as connection:
            insert_if_missing(connection, self._tables.known_id, [added._asdict()])

    def read_ids(self) -> list[ExampleId]:
        """Read the known ids, by kind in the order of `IdKind` and then by nickname."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(self._tables.known_id)).all()
        order: list[str] = list(IdKind)
        ids = [*EXAMPLES, *(ExampleId(row.kind, row.value, row.nickname) for row in rows)]
        return sorted(ids, key=lambda known: (order.index(known.kind), known.nickname, known.value))

    def insist(self, *, on: bool) -> None:
        """Take known ids only from now on, or any."""
        table = self._tables.insistence
        with writing(self._engine) as connection:
            if on:
                insert_if_missing(connection, table, [{"only_one": 1}])
            else:
                connection.execute(delete(table))

    def insists(self) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(self._tables.insistence)).first() is not None

    def find_unknown(self, document: Mapping[str, Any]) -> dict[str, list[str]]:
        """Find the fields of a well-formed campaign whose ids are not known, while that counts."""
        if not self.insists():
            return {}
        known = {(known_id.kind, known_id.value) for known_id in self.read_ids()}
        errors = {}
        for name, kind, value in iterate_id_fields(document):
            if (kind, value) not in known:
                errors[name] = [f"{name} names no {kind} of this account."]
        return errors
