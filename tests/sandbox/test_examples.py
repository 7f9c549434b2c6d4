"""The sandbox's example ids are of the kinds that the form expects."""

import pytest

from app.campaign.contract.global_ids import read_global_id_type
from app.campaign.contract.id_kinds import IdKind
from app.sandbox.examples import EXAMPLES, find_example


def test_there_is_an_example_of_each_kind() -> None:
    assert {example.kind for example in EXAMPLES} == set(IdKind)


@pytest.mark.parametrize(
    ("kind", "type_name"),
    [("provider", "TenantVoiceProvider"), ("pool", "VoicePhoneNumberPool")],
)
def test_global_ids_are_of_their_type_in_both_forms(kind: str, type_name: str) -> None:
    ids = [example.value for example in EXAMPLES if example.kind == kind]
    assert {read_global_id_type(value) for value in ids} == {type_name}
    assert find_example(kind) == ids[0]
