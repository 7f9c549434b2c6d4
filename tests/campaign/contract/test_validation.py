"""The rules, over the table: a new field is tested on the day it arrives."""

import json
from datetime import date, time
from typing import Any

import pytest

from app.campaign.contract.fields import (
    FIELD,
    FIELDS,
    CampaignType,
    DialerType,
    Field,
    ValueKind,
    list_used_fields,
)
from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import read_answers, read_json
from app.campaign.contract.validation import check, find_problems
from tests.factories import inbound, outbound, typed

REQUIRED = [line.name for line in FIELDS if line.is_required(outbound())]
OPTIONAL = [line.name for line in FIELDS if line.name not in REQUIRED]
CAMPAIGNS = (inbound(), outbound(dialer_type=DialerType.POOL))
COUNTS = [line.name for line in FIELDS if line.kind is ValueKind.COUNT]


@pytest.mark.parametrize("values", [inbound(), outbound()])
def test_a_valid_campaign_has_no_problem(values: dict[str, Any]) -> None:
    assert check(values) == []


def test_inbound_needs_five_fields_and_outbound_thirteen() -> None:
    assert sum(line.is_required(inbound()) for line in FIELDS) == 5
    assert len(REQUIRED) == 13
    assert len(OPTIONAL) == 6


@pytest.mark.parametrize("name", [name for name in REQUIRED if name != "type"])
def test_every_required_field_is_missed_by_name(name: str) -> None:
    assert check(outbound(**{name: None})) == [Problem(name, Code.MISSING)]


@pytest.mark.parametrize("name", [name for name in REQUIRED if name != "type"])
def test_white_space_is_no_answer_to_any_question(name: str) -> None:
    blank = [] if FIELD[name].kind is ValueKind.DAYS else " \t "
    answers = {**typed(outbound()), name: blank}
    assert find_problems(read_answers(answers)) == [Problem(name, Code.MISSING)]


INVISIBLE = "\u200b\ufeff\u00ad\u202e\u2800\u3164\u115f\u1160\x00\ufe0f\U000e0041"


@pytest.mark.parametrize("sign", [*INVISIBLE, f" {INVISIBLE}"], ids=ascii)
def test_what_cannot_be_seen_is_no_answer(sign: str) -> None:
    assert check(outbound(name=sign)) == [Problem("name", Code.MISSING)]
    assert check(outbound(name=f"{sign}a")) == []


@pytest.mark.parametrize("name", ["🫨", "\U0001f3f4\u200d☠️", "é", "電話", "-", "\ue000"], ids=ascii)
def test_any_sign_that_can_be_seen_is_a_name(name: str) -> None:
    assert check(outbound(name=name)) == []


@pytest.mark.parametrize("name", OPTIONAL)
def test_no_optional_field_is_missed(name: str) -> None:
    assert check(outbound(**{name: None})) == []


def test_without_a_type_only_what_always_applies_is_asked_for() -> None:
    assert {problem.field for problem in check({})} == {
        line.name for line in FIELDS if line.required is True
    }


@pytest.mark.parametrize("name", COUNTS)
def test_the_minimum_of_a_count_is_its_first_good_value(name: str) -> None:
    minimum = FIELD[name].minimum
    assert minimum is not None
    assert check(outbound(**{name: minimum})) == []
    assert check(outbound(**{name: minimum - 1})) == [Problem(name, Code.TOO_SMALL)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end_date": date(2027, 1, 4)}, "end_date"),
        ({"end_date": date(2027, 1, 3)}, "end_date"),
        ({"daily_end_time": time(9)}, "daily_end_time"),
        ({"daily_end_time": time(8, 59, 59)}, "daily_end_time"),
    ],
)
def test_what_must_come_later_does(changes: dict[str, Any], field: str) -> None:
    assert check(outbound(**changes)) == [Problem(field, Code.NOT_AFTER)]


