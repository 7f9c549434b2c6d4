"""The JSON that is sent: the documented order, only what applies, the same bytes every time."""

import json
import re
from datetime import time

import pytest

from app.campaign.contract.fields import FIELDS, CampaignType, DialerType
from app.campaign.contract.payload import (
    build_payload,
    compute_digest,
    encode_payload,
    find_left_out,
    write_answers,
)
from tests.factories import WORKDAYS, inbound, outbound

WRITTEN = """\
{
  "name": "Q4 Outreach",
  "type": "OUTBOUND",
  "assistant_id": "asst_abc123",
  "tenant_voice_provider_id": "VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM=",
  "dialer_type": "SINGLE",
  "phone_number_id": "pn_abc123",
  "start_date": "2027-01-04",
  "end_date": "2027-03-31",
  "timezone": "America/New_York",
  "days_of_week": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
  "daily_start_time": "09:00",
  "daily_end_time": "17:00:30",
  "max_call_attempts": 3,
  "max_daily_attempts": 1,
  "min_gap_between_attempts": 60,
  "consider_voicemail_as_answered": true,
  "webhook_url": "https://a.example/x?y=1"
}"""


def test_the_fields_come_in_the_documented_order() -> None:
    document = build_payload(dict(reversed(outbound(webhook_url="https://a.example").items())))
    assert list(document) == [line.name for line in FIELDS if line.name in document]


def test_a_campaign_is_written_as_the_api_documents_it() -> None:
    values = outbound(webhook_url="https://a.example/x?y=1", daily_end_time=time(17, 0, 30))

    assert encode_payload(build_payload(values)).decode() == WRITTEN


@pytest.mark.parametrize(
    ("dialer", "sent", "left"),
    [
        (DialerType.SINGLE, "phone_number_id", "phone_number_pool_id"),
        (DialerType.POOL, "phone_number_pool_id", "phone_number_id"),
    ],
)
def test_of_both_phone_fields_the_one_that_fits_the_dialer_is_sent(
    dialer: DialerType, sent: str, left: str
) -> None:
    values = inbound(dialer_type=dialer, phone_number_id="pn", phone_number_pool_id="pool")

    assert {sent, left} & set(build_payload(values)) == {sent}
    assert find_left_out(values) == [left]


def test_what_is_blank_is_not_called_left_out() -> None:
    assert find_left_out(inbound() | {"phone_number_pool_id": " ", "timezone": ""}) == []


def test_a_payload_is_typed_as_a_person_would_type_it() -> None:
    answered = write_answers(build_payload(outbound()))

    assert answered["days_of_week"] == [day.value for day in WORKDAYS]
    assert answered["max_call_attempts"] == "3"
    assert answered["consider_voicemail_as_answered"] == "true"
    assert answered["daily_start_time"] == "09:00"
    assert "webhook_url" not in answered


def test_null_in_a_document_is_nothing_typed() -> None:
    assert write_answers({"name": "Q4", "webhook_url": None}) == {"name": "Q4"}


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_blank_is_left_out(blank: str | None) -> None:
    assert "webhook_url" not in build_payload(inbound() | {"webhook_url": blank})


def test_false_is_an_answer() -> None:
    document = build_payload(outbound(consider_voicemail_as_answered=False))
    assert document["consider_voicemail_as_answered"] is False


def test_what_does_not_apply_is_left_out_and_named() -> None:
    values = outbound(type=CampaignType.INBOUND)
    assert build_payload(values) == build_payload(inbound(name="Q4 Outreach"))
    assert find_left_out(values) == [
        line.name
        for line in FIELDS
        if line.name in values and line.name not in build_payload(values)
    ]


@pytest.mark.parametrize(("at", "text"), [(time(9), "09:00"), (time(9, 0, 30), "09:00:30")])
def test_a_time_has_seconds_only_where_there_are_some(at: time, text: str) -> None:
    assert build_payload(outbound(daily_start_time=at))["daily_start_time"] == text


def test_the_bytes_are_the_same_every_time_and_read_a_field_to_a_line() -> None:
    content = encode_payload(build_payload(inbound(name="Café “é”")))
    assert content == encode_payload(build_payload(inbound(name="Café “é”")))
    assert json.loads(content) == build_payload(inbound(name="Café “é”"))
    assert content.decode().splitlines()[1] == '  "name": "Café “é”",'
    assert content.decode().count("\n") == len(build_payload(inbound())) + 1


def test_the_digest_names_the_bytes() -> None:
    again, other = dict(reversed(inbound().items())), inbound(name="Other")

    assert re.fullmatch("[0-9a-f]{64}", compute_digest(encode_payload(build_payload(inbound()))))
    assert compute_digest(encode_payload(build_payload(inbound()))) == compute_digest(
        encode_payload(build_payload(again))
    )
    assert compute_digest(encode_payload(build_payload(inbound()))) != compute_digest(
        encode_payload(build_payload(other))
    )


def test_nothing_to_send_is_an_empty_object() -> None:
    assert encode_payload(build_payload({})) == b"{}"
