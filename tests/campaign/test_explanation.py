"""The explanation of a campaign: its problems, advice, payload, words and calendar agree."""

import json
from datetime import date
from hashlib import sha256
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.contract.fields import FIELDS, CampaignType, DialerType, ValueKind, Weekday
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import read_answers, read_json
from app.campaign.contract.wording import describe_advice, describe_problem
from app.campaign.explanation import explain
from app.campaign.schedule.months import MOST_MONTHS, lay_out_months
from tests.campaign.contract.test_vectors import SAMPLE
from tests.campaign.meanings import NOW, explain_values
from tests.factories import inbound, outbound, typed


def test_the_vendors_sample_has_no_problem_and_64_calling_days() -> None:
    explanation = explain_values(read_json(SAMPLE))

    assert explanation.problems == []
    assert explanation.overview is not None
    assert explanation.overview.calling_days == 64


def test_the_vendors_sample_is_sent_but_for_the_pool_which_a_single_number_does_not_use() -> None:
    explanation = explain_values(read_json(SAMPLE))

    assert explanation.left_out == ["phone_number_pool_id"]
    assert explanation.payload == {k: v for k, v in SAMPLE.items() if k != "phone_number_pool_id"}


def test_the_body_is_the_payload_and_the_digest_names_the_body() -> None:
    explanation = explain_values(outbound())

    assert json.loads(explanation.body) == explanation.payload
    assert explanation.digest == sha256(explanation.body).hexdigest()


def test_another_answer_has_another_digest() -> None:
    assert explain_values(outbound()).digest != explain_values(outbound(max_call_attempts=4)).digest


def test_a_campaign_that_is_rung_leaves_its_schedule_out_and_has_no_calendar() -> None:
    explanation = explain_values(outbound(type=CampaignType.INBOUND))

    assert explanation.overview is None
    assert explanation.problems == []
    assert explanation.left_out == [name for name in outbound() if name not in inbound()]


def test_what_is_left_out_can_be_as_wrong_as_it_likes() -> None:
    values = inbound(start_date=date(2027, 1, 4), end_date=date(2020, 1, 1), max_call_attempts=-1)

    assert (explain_values(values).problems, explain_values(values).advice) == ([], [])


def test_a_change_of_what_is_left_out_does_not_change_what_is_sent() -> None:
    changed = explain_values(inbound(timezone="Asia/Kolkata"))

    assert changed.digest == explain_values(inbound()).digest


def test_an_unfinished_campaign_has_problems_but_no_calendar_yet() -> None:
    explanation = explain_values(outbound(timezone=None))

    assert explanation.problems == [Problem("timezone", Code.MISSING)]
    assert explanation.overview is None


def test_a_problem_elsewhere_does_not_take_the_calendar_away() -> None:
    explanation = explain_values(outbound(name=None))

    assert explanation.problems == [Problem("name", Code.MISSING)]
    assert explanation.overview is not None


def test_what_could_not_be_read_is_a_problem_and_is_not_sent() -> None:
    explanation = explain_values(read_json(SAMPLE | {"start_date": "soon"}))

    assert explanation.problems == [Problem("start_date", Code.NOT_A_DATE)]
    assert "start_date" not in explanation.payload
    assert explanation.overview is None


@pytest.mark.parametrize("name", ["start_date", "daily_start_time"])
def test_a_schedule_that_the_api_refuses_is_a_problem_without_a_calendar(name: str) -> None:
    after = {"start_date": "end_date", "daily_start_time": "daily_end_time"}[name]
    turned = outbound(**{name: outbound()[after], after: outbound()[name]})

    assert explain_values(turned).problems == [Problem(after, Code.NOT_AFTER)]
    assert explain_values(turned).overview is None


def test_advice_does_not_make_a_problem() -> None:
    explanation = explain_values(outbound(dialer_type=DialerType.POOL, max_daily_attempts=2))

    assert [piece.field for piece in explanation.advice] == ["phone_number_pool_id"]
    assert explanation.problems == []


GEORGIA = Problem("audience", Code.AMBIGUOUS_PLACE, "Georgia (GE) or Georgia (US-GA)")
LEMURIA = Problem("audience", Code.UNKNOWN_PLACE, "Lemuria")


def no_date(text: str) -> Problem:
    return Problem("own_dates", Code.UNKNOWN_DATE, text)


