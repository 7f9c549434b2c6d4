"""Two inputs, the same values: JSON with the API's own types, and text as people type it."""

import json
from datetime import date, time
from typing import Any

import pytest

from app.campaign.contract.fields import (
    FIELD,
    FIELDS,
    CallingEntity,
    DialerType,
    Field,
    ValueKind,
    Weekday,
)
from app.campaign.contract.payload import build_payload, encode_payload, encode_value, write_answers
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import Reading, Unreadable, read_answer, read_answers, read_json
from tests.factories import inbound, outbound, typed


@pytest.mark.parametrize("values", [inbound(), outbound()])
def test_what_is_typed_and_what_stands_in_json_are_the_same_values(values: dict[str, Any]) -> None:
    assert read_answers(typed(values)).values == values
    assert read_json(json.loads(encode_payload(build_payload(values)))).values == values


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("name", "  Café  ", "Café"),
        ("assistant_id", "\tasst_1\n", "asst_1"),
        ("start_date", " 2027-01-04 ", date(2027, 1, 4)),
        ("daily_start_time", "09:00", time(9)),
        ("daily_start_time", "09:00:30", time(9, 0, 30)),
        ("max_call_attempts", " 3 ", 3),
        ("max_call_attempts", "+3", 3),
        ("max_call_attempts", "-3", -3),
        ("timezone", "new york", "America/New_York"),
        ("timezone", "Nowhere", "Nowhere"),
        ("consider_voicemail_as_answered", "true", True),
        ("consider_voicemail_as_answered", "false", False),
        ("days_of_week", ["FRIDAY", "MONDAY", "FRIDAY"], (Weekday.MONDAY, Weekday.FRIDAY)),
    ],
)
def test_text_is_read_as_it_is_meant(name: str, text: Any, value: Any) -> None:
    assert read_answer(FIELD[name], text) == value


@pytest.mark.parametrize("name", [line.name for line in FIELDS])
@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_is_no_answer(name: str, blank: str) -> None:
    answer = [] if FIELD[name].kind is ValueKind.DAYS else blank
    assert read_answer(FIELD[name], answer) is None


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("start_date", "4.1.2027", Code.NOT_A_DATE),
        ("start_date", "20270104", Code.NOT_A_DATE),
        ("start_date", "2027-02-29", Code.NOT_A_DATE),
        ("start_date", "٢٠٢٧-01-04", Code.NOT_A_DATE),
        ("daily_start_time", "9:00", Code.NOT_A_TIME),
        ("daily_start_time", "24:00", Code.NOT_A_TIME),
        ("daily_start_time", "09", Code.NOT_A_TIME),
        ("daily_start_time", "09:00Z", Code.NOT_A_TIME),
        ("daily_start_time", "0٩:00", Code.NOT_A_TIME),
        ("max_call_attempts", "3.0", Code.NOT_A_WHOLE_NUMBER),
        ("max_call_attempts", "1_0", Code.NOT_A_WHOLE_NUMBER),
        ("max_call_attempts", "٣", Code.NOT_A_WHOLE_NUMBER),
        ("max_call_attempts", "three", Code.NOT_A_WHOLE_NUMBER),
        ("max_call_attempts", "9" * 19, Code.TOO_MANY_DIGITS),
        ("max_call_attempts", "-" + "9" * 5000, Code.NOT_A_WHOLE_NUMBER),
        ("type", "outbound", Code.NOT_A_CHOICE),
        ("days_of_week", ["Monday"], Code.NOT_DAYS),
        ("consider_voicemail_as_answered", "yes", Code.NOT_YES_OR_NO),
    ],
)
def test_text_that_says_something_else_is_unreadable(name: str, text: Any, code: Code) -> None:
    with pytest.raises(Unreadable) as caught:
        read_answer(FIELD[name], text)
    assert caught.value.code is code


@pytest.mark.parametrize("name", [line.name for line in FIELDS])
@pytest.mark.parametrize("raw", [3.0, {"a": 1}, [["MONDAY"]]])
def test_json_of_another_type_is_a_problem_of_its_field(name: str, raw: Any) -> None:
    reading = read_json({name: raw})

    assert [problem.field for problem in reading.problems] == [name]
    assert name not in reading.values


@pytest.mark.parametrize("name", [line.name for line in FIELDS if line.kind is ValueKind.COUNT])
@pytest.mark.parametrize("raw", [True, "3", 3.0])
def test_only_a_true_integer_counts_in_json(name: str, raw: Any) -> None:
    assert [problem.code for problem in read_json({name: raw}).problems] == [
        Code.NOT_A_WHOLE_NUMBER
    ]


def test_null_is_no_answer() -> None:
    reading = read_json({line.name: None for line in FIELDS})

    assert (dict(reading.values), list(reading.problems)) == ({}, [])


def test_a_name_that_no_field_has_is_a_problem_even_if_it_holds_nothing() -> None:
    reading = read_json({"colour": None, "name": "Q4"})

    assert reading.values == {"name": "Q4"}
    assert reading.problems == [Problem("colour", Code.UNKNOWN_FIELD)]


def test_what_is_no_field_of_the_form_is_not_looked_at() -> None:
    assert read_answers({"colour": "red"}) == Reading({}, [])


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    assert read_json({"name": "\ud83d"}).problems == [Problem("name", Code.NOT_TEXT)]


def test_white_space_in_json_is_kept_for_the_rules_to_judge() -> None:
    assert read_json({"name": " Q4 "}).values == {"name": " Q4 "}


def test_json_names_a_zone_and_never_a_city() -> None:
    assert read_json({"timezone": "new york"}).values == {"timezone": "new york"}


def test_what_cannot_be_read_takes_nothing_else_with_it() -> None:
    reading = read_answers(typed(outbound()) | {"end_date": "soon", "type": "BOTH"})

    assert [problem.field for problem in reading.problems] == ["type", "end_date"]
    assert reading.values == outbound(end_date=None, type=None)


def test_one_ticked_day_may_come_without_a_list() -> None:
    assert read_answer(FIELD["days_of_week"], "MONDAY") == (Weekday.MONDAY,)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_what_the_payload_says_can_be_typed_and_read_again(field: Field) -> None:
    both = outbound(webhook_url="https://a.example", vapi_calling_entity=CallingEntity.SQUAD)
    pooled = both | {"dialer_type": DialerType.POOL, "phone_number_pool_id": "pool"}
    values = both if field.is_used(both) else pooled

    document = build_payload(values)
    read = read_answer(field, write_answers(document)[field.name])

    assert read == values[field.name]
    assert encode_value(read) == document[field.name]
