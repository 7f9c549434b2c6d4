"""What ``flask explain`` ends with: 2 for what is no campaign, 1 for one with problems."""

import gc
import json
import re
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.campaign.contract.fields import FIELD, FIELDS, Field, ValueKind
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.wording import describe_problem
from tests.campaign.contract.test_vectors import (
    COUNTS,
    FOR_OUTBOUND,
    INBOUND,
    POOLED,
    SAMPLE,
    sample,
)
from tests.cli.test_explain import PARTS, explained
from tests.servers import environment
from tests.test_main import ROOT

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "flask", "--app", "app", "explain")
NO_CAMPAIGN = {
    "empty": b"",
    "not UTF-8": b'{"name": "\xff"}',
    "a byte order mark": "\ufeff{}".encode(),
    "not JSON": b"name: Q4 Outreach",
    "NaN": b'{"max_call_attempts": NaN}',
    "a name twice": b'{"name": "a", "name": "a"}',
    "a name twice inside": b'{"days_of_week": [{"a": 1, "a": 2}]}',
    "a list": b"[{}]",
    "100,000 brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"name":' * 100_000 + b"1" + b"}" * 100_000,
    "33 levels": b'{"name":' + b"[" * 32 + b"]" * 32 + b"}",
    "5,000 digits": b'{"max_call_attempts": ' + b"9" * 5000 + b"}",
    "half of a surrogate pair in a name": rb'{"\ud800": 1}',
}
DEEP = 100_000
SCHEDULE = {"type", *FOR_OUTBOUND} - {*COUNTS}
JSON: st.SearchStrategy[Any] = st.recursive(
    # Larger numbers are a test of their own.
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
LIKELY: dict[ValueKind, list[Any]] = {
    ValueKind.DATE: ["2027-01-05", "2025-01-01", "0001-01-01", "1899-12-31", "2030-12-31"],
    ValueKind.TIME: ["00:00", "23:59:59", "17:00", "09:00"],
    ValueKind.COUNT: [-1, 0, 1, 3, 10**6],
    ValueKind.URL: ["http://[", "https://a℀b/"],
}
ODD = ["INBOUND", "POOL", "SQUAD", "Asia/Tokyo", "\ud800", ["SUNDAY"], [["SUNDAY"]]]
CHANGES = st.lists(
    st.sampled_from(FIELDS).flatmap(
        lambda line: st.tuples(
            st.just(line.name), JSON | st.sampled_from(LIKELY.get(line.kind, ODD))
        )
    ),
    max_size=3,
).map(dict)
KEEPS_NOTHING = [HealthCheck.function_scoped_fixture]


def refusal(result: Result) -> str:
    """Give the one line that is said on standard error by a command that ends with 2."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"Error: [^\n]+\.\n", result.stderr)
    return result.stderr


def test_the_real_command_tells_of_the_vendors_sample(tmp_path: Path) -> None:
    (tmp_path / "campaign.json").write_text(json.dumps(SAMPLE))
    ended = run(  # noqa: S603  # It is our own program.
        [*COMMAND, str(tmp_path / "campaign.json"), "--json"],
        cwd=ROOT,
        env=environment(tmp_path / "instance"),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["calendar"]["calling_days"] == 64


def test_nothing_in_a_file_acts_on_the_terminal_or_looks_like_another_line(
    app: Flask, tmp_path: Path
) -> None:
    odd = {"\x1b]0;title\x07\nTo be changed": 1, "timezone": "Europe/\x00Nowhere"}
    (tmp_path / "odd.json").write_text(json.dumps(SAMPLE | odd))
    result = app.test_cli_runner().invoke(args=["explain", str(tmp_path / "odd.json")])
    assert result.exit_code == 1
    assert not set(result.output) & {"\x1b", "\x07", "\x00"}
    assert result.output.splitlines().count("To be changed") == 1


@pytest.mark.parametrize("content", NO_CAMPAIGN.values(), ids=NO_CAMPAIGN)
def test_what_is_no_campaign_ends_with_2_and_one_line(
    app: Flask, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "campaign.json"
    file.write_bytes(content)
    if len(content) > DEEP:
        gc.collect()  # What an earlier test has left cannot be ended in the depth of this one.

    assert str(file) in refusal(app.test_cli_runner().invoke(args=["explain", str(file)]))
    assert "Standard input" in refusal(explained(app, content, "--json"))


def test_what_is_no_campaign_is_refused_in_one_sentence(app: Flask) -> None:
    assert explained(app, b"").stderr.count(". ") == 0


def test_a_file_that_cannot_be_read_ends_with_2_and_the_reason(app: Flask, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for file, reason in (
        (tmp_path / "missing.json", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (loop, "Too many levels of symbolic links"),
    ):
        message = refusal(app.test_cli_runner().invoke(args=["explain", str(file)]))
        assert message == f"Error: {file} cannot be read: {reason}.\n"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--audience", "48 states, Atlantis", "“Atlantis” is not clear: no such place is known."),
        ("--audience", "Georgia", "it can be Georgia (GE) or Georgia (US-GA)."),
        ("--purpose", "fun", "none of marketing, debt, research, other."),
    ],
)
def test_an_option_that_is_not_clear_ends_with_2(
    app: Flask, option: str, value: str, message: str
) -> None:
    result = explained(app, SAMPLE, option, value)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize("option", [("--audience", "Georgia"), ("--purpose", "fun")])
def test_an_option_is_refused_in_one_sentence(app: Flask, option: tuple[str, str]) -> None:
    assert refusal(explained(app, SAMPLE, *option)).count(". ") == 0


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_broken_field_ends_with_1_and_the_rest_is_told(app: Flask, field: Field) -> None:
    document = next(campaign for campaign in (SAMPLE, POOLED) if field.is_used(campaign))
    broken = document | {field.name: {"no": "value"}}
    result, words = explained(app, broken, "--json"), explained(app, broken)
    explanation = json.loads(result.stdout)
    [problem] = explanation["problems"]

    assert (result.exit_code, words.exit_code) == (1, 1)
    assert problem["field"] == field.name
    assert problem["message"] == describe_problem(Problem(field.name, Code(problem["code"])))
    assert (explanation["calendar"] is None) == (field.name in SCHEDULE)
    assert (explanation["attempts"] is None) == (field.name in SCHEDULE | {*COUNTS})
    assert "asst_abc123" in " ".join(explanation["plain"]) or field.name in {"type", "assistant_id"}
    for sentence in (f": {problem['message']}", *explanation["plain"]):
        assert f"{sentence}\n" in words.stdout


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ({}, {name: "missing" for name in FIELD if FIELD[name].required is True}),
        (sample(colour="red"), {"colour": "unknown_field"}),
        (sample(name="\ud800"), {"name": "not_text"}),
        (sample(end_date="2025-01-01"), {"end_date": "not_after"}),
        (sample(min_gap_between_attempts=2), {COUNTS[2]: "too_small"}),
    ],
)
def test_what_the_api_would_refuse_ends_with_1_and_its_problems(
    app: Flask, document: dict[str, Any], problems: dict[str, str]
) -> None:
    result = explained(app, document, "--json")

    problems_printed = json.loads(result.stdout)["problems"]
    assert (result.exit_code, result.stderr) == (1, "")
    assert {problem["field"]: problem["code"] for problem in problems_printed} == problems


def test_what_does_not_apply_is_judged_as_the_api_does(app: Flask) -> None:
    assert explained(app, INBOUND | {"days_of_week": "MONDAY"}).exit_code == 1


def test_attempts_without_end_are_told_of(app: Flask) -> None:
    assert explained(app, sample(**dict.fromkeys(COUNTS, 10**13))).exit_code == 0


def test_what_the_terminal_cannot_show_is_no_trouble(app: Flask) -> None:
    written = json.dumps(sample(assistant_id="asst_🙂"))
    terminal = app.test_cli_runner(charset="latin-1")

    assert terminal.invoke(args=["explain", "-"], input=written).exit_code == 0


@settings(max_examples=250, deadline=None, suppress_health_check=KEEPS_NOTHING)
@given(valid=st.sampled_from([SAMPLE, POOLED, INBOUND]), changes=CHANGES)
def test_whatever_object_it_is_given_it_tells_of(
    app: Flask, valid: dict[str, Any], changes: dict[str, Any]
) -> None:
    result, words = explained(app, valid | changes, "--json"), explained(app, valid | changes)
    explanation = json.loads(result.stdout)

    assert list(explanation) == PARTS
    assert result.exit_code == words.exit_code == (1 if explanation["problems"] else 0)
    assert result.stderr == words.stderr == ""
