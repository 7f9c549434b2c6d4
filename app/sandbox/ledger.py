"""What the sandbox created."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from app.campaign.contract.global_ids import GlobalIdType, write_global_id
from app.sandbox.tables import find_tables, writing


@dataclass(frozen=True)
class Kept:
    """One campaign in the sandbox: its number, when it came (aware, UTC), what was sent."""

    number: int
    created_at: datetime
    request: dict[str, Any]

    @property
    def campaign_id(self) -> str:
        """Its id, as the API writes one."""
        return write_global_id(GlobalIdType.CAMPAIGN, self.number)

    @property
    def name(self) -> str:
        return str(self.request["name"])

    @property
    def type(self) -> str:
        return str(self.request["type"])


class Ledger:
    """The sandbox's campaigns, numbered in the order in which they came."""

    def __init__(self, engine: Engine) -> None:
        """Keep them in this database, which has the sandbox's tables."""
        self.engine = engine
        self._table = find_tables(engine).campaign

    def add(self, request: dict[str, Any]) -> Kept:
        """Keep a campaign for good, under a new number."""
        now = datetime.now(UTC)
        row = {"created_at": now.isoformat(), "request": json.dumps(request)}
        with writing(self.engine) as connection:
            made = connection.execute(insert(self._table), row)
        (number,) = made.inserted_primary_key or (0,)
        return Kept(number, now, request)

    def read_page(self, count: int, before: int | None = None) -> list[Kept]:
        """Give the newest campaigns, or the newest of those before a number."""
        number = self._table.c.number
        query = select(self._table).order_by(number.desc()).limit(count)
        if before is not None:
            query = query.where(number < before)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Kept(row.number, datetime.fromisoformat(row.created_at), json.loads(row.request))
            for row in rows
        ]