@pytest.mark.parametrize("name", [line.name for line in FIELDS if line.after])
def test_nothing_is_too_early_while_what_it_must_follow_is_not_known(name: str) -> None:
    earlier = FIELD[name].after or ""

    assert Problem(name, Code.NOT_AFTER) not in check(outbound(**{earlier: None}))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "EST5EDT4", "new york", "UTC+1"])
def test_a_zone_has_to_be_one(zone: str) -> None:
    assert check(outbound(timezone=zone)) == [Problem("timezone", Code.NOT_A_ZONE)]


UNREACHABLE = [
    "https://hooks.acme.io:99999/",
    "https://acme.io:0",
    "https://hooks..acme.io",
    "https://.acme.io",
    "https://256.1.1.1",
    "https://1.2.3.4.5",
    "https://acme.0x",
    "https://.",
    "https://-",
    "https://acme-.io",
    "https://*",
    "https://%20/",
    "https://%6cocalhost/",
    "https://[v1.a]/",
    f"https://{'a' * 64}.io",
    f"https://{'a.' * 130}io",
]


NOT_WHOLE = ["yourapp.com", "/events", "https://a b", "https://a\n", "//a"]


@pytest.mark.parametrize("url", [*NOT_WHOLE, *UNREACHABLE])
def test_an_address_has_to_be_a_whole_one_to_which_a_request_can_be_made(url: str) -> None:
    assert check(inbound(webhook_url=url)) == [Problem("webhook_url", Code.NOT_A_URL)]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.acme.io:65535/a?b=c#d",
        "HTTPS://Hooks.Acme.IO./",
        "https://xn--bcher-kva.example",
        "https://my_hooks.acme-tools.io:/",
        "https://203.0.113.9",
        "https://127.1",
        "https://0x7f.1",
        "https://[2001:db8::1]:8443/",
    ],
)
def test_hosts_of_every_kind_can_be_an_address(url: str) -> None:
    assert check(inbound(webhook_url=url)) == []


def test_a_first_day_long_past_is_no_problem() -> None:
    assert check(outbound(start_date=date(1999, 1, 1))) == []


def test_more_attempts_in_a_day_than_in_all_are_no_problem() -> None:
    assert check(outbound(max_daily_attempts=99)) == []


def test_all_problems_are_found_at_once_in_the_order_of_the_table() -> None:
    broken = {"name": None, "timezone": "x", "daily_end_time": time(1), "max_call_attempts": 0}
    fields = [problem.field for problem in check(outbound(**broken))]
    assert fields == [line.name for line in FIELDS if line.name in broken]


def test_fields_that_are_not_used_are_not_judged() -> None:
    unused = {"type": CampaignType.INBOUND, "daily_end_time": time(1), "max_call_attempts": 0}
    assert check(outbound(**unused)) == []


@pytest.mark.parametrize(
    "line", [line for line in FIELDS if line.applies is not True], ids=lambda line: line.name
)
def test_what_cannot_be_read_is_no_problem_where_it_is_not_used(line: Field) -> None:
    values = next(values for values in CAMPAIGNS if not line.is_used(values))

    document = json.loads(encode_payload(build_payload(values))) | {line.name: 3.5}

    assert find_problems(read_json(document)) == []


def test_what_cannot_be_read_is_one_problem_and_no_more() -> None:
    answers = typed(outbound()) | {"end_date": "soon", "max_daily_attempts": "3.5"}
    assert find_problems(read_answers(answers)) == [
        Problem("end_date", Code.NOT_A_DATE),
        Problem("max_daily_attempts", Code.NOT_A_WHOLE_NUMBER),
    ]


def test_an_unknown_name_in_json_is_a_problem() -> None:
    assert Problem("colour", Code.UNKNOWN_FIELD) in find_problems(read_json({"colour": "red"}))


def test_the_fields_in_use_follow_type_and_dialer() -> None:
    names = [line.name for line in list_used_fields(inbound())]
    assert "phone_number_id" in names
    assert "phone_number_pool_id" not in names
    assert "start_date" not in names
