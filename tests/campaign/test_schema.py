"""The contract as JSON Schema and OpenAPI: generated from the table, and sound."""

import json

import pytest
from jsonschema import Draft202012Validator

from app.campaign.contract import FIELD, FIELDS, When
from app.campaign.schema import campaign_schema, openapi
from app.sandbox.sample import SAMPLE_ANSWER, SAMPLE_REQUEST


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(campaign_schema())


def test_it_knows_every_field_and_no_other() -> None:
    schema = campaign_schema()
    assert list(schema["properties"]) == [line.name for line in FIELDS]
    assert schema["additionalProperties"] is False


def test_what_is_always_required_is_required() -> None:
    always = {line.name for line in FIELDS if line.required is True}
    assert set(campaign_schema()["required"]) == always


@pytest.mark.parametrize("name", [one.name for one in FIELDS if isinstance(one.required, When)])
def test_what_is_required_of_some_is_required_of_those(name: str) -> None:
    conditions = [rule for rule in campaign_schema()["allOf"] if name in rule["then"]["required"]]
    assert len(conditions) == 1


@pytest.mark.parametrize("name", [line.name for line in FIELDS if line.after])
def test_an_order_that_a_schema_cannot_say_is_noted(name: str) -> None:
    assert campaign_schema()["properties"][name]["x-after"] == FIELD[name].after


def test_the_openapi_document_is_plain_json_with_the_samples() -> None:
    document = openapi(SAMPLE_REQUEST, SAMPLE_ANSWER)
    assert json.loads(json.dumps(document)) == document
    assert document["openapi"].startswith("3.1")
    assert list(document["paths"]) == ["/api/v2/voice-campaigns"]
