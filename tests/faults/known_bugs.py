"""Classic mistakes of sending, each of which the judge has to catch."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from urllib3 import Retry

from app import __main__, connections
from app.remote import client, deadline
from app.remote.answers import Created, read_created
from app.sending import outcome, recording, submission
from app.sending.journal import Entry, Journal
from app.sending.outcome import Outcome
from app.sending.settlement import settle
from app.store.base import State
from app.store.database import Store
from app.store.leases import grant_lease
from app.store.models import Submission


def _repeat_what_is_unknown() -> None:
    once = outcome.create_campaign

    def twice(api: Any, body: bytes) -> Outcome:
        first = once(api, body)
        return once(api, body) if first.state is State.UNKNOWN else first

    setattr(submission, "create_campaign", twice)


def _let_urllib3_retry() -> None:
    made = deadline.WatchedAdapter.__init__

    def patient(self: Any, *args: Any) -> None:
        made(self, *args)
        self.max_retries = Retry(2, allowed_methods=None, status_forcelist=[500, 502, 503])

    setattr(deadline.WatchedAdapter, "__init__", patient)


def _send_again_what_died() -> None:
    kept: list[connections.ConnectionRegistry] = []
    made = connections.ConnectionRegistry.__init__

    def remembered(self: Any, *args: Any, **options: Any) -> None:
        made(self, *args, **options)
        kept.append(self)

    def redeliver(store: Store, journal: Journal) -> int:
        with store.reading() as session:
            sending = select(Submission).where(Submission.state == State.SENDING)
            left = session.scalars(sending).all()
        for unfinished in left:
            again = recording.Claim(
                unfinished.id,
                unfinished.token,
                unfinished.body,
                begin=grant_lease(60),
                lease=grant_lease(60),
                draft_id=unfinished.draft_id,
                connection_key=unfinished.connection_key,
            )
            api = kept[-1].open_api(unfinished.connection_key)
            submission.deliver(again, store=store, api=api, journal=journal)
        return len(left)

    setattr(connections.ConnectionRegistry, "__init__", remembered)
    setattr(__main__, "recover", redeliver)


def _call_every_error_a_failure() -> None:
    honest = outcome.create_campaign

    def sure(api: Any, body: bytes) -> Outcome:
        known = honest(api, body)
        return Outcome(State.UNSENT, "It failed.") if known.state is State.UNKNOWN else known

    setattr(submission, "create_campaign", sure)


def _believe_the_status() -> None:

    def credulous(answer: str, status: int) -> Created | None:
        return read_created(answer, status) or Created("?", "", "", "DRAFT", status, answer)

    setattr(client, "read_created", credulous)


def _throw_an_answer_away() -> None:
    def careless(claimed: recording.Claim, known: Outcome, store: Store, _: Journal) -> None:
        with store.writing() as session:
            entry = Entry(claimed.submission_id, claimed.token, known, "")
            settle(session, [entry])

    setattr(submission, "record_outcome", careless)


KNOWN_BUGS: dict[str, Callable[[], None]] = {
    "repeats what is unknown": _repeat_what_is_unknown,
    "lets urllib3 retry a POST": _let_urllib3_retry,
    "sends again what a dead process was sending": _send_again_what_died,
    "takes every error for a failure": _call_every_error_a_failure,
    "takes every 2xx for a campaign": _believe_the_status,
    "throws an answer away that cannot be written": _throw_an_answer_away,
}


def put_in(name: str) -> None:
    """Make this mistake; no name makes none."""
    if name:
        KNOWN_BUGS[name]()
