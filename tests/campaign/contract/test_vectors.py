"""The first witness: requests taken from the API's page by hand, each with the sentence it is from.

Nothing here comes from the contract's table, so a wrong table shows. Every request is put
to the form's rules and to the sandbox; both must find exactly the fields at fault.
"""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.campaign.contract.reading import read_json
from app.campaign.contract.validation import find_problems
from tests.sandbox.caller import Caller

SAMPLE: dict[str, Any] = {
    "name": "Q4 Outreach",
    "type": "OUTBOUND",
    "assistant_id": "asst_abc123",
    "tenant_voice_provider_id": "VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM=",
    "dialer_type": "SINGLE",
    "vapi_calling_entity": "ASSISTANT",
    "phone_number_id": "pn_abc123",
    "phone_number_pool_id": "Vm9pY2VQaG9uZU51bWJlclBvb2w6MTIz",
    "start_date": "2025-01-01",
    "end_date": "2025-03-31",
    "timezone": "America/New_York",
    "days_of_week": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
    "daily_start_time": "09:00",
    "daily_end_time": "17:00",
    "max_call_attempts": 3,
    "max_daily_attempts": 1,
    "min_gap_between_attempts": 60,
    "consider_voicemail_as_answered": True,
    "webhook_url": "https://yourapp.com/webhooks/campaign",
}
ALWAYS = {"name", "type", "assistant_id", "tenant_voice_provider_id", "dialer_type"}
FOR_OUTBOUND = {
    "start_date",
    "timezone",
    "days_of_week",
    "daily_start_time",
    "daily_end_time",
    "max_call_attempts",
    "max_daily_attempts",
    "min_gap_between_attempts",
}
OPTIONAL = set(SAMPLE) - ALWAYS - FOR_OUTBOUND
INBOUND = {"type": "INBOUND"} | {name: SAMPLE[name] for name in ALWAYS - {"type"}}
LEFT_OUT = object()


class Vector(NamedTuple):
    """A request, the fields at fault in it, and the sentence that says so."""

    request: dict[str, Any]
    at_fault: set[str]
    sentence: str


def sample(**changes: Any) -> dict[str, Any]:
    changed = SAMPLE | changes
    return {name: value for name, value in changed.items() if value is not LEFT_OUT}


def wrong(sentence: str, name: str, *values: Any) -> list[Vector]:
    return [Vector(sample(**{name: value}), {name}, sentence) for value in values]


def right(sentence: str, name: str, *values: Any) -> list[Vector]:
    return [Vector(sample(**{name: value}), set(), sentence) for value in values]


ONE_OF_TYPE = "type: INBOUND, OUTBOUND"
ONE_OF_DIALER = "dialer_type: SINGLE, POOL"
ONE_OF_ENTITY = "vapi_calling_entity: ASSISTANT, WORKFLOW, SQUAD"
DATE = "date YYYY-MM-DD"
TIME = "HH:MM or HH:MM:SS; 24:00 and 9:00 without the zero are errors"
AFTER_START = "daily_end_time: after daily_start_time, compared as times"
AFTER_DAY = "end_date: after start_date, taken literally"
INTEGER = "true integers: 3.0, “3” and true are errors"
DAYS = "list of MONDAY … SUNDAY; empty is an error, repeats are dropped"
OPAQUE = "to a client every id is opaque"
WEEK = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
COUNTS = ("max_call_attempts", "max_daily_attempts", "min_gap_between_attempts")
POOLED = sample(dialer_type="POOL")

