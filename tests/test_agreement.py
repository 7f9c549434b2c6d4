"""The form's rules and the sandbox's JSON Schema find the same fields at fault.

They share the table, what a web address is and what can be seen, and nothing else. Wholly
random campaigns are nearly always wrong in some other way, and would agree about that; so a
valid one is changed in at most three answers, and the sets of fields are compared.
"""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from app.campaign.contract.fields import (
    FIELD,
    FIELDS,
    DialerType,
    Field,
    ValueKind,
    list_used_fields,
)
from app.campaign.contract.payload import build_payload, encode_payload, write_answers
from app.campaign.contract.reading import read_answers, read_json
from app.campaign.contract.validation import find_problems, find_problems_of_document
from tests.factories import inbound, outbound
from tests.sandbox.caller import Caller

pytestmark = pytest.mark.slow

POOL = {"dialer_type": DialerType.POOL, "phone_number_pool_id": "Vm9pY2VQaG9uZU51bWJlclBvb2w6MQ=="}
CAMPAIGNS = (inbound(), outbound(), inbound(**POOL), outbound(webhook_url="https://a/b", **POOL))
VALID = [json.loads(encode_payload(build_payload(values))) for values in CAMPAIGNS]
LEFT_OUT = object()

GOOD: dict[ValueKind, list[Any]] = {
    ValueKind.TEXT: ["a", " a ", "é" * 300, "a\nb", "🙂", "\u202eb\u0000"],
    ValueKind.CHOICE: ["INBOUND", "OUTBOUND", "SINGLE", "POOL", "ASSISTANT", "WORKFLOW", "SQUAD"],
    ValueKind.DATE: [
        "2027-01-03",
        "2027-01-04",
        "2027-01-05",
        "2027-03-31",
        "0001-01-01",
        "9999-12-31",
    ],
    ValueKind.TIME: ["00:00", "08:59:59", "09:00", "09:00:00", "09:00:01", "17:00", "23:59:59"],
    ValueKind.ZONE: ["UTC", "Asia/Kolkata", "EST5EDT", "Etc/GMT+5", "America/Argentina/Ushuaia"],
    ValueKind.DAYS: [["MONDAY"], ["MONDAY", "MONDAY"], ["SUNDAY", "MONDAY"]],
    ValueKind.COUNT: [1, 2, 3, 4, 10**17],
    ValueKind.FLAG: [True, False],
    ValueKind.URL: [
        "https://a.example",
        "ftp://x",
        "x:y",
        "https:",
        "https://",
        "http://@",
        "HTTP://u@h",
        "http://u@/",
        "https://u:p@:80/",
        "https://:80/",
        "http://[::1]:80/?a=1#b",
        "https://a.b.:65535",
    ],
}
"""Values that can be right: some of them only for another field, or beside another answer."""

WRONG: dict[ValueKind, list[Any]] = {
    ValueKind.TEXT: ["\n", "\u3000", "\x1f", "\u202e\u0000", "\u3164\u2800"],
    ValueKind.CHOICE: ["inbound", "OUTBOUND ", "BOTH", "__class__"],
    ValueKind.DATE: [
        "2027-02-29",
        "20270104",
        "2027-1-4",
        "2027-W01-1",
        "٢٠٢٧-01-04",
        "0000-01-01",
    ],
    ValueKind.TIME: [
        "24:00",
        "9:00",
        "09:60",
        "09:00Z",
        "09",
        "0900",
        "09:00:00.5",
        "09:00\n",
        "0٩:00",
    ],
    ValueKind.ZONE: ["New York", "america/new_york", "+05:30", "Mars/X", "../UTC", "UTC\n"],
    ValueKind.DAYS: [["monday"], "MONDAY", [1], [["MONDAY"]], ["MONDAY", None], {"MONDAY": 1}],
    ValueKind.COUNT: ["3", 3.5, 3.0, False, -(10**30), 1e300],
    ValueKind.FLAG: ["true", "yes", 1, 0.0],
    ValueKind.URL: [
        "//a",
        "a b",
        "http://[",
        "http://ä",
        "https://a\n",
        "/x",
        "https://a/%zz",
        "https://a:99999",
        "https://a..b",
        "https://256.1.1.1",
        "https://.",
        "https://-",
        "https://*",
        "https://%20/",
    ],
}
ODD: list[Any] = [LEFT_OUT, None, "", " ", "x", "\ud800", 0, -1, 10**30, True, [], {}, ["x"]]


