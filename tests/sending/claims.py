"""A submission that is claimed, and the answer to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.campaign.contract.payload import build_payload, compute_digest, encode_payload
from app.remote.answers import Created
from app.sending.outcome import Outcome
from app.sending.recording import Claim
from app.store.base import State
from app.store.database import Store
from app.store.leases import grant_lease
from app.store.models import Submission
from tests.factories import outbound
from tests.fakes import FakeApi
from tests.sending.presses import destination, press, queue_and_claim

Saved = Callable[..., str]
MADE = Created("Vm9pY2VDYW1wYWlnbjo3", "Q4 Outreach", "OUTBOUND", "DRAFT", 201, "{}")
CREATED = Outcome(State.CREATED, http_status=201, answer="{}", campaign=MADE)


def claimed(store: Store, saved: Saved, **values: Any) -> Claim:
    """Claim a draft whose lease ends at once, so that recording is tried once."""
    to, reviewed = (
        destination(FakeApi()),
        compute_digest(encode_payload(build_payload(outbound(**values)))),
    )
    confirmed = press(saved(outbound(**values)), reviewed=reviewed, to=to)
    made = queue_and_claim(confirmed, store=store)
    return replace(made, lease=grant_lease(0))


def submission(store: Store, submission_id: int) -> Submission:
    with store.reading() as session:
        return session.get_one(Submission, submission_id)
