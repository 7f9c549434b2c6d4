"""The sandbox takes any id, until it is told to insist on those that it knows."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.campaign.contract.payload import build_payload
from app.sandbox.account import Account
from app.sandbox.examples import EXAMPLES, ExampleId, find_example
from tests.factories import outbound
from tests.sandbox.caller import Caller

KNOWN = {
    "assistant_id": find_example("assistant"),
    "tenant_voice_provider_id": find_example("provider"),
    "phone_number_id": find_example("number"),
}


@pytest.fixture
def account(engine: Engine) -> Account:
    return Account(engine)


def test_it_knows_its_examples_once_also_when_one_is_added(account: Account) -> None:
    account.add(EXAMPLES[0])
    assert sorted(account.read_ids()) == sorted(EXAMPLES)


def test_any_id_is_taken_unless_it_insists(account: Account) -> None:
    strange = build_payload(outbound())
    assert account.find_unknown(strange) == {}
    account.insist(on=True)
    account.insist(on=True)
    assert set(account.find_unknown(strange)) == set(KNOWN)
    account.insist(on=False)
    assert account.find_unknown(strange) == {}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, {}),
        ({"phone_number_id": None}, {}),
        ({"vapi_calling_entity": "ASSISTANT"}, {}),
        (
            {"vapi_calling_entity": "SQUAD"},
            {"assistant_id": ["assistant_id names no squad of this account."]},
        ),
        (
            {"vapi_calling_entity": "WORKFLOW", "assistant_id": find_example("workflow")},
            {},
        ),
        (
            {"phone_number_pool_id": "other"},
            {"phone_number_pool_id": ["phone_number_pool_id names no pool of this account."]},
        ),
    ],
)
def test_an_id_has_to_be_of_the_kind_that_its_field_takes(
    account: Account, changes: dict[str, str | None], errors: dict[str, list[str]]
) -> None:
    account.insist(on=True)
    assert account.find_unknown(KNOWN | changes) == errors


def test_an_id_that_was_added_is_known(account: Account) -> None:
    account.insist(on=True)
    account.add(ExampleId("number", "pn_added", ""))
    assert account.find_unknown(KNOWN | {"phone_number_id": "pn_added"}) == {}


@pytest.mark.sqlite
def test_an_unknown_id_is_refused_beside_its_field(instance: Path) -> None:
    caller = Caller(instance)
    caller.sandbox.extensions["account"].insist(on=True)
    refused = caller.create(build_payload(outbound(**KNOWN | {"assistant_id": "asst_gone"})))
    assert refused.status == 422
    assert refused.errors == {"assistant_id": ["assistant_id names no assistant of this account."]}
    assert caller.create(build_payload(outbound(**KNOWN))).status == 201
