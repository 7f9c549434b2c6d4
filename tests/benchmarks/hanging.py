"""How other pages fare while an API hangs: sending must not take what they need."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, sleep

import requests

from app import create_app
from app.sandbox.switch import Switch
from app.services import services_of
from app.settings import Settings
from app.store import drafts
from app.store.acceptances import judge
from tests.benchmarks.measure import Figure, p95, ratio
from tests.factories import outbound, typed
from tests.faults.person import Person
from tests.servers import Address, serving

_CAMPAIGNS = 32
_LOOKS = 200
_PEOPLE = 4
_PAUSE = 0.05


def figures(folder: Path) -> Iterator[Figure]:
    """Measure the list and the form for some people, before and while many calls hang."""
    app = create_app(Settings(instance=folder / "hanging", deadline=60))
    store = services_of(app).store
    for number in range(_CAMPAIGNS):
        with store.writing() as session:
            answers = typed(outbound(name=f"Hanging {number}"))
            drafts.save(session, f"{number:016x}", judge(answers), over=0)
    with serving(app, threads=16) as address:
        usual = _looks(address)
        services_of(app).faults.switch_on(Switch("slow-headers", every=True, seconds=40))
        for number in range(_CAMPAIGNS):
            person = Person(address.url, f"{number:016x}")
            person.review()
            person.press()
        hanging = _looks(address)
    name = f"Pages while {_CAMPAIGNS} calls hang, p95"
    yield ratio(name, hanging, usual, "while none does", 1.5)


def _looks(address: Address) -> float:
    """Let some people open pages one after the other, and give the 95th percentile in seconds."""

    def look(number: int) -> float:
        sleep(_PAUSE)
        page = "/" if number % 2 else "/drafts/new/f4e54f4e54f4e540"
        began = perf_counter()
        requests.get(f"{address.url}{page}", timeout=30).raise_for_status()
        return perf_counter() - began

    with ThreadPoolExecutor(_PEOPLE) as people:
        list(people.map(look, range(_PEOPLE * 5)))
        return p95(list(people.map(look, range(_LOOKS))))
