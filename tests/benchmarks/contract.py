"""Holding one campaign to the contract, from its JSON, and the same work by form objects."""

import json
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.reading import read_json
from app.campaign.contract.validation import find_problems
from app.forms.campaign import CampaignForm
from tests.benchmarks.measure import Figure
from tests.factories import outbound, typed

_ROUNDS = 7
_EACH = 5000


def figures() -> Iterator[Figure]:
    """Measure how many campaigns one core checks in a second."""
    document, answers = encode_payload(build_payload(outbound())), typed(outbound())
    ours = _rate(lambda: find_problems(read_json(json.loads(document))), _EACH)
    forms = _rate(lambda: CampaignForm.of(answers).validate(), _EACH // 20)
    yield Figure("Contract check from JSON", ours, "a second", 50_000, False)
    yield Figure("The same campaign by WTForms", forms, "a second")


def _rate(check: Callable[[], object], each: int) -> float:
    taken = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        for _ in range(each):
            check()
        taken.append((perf_counter() - start) / each)
    return 1 / median(taken)