VECTORS = [
    Vector(SAMPLE, set(), "the sandbox must accept the sample exactly as it stands"),
    Vector(INBOUND, set(), "INBOUND requires 5 fields"),
    Vector({}, ALWAYS, "required: always"),
    Vector({"type": "OUTBOUND"}, (ALWAYS | FOR_OUTBOUND) - {"type"}, "OUTBOUND requires 13"),
    Vector(sample(**dict.fromkeys(OPTIONAL, LEFT_OUT)), set(), "6 are always optional"),
    Vector(sample(**dict.fromkeys(OPTIONAL)), set(), "null of an optional field is absent"),
    Vector(INBOUND | dict.fromkeys(FOR_OUTBOUND), set(), "null of an optional field is absent"),
    *[Vector(sample(**{name: LEFT_OUT}), {name}, "required") for name in sorted(ALWAYS - {"type"})],
    *[
        Vector(sample(**{name: LEFT_OUT}), {name}, "required: OUTBOUND")
        for name in sorted(FOR_OUTBOUND)
    ],
    *[Vector(sample(**{name: None}), {name}, "required") for name in sorted(ALWAYS | FOR_OUTBOUND)],
    Vector(sample(type=LEFT_OUT), {"type"}, "required: always"),
    *wrong("name: string", "name", "", "  ", 7, ["x"]),
    *wrong("assistant_id: string", "assistant_id", "", "\t", 7, True, {}),
    *wrong("tenant_voice_provider_id: string", "tenant_voice_provider_id", "", " ", 123),
    *right(OPAQUE, "tenant_voice_provider_id", "Vm9pY2VDYW1wYWlnbjoxMjM=", "123", "no base64"),
    *wrong("phone_number_id: string", "phone_number_id", 15550100, False, ["pn_abc123"]),
    Vector(POOLED | {"phone_number_pool_id": 123}, {"phone_number_pool_id"}, "pool id: string"),
    Vector(POOLED | {"phone_number_pool_id": "123"}, set(), OPAQUE),
    *wrong(ONE_OF_TYPE, "type", "outbound", "BOTH", "", 1),
    Vector(sample(type="INBOUND"), set(), "schedule and retry fields on INBOUND are accepted"),
    Vector(sample(type="INBOUND", days_of_week=[]), set(), "days empty is an error for OUTBOUND"),
    *wrong(ONE_OF_DIALER, "dialer_type", "single", "", True),
    *right(ONE_OF_DIALER, "dialer_type", "SINGLE", "POOL"),
    *wrong(ONE_OF_ENTITY, "vapi_calling_entity", "squad", "", 1),
    *right(ONE_OF_ENTITY, "vapi_calling_entity", "ASSISTANT", "WORKFLOW", "SQUAD"),
    *wrong(DATE, "start_date", "2025-1-1", "20250101", "01.01.2025", "2025-02-30", "2025-W01-1"),
    *wrong(DATE, "start_date", 20250101, True, ["2025-01-01"]),
    *wrong(DATE, "end_date", "2025-03-31T00:00:00", "0000-01-01", "2025-03-31\n", ""),
    *wrong(AFTER_DAY, "end_date", "2025-01-01", "2024-12-31"),
    *right(AFTER_DAY, "end_date", "2025-01-02", "9999-12-31"),
    *right("no end_date is open-ended", "end_date", LEFT_OUT, None),
    *right("start_date in the past is allowed", "start_date", "1999-01-01"),
    *wrong("IANA zone name", "timezone", "New York", "EST5", "america/new_york", "UTC+1", ""),
    *wrong("IANA zone name", "timezone", -5, ["UTC"], " UTC", "UTC\n"),
    *right("IANA zone name", "timezone", "UTC", "Asia/Kolkata", "America/Argentina/Ushuaia"),
    *wrong(DAYS, "days_of_week", [], ["Monday"], ["MONDAY", "FUNDAY"], "MONDAY", [1], [["MONDAY"]]),
    *wrong(DAYS, "days_of_week", {"MONDAY": True}, [None], ["MON"]),
    *right(DAYS, "days_of_week", WEEK, *[[day] for day in WEEK], ["FRIDAY", "MONDAY", "FRIDAY"]),
    *wrong(TIME, "daily_start_time", "9:00", "24:00", "09:60", "09", "09:00Z", "09:00\n", "0900"),
    *wrong(TIME, "daily_start_time", "09:00:60", "09:00:00.5", "0٩:00", 9),
    *right(TIME, "daily_start_time", "00:00", "09:00:30"),
    *wrong(TIME, "daily_end_time", "24:00", "24:00:00", "17:0", "5 pm", "17", "17:00+01:00"),
    *wrong(AFTER_START, "daily_end_time", "09:00", "09:00:00", "08:59:59", "00:00", "02:00"),
    *right(AFTER_START, "daily_end_time", "09:00:01", "23:59:59"),
    *wrong("integer ≥ 1", "max_call_attempts", 0, -1),
    *right("integer ≥ 1", "max_call_attempts", 1, 10**30),
    *wrong("integer ≥ 1", "max_daily_attempts", 0, -1),
    *right("integer ≥ 1", "max_daily_attempts", 1, 3),
    *right("max_daily_attempts above max_call_attempts is allowed", "max_daily_attempts", 99),
    *wrong("integer ≥ 3", "min_gap_between_attempts", 2, 0, -3),
    *right("integer ≥ 3", "min_gap_between_attempts", 3, 4),
    *[vector for name in COUNTS for vector in wrong(INTEGER, name, 3.0, 3.5, "3", True, [3])],
    *wrong("boolean", "consider_voicemail_as_answered", "true", "", 1, 0),
    *right("boolean", "consider_voicemail_as_answered", True, False),
    *wrong("URI", "webhook_url", "yourapp.com", "/events", "https://a b", "https://a\n", "", " "),
    *wrong(
        "URI", "webhook_url", "javascript:alert(1)", "ftp://a.example/x", "urn:a:b", "mailto:a@b"
    ),
    *wrong("URI", "webhook_url", "https://", "http:///x", "https://@/", "https://:80/"),
    *wrong("URI", "webhook_url", "http://u@/", "https://u:p@:80/x", "http://user%20name@"),
    *wrong("URI", "webhook_url", 7, ["https://yourapp.com"], "//yourapp.com/events"),
    *right("URI", "webhook_url", "HTTPS://A.example", "http://user@a.example:80"),
    *right("URI", "webhook_url", "http://localhost:5000/x?y=1#z", "https://[::1]/"),
    *wrong("an unknown field is rejected by name", "voiceai_pod_id", "x", None, ""),
    *wrong("an unknown field is rejected by name", "Name", "Q4 Outreach"),
    Vector(POOLED, set(), "both phone fields at once are accepted"),
    Vector(sample(phone_number_id=LEFT_OUT), set(), "phone_number_id can be set after creation"),
    Vector(sample(phone_number_pool_id=LEFT_OUT), set(), "the pool id only with the POOL dialer"),
    Vector(
        sample(dialer_type="POOL", phone_number_pool_id=LEFT_OUT),
        set(),
        "POOL without a pool id is allowed",
    ),
    Vector(
        sample(phone_number_id=LEFT_OUT, phone_number_pool_id=LEFT_OUT),
        set(),
        "SINGLE without a number is allowed",
    ),
    Vector(
        sample(end_date="2025-01-01", daily_end_time="08:00", max_call_attempts=0, name=""),
        {"end_date", "daily_end_time", "max_call_attempts", "name"},
        "all problems of a campaign are found at once",
    ),
]

NUMBERED = [(f"{number}: {vector.sentence}", vector) for number, vector in enumerate(VECTORS)]


def test_the_form_finds_the_fields_at_fault(subtests: pytest.Subtests) -> None:
    for name, vector in NUMBERED:
        with subtests.test(name):
            problems = find_problems(read_json(vector.request))
            assert {problem.field for problem in problems} == vector.at_fault


def test_the_sandbox_finds_the_fields_at_fault(subtests: pytest.Subtests, tmp_path: Path) -> None:
    sandbox = Caller(tmp_path)
    for name, vector in NUMBERED:
        with subtests.test(name):
            answer = sandbox.create(vector.request)
            assert set(answer.errors) == vector.at_fault
            assert answer.status == (422 if vector.at_fault else 201)