@cache
def another_value(name: str) -> st.SearchStrategy[tuple[str, Any]]:
    kind = FIELD[name].kind if name in FIELD else ValueKind.TEXT
    values = st.one_of(*map(st.sampled_from, (GOOD[kind], WRONG[kind], ODD)))
    return st.tuples(st.just(name), values)


@cache
def typed_anew(field: Field) -> st.SearchStrategy[tuple[str, Any]]:
    good = [write_answers({field.name: value})[field.name] for value in GOOD[field.kind]]
    other: st.SearchStrategy[Any] = st.text(max_size=12)
    if field.kind is ValueKind.DAYS:
        other = st.just([])
    return st.tuples(st.just(field.name), st.sampled_from(good) | other)


# Made once: to make a strategy takes as long as to draw from it.
CHANGES = st.lists(
    st.sampled_from([*FIELD, "colour"]).flatmap(another_value),
    min_size=1,
    max_size=3,
    unique_by=lambda change: change[0],
)
ANSWERS = st.lists(st.sampled_from(FIELDS).flatmap(typed_anew), max_size=3)


@st.composite
def nearly_valid(draw: st.DrawFn) -> dict[str, Any]:
    """Change up to three fields of a valid campaign, leave some out, or add one that is none."""
    changed = draw(st.sampled_from(VALID)) | dict(draw(CHANGES))
    return {name: value for name, value in changed.items() if value is not LEFT_OUT}


@st.composite
def typed_answers(draw: st.DrawFn) -> dict[str, Any]:
    """Answers as they are posted, with at most three of them typed anew."""
    return write_answers(draw(st.sampled_from(VALID))) | dict(draw(ANSWERS))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    return Caller(tmp_path_factory.mktemp("sandbox"))


def named_by_the_form(document: dict[str, Any]) -> set[str]:
    return {problem.field for problem in find_problems(read_json(document))}


def named_by_the_sandbox(sandbox: Caller, document: dict[str, Any]) -> set[str]:
    answer = sandbox.create(document)

    assert answer.status == (422 if answer.errors else 201)
    return set(answer.errors)


def left_out_by_the_form(document: dict[str, Any]) -> set[str]:
    """Name what the form would not send, and so does not judge; the sandbox checks it still."""
    used = {field.name for field in list_used_fields(read_json(document).values)}
    return {field.name for field in FIELDS} - used


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=nearly_valid())
@example(document=VALID[1] | {"end_date": "2027-01-04"})
@example(document=VALID[1] | {"daily_start_time": "09:00:00", "daily_end_time": "09:00"})
@example(document=VALID[1] | {"min_gap_between_attempts": 2})
@example(document=VALID[0] | {"colour": None})
def test_form_and_sandbox_name_the_same_fields(sandbox: Caller, document: dict[str, Any]) -> None:
    named = named_by_the_sandbox(sandbox, document) - left_out_by_the_form(document)

    assert named == named_by_the_form(document)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=nearly_valid())
@example(document=VALID[0] | {"timezone": ""})
@example(document=VALID[0] | {"timezone": " ", "days_of_week": []})
@example(document=VALID[1] | {"timezone": ""})
def test_explain_and_sandbox_name_the_same_fields_the_unused_ones_too(
    sandbox: Caller, document: dict[str, Any]
) -> None:
    problems = find_problems_of_document(read_json(document))

    assert {problem.field for problem in problems} == named_by_the_sandbox(sandbox, document)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
@pytest.mark.parametrize("value", [{"no": "value"}, 3.5])
def test_each_field_alone_is_named_by_both(sandbox: Caller, field: Field, value: Any) -> None:
    valid = next(document for document in reversed(VALID) if field.is_used(document))
    document = valid | {field.name: value}

    assert field.name in named_by_the_form(document)
    assert field.name in named_by_the_sandbox(sandbox, document)


@settings(max_examples=300, deadline=None)
@given(typed=typed_answers())
def test_whatever_the_form_would_send_is_accepted(sandbox: Caller, typed: dict[str, Any]) -> None:
    reading = read_answers(typed)
    assume(not find_problems(reading))

    assert sandbox.post(encode_payload(build_payload(reading.values))).status == 201


@settings(max_examples=300, deadline=None)
@given(typed=typed_answers())
def test_what_the_form_would_send_is_read_back_as_it_was_meant(typed: dict[str, Any]) -> None:
    reading = read_answers(typed)
    assume(not find_problems(reading))
    document = build_payload(reading.values)

    back = read_json(json.loads(encode_payload(document)))

    assert (back.problems, find_problems(back)) == ([], [])
    assert back.values == {name: reading.values[name] for name in document}
    assert read_answers(write_answers(document)).values == back.values
