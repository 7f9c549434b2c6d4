"""The JSON that is sent: the documented order, only what applies, the same bytes every time."""

import json
from datetime import time

import pytest

from app.campaign.contract import FIELDS, CampaignType
from app.campaign.payload import body, digest, left_out, payload
from tests.factories import inbound, outbound


def test_the_fields_come_in_the_documented_order() -> None:
    document = payload(dict(reversed(outbound(webhook_url="https://a.example").items())))
    assert list(document) == [line.name for line in FIELDS if line.name in document]


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_blank_is_left_out(blank: str | None) -> None:
    assert "webhook_url" not in payload(inbound() | {"webhook_url": blank})


def test_false_is_an_answer() -> None:
    document = payload(outbound(consider_voicemail_as_answered=False))
    assert document["consider_voicemail_as_answered"] is False


def test_what_does_not_apply_is_left_out_and_named() -> None:
    values = outbound(type=CampaignType.INBOUND)
    assert payload(values) == payload(inbound(name="Q4 Outreach"))
    assert left_out(values) == [
        line.name for line in FIELDS if line.name in values and line.name not in payload(values)
    ]


@pytest.mark.parametrize(("at", "text"), [(time(9), "09:00"), (time(9, 0, 30), "09:00:30")])
def test_a_time_has_seconds_only_where_there_are_some(at: time, text: str) -> None:
    assert payload(outbound(daily_start_time=at))["daily_start_time"] == text


def test_the_bytes_are_the_same_every_time_and_read_a_field_to_a_line() -> None:
    content = body(payload(inbound(name="Café “é”")))
    assert content == body(payload(inbound(name="Café “é”")))
    assert json.loads(content) == payload(inbound(name="Café “é”"))
    assert content.decode().splitlines()[1] == '  "name": "Café “é”",'
    assert content.decode().count("\n") == len(payload(inbound())) + 1


def test_the_digest_names_the_bytes() -> None:
    one, other = body(payload(inbound())), body(payload(inbound(name="Other")))
    assert len(digest(one)) == 64
    assert digest(one) == digest(bytes(one))
    assert digest(one) != digest(other)


def test_nothing_to_send_is_an_empty_object() -> None:
    assert body(payload({})) == b"{}"