@pytest.mark.parametrize(
    ("remarks", "problems"),
    [
        ({"audience": "Lemuria"}, [LEMURIA]),
        ({"audience": "France, Lemuria"}, [LEMURIA]),
        ({"audience": "Georgia"}, [GEORGIA]),
        ({"audience": "US-GA"}, []),
        ({"audience": "America/New_York; Honolulu"}, []),
        ({"audience": "utc, Georgia,\nLemuria"}, [GEORGIA, LEMURIA]),
        ({"own_dates": "next friday"}, [no_date("next friday")]),
        ({"own_dates": "2027-02-29"}, [no_date("2027-02-29")]),
        ({"own_dates": "2028-02-29 Leap day"}, []),
        ({"own_dates": "5.4.2027, 2027-05-04"}, [no_date("5.4.2027")]),
        ({"audience": "Lemuria", "own_dates": "soon"}, [LEMURIA, no_date("soon")]),
        ({"audience": " ", "own_dates": " ,;\n"}, []),
    ],
)
def test_a_word_that_names_no_place_or_no_day_is_a_problem_however_much_is_still_missing(
    remarks: dict[str, str], problems: list[Problem]
) -> None:
    assert explain_values(outbound(), remarks=remarks).problems == problems
    unfinished = explain_values({"type": CampaignType.OUTBOUND}, remarks=remarks).problems
    assert [problem for problem in unfinished if problem.field in remarks] == problems
    assert explain_values(inbound(), remarks=remarks).problems == []


ALMOST = ["localtime", "Etc/EST", "GMT+99", "Etc/GMT+99", "GMT+٥", "EST", "Etc/GMT+9", "GMT-0"]
"""What looks like a zone; some of them are."""


@pytest.mark.parametrize("zone", ALMOST)
def test_what_only_looks_like_a_zone_is_a_problem_and_has_a_meaning_all_the_same(zone: str) -> None:
    explanation = explain_values(read_answers(typed(outbound()) | {"timezone": zone}), NOW)
    codes = {problem.code for problem in explanation.problems if problem.field == "timezone"}
    assert codes == (set() if zone in available_timezones() - {"localtime"} else {Code.NOT_A_ZONE})


def text_of(kind: ValueKind) -> st.SearchStrategy[Any]:
    """Draw what a person might type: often sound, sometimes odd, sometimes rubbish."""
    sound: dict[ValueKind, list[Any]] = {
        ValueKind.TEXT: ["asst_abc123", SAMPLE["tenant_voice_provider_id"]],
        ValueKind.URL: ["https://example.com", "https://[", "http://]", "https://a\u2100b", "x:"],
        ValueKind.ZONE: ["America/New_York", "kolkata", "Pacific/Apia", "UTC", *ALMOST],
        ValueKind.DATE: ["2027-01-04", "2027-12-31", "0001-01-01", "2199-12-31", "9999-12-31"],
        ValueKind.TIME: ["00:00", "09:00", "17:00", "23:59:59"],
        ValueKind.COUNT: ["1", "3", "-1", "0", "9" * 18],
        ValueKind.FLAG: ["true", "false"],
        ValueKind.DAYS: [list(Weekday), [Weekday.SUNDAY], []],
    }
    if kind is ValueKind.CHOICE:
        return st.sampled_from(["OUTBOUND", "INBOUND", "SINGLE", "POOL", "SQUAD", ""])
    return st.one_of(*[st.sampled_from(sound[kind])] * 4, st.text(max_size=5))


ANSWERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["OUTBOUND", "OUTBOUND", "INBOUND"])},
    optional={field.name: text_of(field.kind) for field in FIELDS if field.name != "type"},
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(ANSWERS, st.integers(-40, 40))
def test_whatever_is_typed_has_a_meaning_that_can_be_shown(
    answers: dict[str, Any], years: int
) -> None:
    explanation = explain_values(read_answers(answers), NOW.replace(year=NOW.year + years))

    assert all(describe_problem(problem) for problem in explanation.problems)
    assert all(describe_advice(piece) for piece in explanation.advice)
    assert json.loads(explanation.body) == explanation.payload
    if explanation.overview:
        assert explanation.overview.calling_days >= 0
        assert 1 <= len(lay_out_months(explanation.overview, explanation.closed)) <= MOST_MONTHS


@pytest.mark.parametrize("blank", ["", " ", "\u200b"])
def test_a_blank_answer_counts_for_nothing_as_it_is_not_sent(blank: str) -> None:
    answers = typed(outbound())
    without = {name: value for name, value in answers.items() if name != "phone_number_id"}
    answered, left_out = (
        explain(answers, NOW) for answers in ({**without, "phone_number_id": blank}, without)
    )
    assert answered.payload == left_out.payload
    assert answered.plain == left_out.plain
    assert answered.advice == left_out.advice
