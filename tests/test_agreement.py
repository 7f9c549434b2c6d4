"""The form's rules and the sandbox's JSON Schema find the same fields at fault.

They share the table and nothing else. Wholly random campaigns are nearly always wrong
in some other way, and would agree about that; so a valid one is changed in at most
three answers, and the sets of fields are compared.
"""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.contract import FIELDS, DialerType, Kind, used_fields
from app.campaign.payload import answers, body, payload
from app.campaign.reading import read_answers, read_json
from app.campaign.rules import find_problems
from app.sandbox.judge import find_errors
from tests.factories import inbound, outbound
from tests.sandbox.caller import Caller

POOL = {"dialer_type": DialerType.POOL, "phone_number_pool_id": "Vm9pY2VQaG9uZU51bWJlclBvb2w6MQ=="}
CAMPAIGNS = (inbound(), outbound(), inbound(**POOL), outbound(**POOL))
VALID = [json.loads(body(payload(values))) for values in CAMPAIGNS]

ODD: list[Any] = [None, "", " ", "x", "\ud800", "🙂", 0, 1, -1, 3.0, 10**30, True, [], {}, ["x"]]
NEAR: dict[Kind, list[Any]] = {
    Kind.TEXT: ["a", " a ", "é" * 300, "\n"],
    Kind.CHOICE: ["INBOUND", "OUTBOUND", "inbound", "SINGLE", "POOL", "SQUAD", "OUTBOUND "],
    Kind.DATE: [
        "2027-01-03",
        "2027-01-04",
        "2027-01-05",
        "2027-02-29",
        "20270104",
        "0001-01-01",
        "9999-12-31",
        "2027-1-4",
        "2027-01-04T00:00",
        "2027-W01-1",
        "٢٠٢٧-01-04",
    ],
    Kind.TIME: [
        "09:00",
        "09:00:00",
        "09:00:01",
        "17:00",
        "00:00",
        "24:00",
        "9:00",
        "09:60",
        "09:00Z",
        "09",
        "0900",
        "23:59:59",
        "09:00:00.5",
    ],
    Kind.ZONE: [
        "UTC",
        "Asia/Kolkata",
        "New York",
        "america/new_york",
        "EST5EDT",
        "+05:30",
        "Mars/X",
    ],
    Kind.DAYS: [["MONDAY"], ["MONDAY", "MONDAY"], ["monday"], ["SUNDAY", "MONDAY"], "MONDAY", [1]],
    Kind.COUNT: [2, 3, 1, "3", 3.5, False],
    Kind.FLAG: [True, False, "true", "yes", 1],
    Kind.URL: [
        "https://a.example",
        "ftp://x",
        "//a",
        "a b",
        "http://[",
        "https:",
        "x:y",
        "http://ä",
    ],
}


def a_change() -> st.SearchStrategy[tuple[str, Any]]:
    """Give one field another value: an odd one, one that is nearly right, or none."""
    return st.sampled_from(FIELDS).flatmap(
        lambda line: st.tuples(st.just(line.name), st.sampled_from(NEAR[line.kind] + ODD))
    )


@st.composite
def nearly_valid(draw: st.DrawFn) -> dict[str, Any]:
    document: dict[str, Any] = draw(st.sampled_from(VALID)) | dict(
        draw(st.lists(a_change(), max_size=3))
    )
    for name in draw(st.lists(st.sampled_from(sorted(document)), max_size=1)):
        del document[name]
    return document


def named_by_the_form(document: dict[str, Any]) -> set[str]:
    return {problem.field for problem in find_problems(read_json(document))}


def named_by_the_sandbox(document: dict[str, Any]) -> set[str]:
    """Name what the sandbox finds, but in the fields that the form would leave out."""
    used = {line.name for line in used_fields(read_json(document).values)}
    unused = {line.name for line in FIELDS} - used
    return set(find_errors(document)) - unused


@settings(max_examples=2000, deadline=None)
@given(nearly_valid())
@example(VALID[1] | {"start_date": "2027-03-31"})
@example(VALID[1] | {"daily_end_time": "09:00:00"})
@example(VALID[0] | {"colour": "red"})
def test_both_name_the_same_fields(document: dict[str, Any]) -> None:
    if isinstance(document.get("timezone"), str):
        document["timezone"] = read_json(document).values.get("timezone", document["timezone"])
    assert named_by_the_form(document) == named_by_the_sandbox(document)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    return Caller(tmp_path_factory.mktemp("sandbox"))


TYPED = st.text(max_size=12) | st.sampled_from(["2027-01-04", "09:00", "3", "true", " New York "])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(VALID),
    st.dictionaries(st.sampled_from([line.name for line in FIELDS]), TYPED, max_size=3),
)
def test_whatever_the_form_would_send_is_accepted(
    sandbox: Caller, document: dict[str, Any], changed: dict[str, str]
) -> None:
    reading = read_answers({**answers(document), **changed})
    if find_problems(reading):
        return
    answer = sandbox.post(body(payload(reading.values)))
    assert answer.status == 201, answer.body


@pytest.mark.parametrize("document", VALID)
def test_a_payload_typed_into_the_form_comes_out_as_it_went_in(document: dict[str, Any]) -> None:
    assert payload(read_answers(answers(document)).values) == document


@pytest.mark.parametrize("name", [line.name for line in FIELDS])
def test_each_field_alone_can_be_at_fault_on_both_sides(name: str) -> None:
    document = VALID[3] | {name: {"no": "value"}}
    assert named_by_the_form(document) & {name} == named_by_the_sandbox(document) & {name}
