"""Holding one campaign to the contract, from its JSON, and the same work by other libraries.

The forms look a zone up at once: the way through 598 options would only make them slower.
"""

import json
from collections.abc import Iterator
from functools import partial

from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.reading import read_json
from app.campaign.contract.validation import find_problems
from tests.benchmarks.figure import Figure, compare, in_a_second
from tests.benchmarks.measure import medians
from tests.benchmarks.peers import (
    django_form,
    marshmallow_schema,
    pydantic_model,
    wtforms_form,
)
from tests.factories import outbound

_PEERS = {
    "WTForms": wtforms_form.accepts,
    "Django": django_form.accepts,
    "marshmallow": marshmallow_schema.accepts,
    "pydantic": pydantic_model.accepts,
}


def figures(rounds: int = 3000) -> Iterator[Figure]:
    """Measure how many times a second one core checks the vendor's sample."""
    document = encode_payload(build_payload(outbound()))
    if not (_accepts(document) and all(accepts(document) for accepts in _PEERS.values())):
        raise RuntimeError("The sample is not accepted, so less than all was checked.")
    checks = [partial(accepts, document) for accepts in (_accepts, *_PEERS.values())]
    ours, *theirs = medians(*checks, rounds=rounds)
    yield Figure("Contract checks from JSON, one core", 1 / ours, in_a_second(ours))
    for name, peer in zip(_PEERS, theirs, strict=True):
        yield compare(f"Contract checks: {name}", ours, peer, in_a_second)


def _accepts(document: bytes) -> bool:
    return not find_problems(read_json(json.loads(document)))
