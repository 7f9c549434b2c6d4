"""A draft in JSON: what is there is kept as the form would, or refused, and never changed."""

import json
from typing import Any

import pytest

from app.campaign.contract.fields import FIELDS
from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.reading import read_answers, read_json
from app.forms.draft_document import read_draft
from tests.factories import inbound, outbound

KEYS = {"sandbox": "sandbox", "Client A": "c1"}


def write(values: dict[str, Any]) -> dict[str, Any]:
    """Write a payload as it comes out of JSON."""
    payload: dict[str, Any] = json.loads(encode_payload(build_payload(values)))
    return payload


PAYLOAD = write(outbound())


def read(payload: Any, **beside: Any) -> Any:
    return read_draft({"connection": "sandbox", "payload": payload} | beside, KEYS)


@pytest.mark.parametrize("payload", [PAYLOAD, write(inbound()), {}])
def test_what_is_kept_reads_as_it_was_written(payload: dict[str, Any]) -> None:
    reading = read(payload)
    assert reading.faults == []
    assert read_answers(reading.answers).values == read_json(payload).values
    assert reading.answers["connection"] == "sandbox"


def test_a_connection_can_be_called_by_each_of_its_names() -> None:
    assert read(PAYLOAD, connection="Client A").answers["connection"] == "c1"


@pytest.mark.parametrize("name", [field.name for field in FIELDS])
def test_each_field_can_be_left_out_and_none_can_be_of_another_kind(name: str) -> None:
    left_out = {key: value for key, value in PAYLOAD.items() if key != name}
    assert read(left_out).faults == read(PAYLOAD | {name: None}).faults == []
    (fault,) = read(PAYLOAD | {name: {"a": 1}}).faults
    assert (fault.path, fault.write()["pointer"]) == (("payload", name), f"#/payload/{name}")


def test_no_answer_about_the_leads_is_the_same_as_null() -> None:
    beside = {"audience": None, "purpose": None, "own_dates": None}
    assert read(PAYLOAD, **beside).answers == read(PAYLOAD).answers


@pytest.mark.parametrize("blank", ["", None])
@pytest.mark.parametrize("name", ["audience", "purpose", "own_dates"])
def test_a_blank_about_the_leads_is_what_the_form_posts_for_nothing(name: str, blank: Any) -> None:
    reading = read(PAYLOAD, **{name: blank})
    assert (reading.faults, reading.answers) == ([], read(PAYLOAD).answers)


@pytest.mark.parametrize(
    ("name", "word"),
    [("audience", "Narnia"), ("audience", "Georgia"), ("own_dates", "some day")],
)
def test_a_word_that_is_no_place_or_day_is_a_fault_where_it_counts(name: str, word: str) -> None:
    (fault,) = read(PAYLOAD, **{name: word}).faults
    assert (fault.path, fault.write()["pointer"]) == ((name,), f"#/{name}")
    assert read(write(inbound()), **{name: word}).faults == []
