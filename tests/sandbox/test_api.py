"""The documented call: what is created, what is refused, and in which words."""

import sqlite3
from base64 import b64decode
from contextlib import closing
from pathlib import Path

import pytest

from app.sandbox import file
from app.sandbox.file import FILE
from app.sandbox.sample import SAMPLE_ANSWER, SAMPLE_REQUEST
from app.sandbox.switch import Switch
from tests.campaign.contract.test_vectors import INBOUND, SAMPLE, sample
from tests.sandbox.caller import WITH_TOKEN, Caller


@pytest.fixture
def api(tmp_path: Path) -> Caller:
    return Caller(tmp_path)


def test_the_vendors_sample_gets_the_vendors_answer_with_an_id_of_its_own(api: Caller) -> None:
    answer = api.create(SAMPLE)

    data = SAMPLE_ANSWER["data"] | {"campaign_id": answer.campaign_id}
    assert answer.status == 201
    assert answer.body == SAMPLE_ANSWER | {"data": data}
    assert b64decode(answer.campaign_id) == b"VoiceCampaign:1"


def test_the_sample_shown_is_the_vendors() -> None:
    assert SAMPLE_REQUEST == SAMPLE
    assert list(SAMPLE_REQUEST) == list(SAMPLE)


def test_the_same_request_twice_makes_two_campaigns(api: Caller) -> None:
    assert api.create(INBOUND).campaign_id != api.create(INBOUND).campaign_id


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer other"},
        {"Authorization": "Bearer sandbox2"},
        {"Authorization": "bearer"},
        {"Authorization": "Basic c2FuZGJveDo="},
        {"Authorization": "Token sandbox"},
        {"Authorization": "sandbox"},
        {"Authorization": "Bearer a=b"},
        {"Authorization": "Bearer s\u00e4ndbox"},
    ],
)
def test_without_the_token_nothing_else_is_looked_at(api: Caller, header: dict[str, str]) -> None:
    answer = api.call("POST", headers=header, data=b"not JSON", content_type="text/plain")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Bearer sandbox" in answer.message


def test_the_scheme_may_be_written_in_any_case(api: Caller) -> None:
    answer = api.call("POST", headers={"Authorization": "bearer sandbox"}, json=INBOUND)

    assert answer.status == 201


def test_a_charset_beside_the_content_type_is_welcome(api: Caller) -> None:
    content = b'{"name": "x"}'

    assert api.post(content, "application/json; charset=UTF-8").status == 422
    assert api.post(content, "application/json; charset=latin-1").status == 415


@pytest.mark.parametrize(
    ("document", "name", "sentence"),
    [
        ({}, "name", "name is required."),
        (sample(name=" "), "name", "name is required."),
        (sample(start_date=None), "start_date", "start_date is required when type is OUTBOUND."),
        (
            sample(days_of_week=[]),
            "days_of_week",
            "days_of_week is required when type is OUTBOUND.",
        ),
        (sample(type="x"), "type", "type must be one of INBOUND, OUTBOUND."),
        (sample(start_date="x"), "start_date", "start_date must be a date, written YYYY-MM-DD."),
        (
            sample(min_gap_between_attempts=2),
            "min_gap_between_attempts",
            "min_gap_between_attempts must be a whole number, 3 or more.",
        ),
        (sample(end_date="2025-01-01"), "end_date", "end_date must be later than start_date."),
        (sample(colour="red"), "colour", "colour is not a field of a campaign."),
    ],
)
def test_each_fault_is_one_sentence_at_its_field(
    api: Caller, document: dict[str, object], name: str, sentence: str
) -> None:
    assert api.create(document).errors[name] == [sentence]


def test_a_schedule_on_inbound_is_not_required_but_what_it_holds_is_checked(api: Caller) -> None:
    assert api.create(sample(type="INBOUND")).status == 201
    assert api.create(INBOUND | {"days_of_week": [], "start_date": None}).status == 201
    assert set(api.create(sample(type="INBOUND", timezone="x", days_of_week=["x"])).errors) == {
        "timezone",
        "days_of_week",
    }


def test_times_of_two_lengths_are_compared_as_times(api: Caller) -> None:
    assert api.create(sample(daily_start_time="09:00:00", daily_end_time="09:00")).status == 422
    assert api.create(sample(daily_start_time="09:00", daily_end_time="09:00:01")).status == 201


def test_what_was_created_outlives_the_sandbox(tmp_path: Path) -> None:
    first = Caller(tmp_path).create(SAMPLE)
    again = Caller(tmp_path)

    assert [kept.request for kept in again.sandbox.extensions["ledger"].read_page(9)] == [SAMPLE]
    assert again.create(SAMPLE).campaign_id != first.campaign_id


def test_a_refused_campaign_is_not_kept(api: Caller) -> None:
    api.create(sample(name=None))

    assert api.sandbox.extensions["ledger"].read_page(9) == []


def test_a_file_that_cannot_be_written_creates_nothing_and_says_so(tmp_path: Path) -> None:
    api = Caller(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database " * 999)

    answer = api.create(SAMPLE)

    assert (answer.status, answer.errors) == (503, {})
    assert "Nothing was created" in answer.message


def test_a_fault_that_cannot_be_taken_from_a_locked_file_meets_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_PATIENCE", 0.1)
    api = Caller(tmp_path)
    api.sandbox.extensions["faults"].switch_on(Switch("409", every=False))
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert api.create(SAMPLE).status == 503
        other.execute("ROLLBACK")
    assert api.create(SAMPLE).status == 409


def test_another_host_name_is_refused_in_the_envelope(tmp_path: Path) -> None:
    api = Caller(tmp_path, trusted_hosts=["localhost"])

    answer = api.call("POST", headers=WITH_TOKEN | {"Host": "evil.example"}, json=INBOUND)

    assert answer.status == 400
    assert "host name" in answer.message
    assert api.create(INBOUND).status == 201


def test_a_fault_of_the_sandbox_is_told_in_the_envelope_without_its_innards(tmp_path: Path) -> None:
    api = Caller(tmp_path)
    api.sandbox.add_url_rule("/broken", view_func=lambda: SAMPLE["a secret"])

    answer = api.call("GET", "/broken")

    assert (answer.status, answer.errors) == (500, {})
    assert "secret" not in answer.message


def test_no_answer_is_kept_by_a_cache_or_taken_for_another_type(api: Caller) -> None:
    for answer in (api.create(SAMPLE), api.create({}), api.call("GET")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
