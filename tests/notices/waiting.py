"""What waits for people, as a list that a test writes, and apps that tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import Flask
from sqlalchemy.orm import Session

from app.notices.items import Item
from app.notices.teller import Teller
from app.rights import Person, Right
from app.services import find_services

REVIEW = Item("Approve “Q4 Outreach”", "/drafts/a/review")
LOOK = Item("Look what became of “Front desk”", "/submissions/3")


@dataclass
class Waiting:
    """What waits, by the e-mail address of the person; *at* says at which connection, if at one."""

    items: dict[str, list[Item]] = field(default_factory=dict)
    at: dict[Item, str] = field(default_factory=dict)

    def list_waiting(self, _session: Session, person: Person) -> Sequence[Item]:
        items = self.items.get(person.email, [])
        return [item for item in items if person.may(Right.VIEW, self.at.get(item, "sandbox"))]


def make_teller(app: Flask, waiting: Waiting) -> Teller:
    """Make what tells of this, at once and in the caller's thread."""
    return replace(
        find_services(app).teller,
        list_waiting=waiting.list_waiting,
        start=lambda _name, work: work(),
    )
