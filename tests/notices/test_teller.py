"""One machine looks each few minutes, whatever it was that called it."""

from flask import Flask
from sqlalchemy import update

from app.services import find_services
from app.store.database import Store
from app.store.models import PeriodicTask
from tests.notices.waiting import Waiting, make_teller


def end_duty(store: Store) -> None:
    with store.writing() as session:
        session.execute(
            update(PeriodicTask).where(PeriodicTask.name == "digest").values(lease_ends=0.0)
        )


def test_a_look_is_taken_by_one_machine_in_some_minutes(app: Flask) -> None:
    started: list[str] = []
    teller = make_teller(app, Waiting())
    object.__setattr__(teller, "start", lambda name, _work: started.append(name))
    for _ in range(3):
        teller.look()
    assert started == ["digests", "hook digests", "hook calls", "hook calls", "hook calls"]
    end_duty(teller.store)
    teller.look()
    assert started[5:] == ["digests", "hook digests", "hook calls"]


def test_each_minute_it_is_looked(app: Flask) -> None:
    services = find_services(app)
    services.doorbell.sweep()
    assert services.background.drain(10)
    with services.store.reading() as session:
        assert session.get(PeriodicTask, "digest") is not None
