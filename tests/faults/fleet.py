"""Several web processes and workers share one database, and are killed while they send a batch.

lost     a campaign of which there is no outcome
double   the API holds a campaign twice
silent   a campaign is called what it is not
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import requests
from lxml.html import HtmlElement, document_fromstring
from sqlalchemy import select

from app.connections import ENVIRONMENT
from app.store import throttles
from app.store.base import State
from app.store.models import Draft, Submission
from tests.faults.bed import NAME, TestBed, open_test_bed, wait_until
from tests.postgresql import Server

_WORKERS = ("worker 1", "worker 2", "worker 3")
_PATIENCE = 900


@dataclass(frozen=True)
class Sent:
    """What became of a batch: campaigns by their states, what was wrong, kills and seconds."""

    states: Counter[str]
    lost: list[str]
    double: list[str]
    silent: list[str]
    kills: int
    seconds: float

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.double or self.silent)


def send_at_a_pace(folder: Path, server: Server, count: int, rate: int) -> int:
    """Send so many campaigns by three workers at so many a second over all of them.

    Gives the most that came to the API within any second.
    """
    with open_test_bed(folder, server=server, more={"QUEUE_URL": server.url}) as bed:
        with bed.store.writing() as session:
            throttles.find(session, ENVIRONMENT, throttles.UNHURRIED).rate = rate
        for worker in _WORKERS:
            bed.start_worker(worker)
        for number in range(count):
            bed.new_draft(f"Campaign {number}")
        _confirm_batch(bed, count)
        wait_until(lambda: _has_ended(bed), _PATIENCE, every=0.5)
        came = sorted(campaign.created_at for campaign in bed.ledger.read_page(2 * count))
    if len(came) != count:
        raise RuntimeError(f"{len(came)} campaigns came.")
    second = timedelta(seconds=1)
    return max(sum(at <= other < at + second for other in came) for at in came)


def send_and_kill(folder: Path, server: Server, count: int, seed: int) -> Sent:
    """Send so many campaigns by two web processes and three workers, which are killed at random."""
    with open_test_bed(folder, server=server, more={"QUEUE_URL": server.url}) as bed:
        names = [f"Campaign {number}" for number in range(count)]
        for name in names:
            bed.new_draft(name)
        assert bed.second_url
        for worker in _WORKERS:
            bed.start_worker(worker)
        began, ended = monotonic(), Event()
        kills = Counter[str]()
        killer = Thread(target=_kill_now_and_then, args=(bed, ended, kills, seed))
        _confirm_batch(bed, count)
        killer.start()
        try:
            wait_until(lambda: _has_ended_or_goes_on(bed), _PATIENCE, every=0.5)
        finally:
            ended.set()
            killer.join()
        return _judge(bed, names, kills.total(), monotonic() - began)


def _kill_now_and_then(bed: TestBed, ended: Event, kills: Counter[str], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  Nothing secret hangs on it.
    while not ended.wait(chance.uniform(0.5, 2.5)):
        victim = chance.choice((*_WORKERS, "second"))
        bed.kill_one(victim)
        kills[victim] += 1
        if victim in _WORKERS:
            bed.start_worker(victim)
        else:
            assert bed.second_url


def _confirm_batch(bed: TestBed, count: int) -> None:
    """Make a batch of all *count* drafts on the pages, wait until it is checked, and confirm it."""
    with requests.Session() as browser:

        def post(path: str, page: HtmlElement, **more: object) -> HtmlElement:
            hidden = {
                str(name): str(value) for name, value in page.xpath("//form")[-1].form_values()
            }
            token = {"csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0]}
            answer = browser.post(f"{bed.url}{path}", data=hidden | token | more, timeout=60)
            answer.raise_for_status()
            return document_fromstring(answer.content)

        def get(path: str) -> HtmlElement:
            return document_fromstring(browser.get(f"{bed.url}{path}", timeout=60).content)

        # A form does not take thousands of ids; the leads of all can be where it is night still.
        listed = get("/?show=BREAKS")
        action = str(listed.xpath("//form[@id='ticked']/@action")[0])
        post(action, listed, all=listed.xpath("//button[@name='all']/@value")[0])
        wait_until(lambda: get("/batches/1").xpath("//input[@name='reviewed']"), 300, every=0.5)
        review = get("/batches/1")
        typed = {"named": NAME, "counted": str(count), "who": "Ada"}
        reviewed = {
            name: review.xpath(f"//input[@name='{name}']/@value")[0]
            for name in ("reviewed", "stamp")
        }
        post("/batches/1/send", review, **typed, **reviewed)


def _has_ended(bed: TestBed) -> bool:
    state = requests.get(f"{bed.url}/batches/1/state", timeout=60).json()
    return not state["pending"]


def _has_ended_or_goes_on(bed: TestBed) -> bool:
    """Tell whether all is sent; where a run of UNKNOWN ones has paused it, say that it may go on.

    An operator would: so many in a row are none of the API's doing here, but of the kills.
    """
    with bed.store.reading() as session:
        is_paused = throttles.is_paused(session, ENVIRONMENT)
    if is_paused:
        with bed.store.writing(throttles.name_subject(ENVIRONMENT)) as session:
            throttles.resume(session, ENVIRONMENT, "Ada")
    return _has_ended(bed)


def _judge(bed: TestBed, names: list[str], kills: int, seconds: float) -> Sent:
    """Hold what is known of each campaign to what the API holds."""
    made = Counter(campaign.name for campaign in bed.ledger.read_page(2 * len(names)))
    with bed.store.reading() as session:
        known = dict(session.execute(select(Draft.name, Draft.state)).all())
        open_ones = session.scalars(
            select(Submission.id).where(Submission.state.in_((State.QUEUED, State.SENDING)))
        ).all()
    silent = [
        name
        for name in names
        if (known[name] is State.CREATED and not made[name])
        or (known[name] in {State.REFUSED, State.UNSENT} and made[name])
    ]
    if fault := bed.fault_in_records():
        silent.append(fault)
    if bed.leaks():
        silent.append("the token stands in a file")
    return Sent(
        states=Counter(str(known[name]) for name in names),
        lost=[name for name in names if known[name] is None]
        + [f"submission {n}" for n in open_ones],
        double=[name for name in names if made[name] > 1],
        silent=silent,
        kills=kills,
        seconds=seconds,
    )
