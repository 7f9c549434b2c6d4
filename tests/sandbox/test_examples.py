"""The sandbox's example ids are of the kinds that the form expects."""

import pytest

from app.campaign.contract.global_ids import read_global_id_type
from app.sandbox.examples import EXAMPLES, KINDS, find_example
from app.store.address_book import FIELDS


def test_the_kinds_are_those_of_the_address_book() -> None:
    assert {name: tuple(kinds) for name, kinds in FIELDS.items()} == KINDS
    assert {example.kind for example in EXAMPLES} == {k for kinds in KINDS.values() for k in kinds}


@pytest.mark.parametrize(
    ("kind", "type_name"),
    [("provider", "TenantVoiceProvider"), ("pool", "VoicePhoneNumberPool")],
)
def test_global_ids_are_of_their_type_in_both_forms(kind: str, type_name: str) -> None:
    ids = [example.value for example in EXAMPLES if example.kind == kind]
    assert {read_global_id_type(value) for value in ids} == {type_name}
    assert find_example(kind) == ids[0]
