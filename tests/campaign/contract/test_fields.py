"""The table itself: it says what the vendor's page says, and its lines agree with each other."""

from datetime import date
from enum import StrEnum
from itertools import product

import pytest

from app.campaign.contract.fields import (
    CONDITIONS,
    FIELD,
    FIELDS,
    CampaignType,
    DialerType,
    Field,
    ValueKind,
    Weekday,
    When,
    list_used_fields,
)
from tests.campaign.contract.test_vectors import ALWAYS, FOR_OUTBOUND, OPTIONAL, SAMPLE

EACH = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
CAMPAIGNS = [
    {"type": campaign_type, "dialer_type": dialer}
    for campaign_type, dialer in product([None, *CampaignType], [None, *DialerType])
]


def test_the_fields_are_those_of_the_vendors_sample_in_its_order() -> None:
    assert list(FIELD) == list(SAMPLE)
    assert len(FIELDS) == len(FIELD) == 19


def test_inbound_requires_five_fields_outbound_thirteen_and_six_are_always_optional() -> None:
    inbound = {field.name for field in FIELDS if field.is_required({"type": CampaignType.INBOUND})}
    outbound = {
        field.name for field in FIELDS if field.is_required({"type": CampaignType.OUTBOUND})
    }

    assert (inbound, outbound) == (ALWAYS, ALWAYS | FOR_OUTBOUND)
    assert {field.name for field in FIELDS if field.required is False} == OPTIONAL
    assert (len(inbound), len(outbound), len(OPTIONAL)) == (5, 13, 6)


def test_what_an_update_does_not_list_cannot_be_changed_later() -> None:
    final = {field.name for field in FIELDS if field.final}

    assert final == {"type", "vapi_calling_entity", "start_date", "end_date"}


def test_a_field_is_sent_whenever_the_rest_of_the_campaign_calls_for_it() -> None:
    outbound_only = FOR_OUTBOUND | {"end_date", "consider_voicemail_as_answered"}
    conditional = {field.name: field.applies for field in FIELDS if isinstance(field.applies, When)}

    assert conditional == {
        **dict.fromkeys(outbound_only, When("type", CampaignType.OUTBOUND)),
        "phone_number_id": When("dialer_type", DialerType.SINGLE),
        "phone_number_pool_id": When("dialer_type", DialerType.POOL),
    }


@pytest.mark.parametrize("values", CAMPAIGNS, ids=str)
def test_what_is_required_is_sent(values: dict[str, str | None]) -> None:
    required = {field for field in FIELDS if field.is_required(values)}

    assert required <= {field for field in FIELDS if field.is_used(values)}


@pytest.mark.parametrize("values", CAMPAIGNS, ids=str)
def test_the_fields_in_use_are_those_that_say_so_in_order(values: dict[str, str | None]) -> None:
    assert list_used_fields(values) == tuple(field for field in FIELDS if field.is_used(values))


@EACH
def test_a_choice_or_a_list_of_days_has_choices_and_nothing_else_has(field: Field) -> None:
    assert (field.choices is not None) == (field.kind in {ValueKind.CHOICE, ValueKind.DAYS})


@pytest.mark.parametrize("choices", [field.choices for field in FIELDS if field.choices])
def test_a_choice_is_written_as_it_is_named(choices: type[StrEnum]) -> None:
    assert {name: str(choice) for name, choice in choices.__members__.items()} == {
        name: name for name in choices.__members__
    }


@EACH
def test_only_a_count_has_a_minimum_and_each_has_one(field: Field) -> None:
    assert (field.minimum is not None) == (field.kind is ValueKind.COUNT)


@EACH
def test_only_a_text_is_a_global_id(field: Field) -> None:
    assert field.global_id is None or field.kind is ValueKind.TEXT


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.after], ids=lambda field: field.name
)
def test_what_comes_after_another_is_of_its_kind_and_stands_below_it(field: Field) -> None:
    earlier = FIELD[field.after or ""]

    assert earlier.kind is field.kind
    assert FIELDS.index(earlier) < FIELDS.index(field)
    assert earlier.applies == field.applies


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_is_on_a_choice_that_every_campaign_makes(condition: When) -> None:
    field = FIELD[condition.field]

    assert field.required is True
    assert condition.value in (field.choices or ())


def test_the_days_are_numbered_as_the_calendar_numbers_them() -> None:
    assert [date(2027, 1, day).strftime("%A").upper() for day in range(4, 11)] == list(Weekday)
