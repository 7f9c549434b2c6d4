"""Which fault is switched on, for the next request or for all; every process sees the same."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, delete, select

from app.sandbox.tables import INSERT, find_tables, writing

LONGEST = 120.0
"""Seconds that a slow answer may take."""

USUAL = 40.0


@dataclass(frozen=True)
class Switch:
    """A fault that is switched on: its name, whether for every request, how slow if it is slow."""

    name: str
    every: bool
    seconds: float = USUAL


class Faults:
    """The switch."""

    def __init__(self, engine: Engine) -> None:
        """Keep it in this database, which has the sandbox's tables."""
        self._engine = engine
        self._table = find_tables(engine).fault

    def switch_on(self, switch: Switch) -> None:
        """Switch this fault on, in place of any other."""
        values = {"name": switch.name, "every": switch.every, "seconds": switch.seconds}
        put = INSERT[self._engine.dialect.name](self._table).values(only_one=1, **values)
        with writing(self._engine) as connection:
            connection.execute(put.on_conflict_do_update(index_elements=["only_one"], set_=values))

    def switch_off(self) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(self._table))

    def read_current(self) -> Switch | None:
        """Tell what is switched on."""
        with self._engine.connect() as connection:
            return _read(connection.execute(select(self._table)).first())

    def take(self) -> Switch | None:
        """Give the fault for one request; one for the next request only is off from then on."""
        if self.read_current() is None:
            return None
        with writing(self._engine) as connection:
            # Who waits for the row on PostgreSQL finds it gone when another has taken it.
            switch = _read(connection.execute(select(self._table).with_for_update()).first())
            if switch and not switch.every:
                connection.execute(delete(self._table))
        return switch


def _read(row: Row[*tuple[Any, ...]] | None) -> Switch | None:
    return Switch(row.name, row.every, row.seconds) if row else None
