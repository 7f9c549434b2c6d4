"""The contract as JSON Schema: generated from the table, and sound."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.campaign.contract.fields import FIELD, FIELDS, Field, ValueKind, When
from app.campaign.contract.json_schema import build_campaign_schema
from app.campaign.contract.wording import FINAL, WORDS
from tests.campaign.contract.test_vectors import INBOUND, SAMPLE

EACH = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
JUDGE = Draft202012Validator(build_campaign_schema())


def finds(document: dict[str, Any]) -> set[str]:
    """Find the fields that a standard validator rejects without further checks."""
    return {
        str(error.absolute_path[0] if error.absolute_path else error.validator)
        for error in JUDGE.iter_errors(document)
    }


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(build_campaign_schema())


def test_it_knows_every_field_and_no_other() -> None:
    schema = build_campaign_schema()
    assert list(schema["properties"]) == [line.name for line in FIELDS]
    assert schema["additionalProperties"] is False


def test_what_is_always_required_is_required() -> None:
    always = {line.name for line in FIELDS if line.required is True}
    assert set(build_campaign_schema()["required"]) == always


@pytest.mark.parametrize(
    "name", [field.name for field in FIELDS if isinstance(field.required, When)]
)
def test_what_is_required_of_some_is_required_of_those(name: str) -> None:
    conditions = [
        rule for rule in build_campaign_schema()["allOf"] if name in rule["then"]["required"]
    ]
    assert len(conditions) == 1


@pytest.mark.parametrize("name", [line.name for line in FIELDS if line.after])
def test_an_order_that_a_schema_cannot_say_is_noted(name: str) -> None:
    assert build_campaign_schema()["properties"][name]["x-after"] == FIELD[name].after


def test_a_standard_validator_takes_the_vendors_sample_as_it_stands() -> None:
    assert finds(SAMPLE) == set()


@EACH
def test_a_standard_validator_finds_a_value_of_another_type(field: Field) -> None:
    assert finds(SAMPLE | {field.name: {"no": "value"}}) == {field.name}


@EACH
def test_null_is_taken_of_what_is_optional_and_of_nothing_else(field: Field) -> None:
    faults = finds(SAMPLE | {field.name: None})

    assert (field.name in faults) == field.is_required(SAMPLE)


@pytest.mark.parametrize(
    "field",
    [
        field
        for field in FIELDS
        if field.required and field.kind in {ValueKind.TEXT, ValueKind.DAYS}
    ],
    ids=lambda field: field.name,
)
def test_a_required_text_or_list_has_to_say_something(field: Field) -> None:
    blanks: list[Any] = [[]] if field.kind is ValueKind.DAYS else ["", " \t\u3000", "\u200b\u2800"]

    for blank in blanks:
        assert finds(SAMPLE | {field.name: blank}) == {field.name}


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.minimum is not None], ids=lambda field: field.name
)
def test_the_minimum_is_the_tables(field: Field) -> None:
    minimum = field.minimum or 0

    assert finds(SAMPLE | {field.name: minimum}) == set()
    assert finds(SAMPLE | {field.name: minimum - 1}) == {field.name}


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.choices], ids=lambda field: field.name
)
def test_the_choices_are_the_tables(field: Field) -> None:
    a_list = field.kind is ValueKind.DAYS

    for choice in field.choices or ():
        assert finds(SAMPLE | {field.name: [choice] if a_list else choice}) == set()
    assert finds(SAMPLE | {field.name: ["x"] if a_list else "x"}) == {field.name}


@EACH
def test_a_reader_is_told_the_label_and_what_cannot_be_changed_later(field: Field) -> None:
    annotations = build_campaign_schema()["properties"][field.name]

    assert annotations["title"] == WORDS[field.name].label
    assert (FINAL in annotations.get("description", "")) == field.final


def test_an_inbound_campaign_needs_no_schedule() -> None:
    assert finds({"type": "INBOUND"}) == {"required"}
    assert finds(INBOUND) == set()
