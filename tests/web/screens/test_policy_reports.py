"""What a browser reports of a page is a line of the log, and nothing more comes of it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.web.headers import REPORTS
from app.web.screens.policy_reports import LARGEST, MOST, Allowance
from tests.log_lines import Log

REFUSED = "A browser has refused what a page wanted"
SECRET = "Spring-sale"
PAGE = f"http://localhost/drafts/a1a1a1a1a1a1a1a1?name={SECRET}"


def in_old_words(**more: Any) -> Any:
    report = {
        "document-uri": PAGE,
        "effective-directive": "script-src-elem",
        "blocked-uri": f"https://evil.example:8443/{SECRET}.js?{SECRET}",
        "script-sample": SECRET,
        "referrer": PAGE,
    }
    return {"csp-report": report | more}


def in_new_words(**more: Any) -> Any:
    body = {
        "documentURL": PAGE,
        "effectiveDirective": "script-src-elem",
        "blockedURL": f"https://evil.example:8443/{SECRET}.js?{SECRET}",
        "sample": SECRET,
    }
    return [{"type": "csp-violation", "url": PAGE, "user_agent": SECRET, "body": body | more}]


def report(client: FlaskClient, posted: Any, kind: str = "application/csp-report") -> int:
    body = posted if isinstance(posted, bytes) else json.dumps(posted).encode()
    answer = client.post(REPORTS, data=body, content_type=kind)
    assert answer.data == b""
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


@pytest.mark.parametrize("posted", [in_old_words(), in_new_words()])
def test_a_report_is_one_line_without_paths_and_queries(
    client: FlaskClient, log: Log, posted: Any
) -> None:
    client.environ_base.pop("HTTP_SEC_FETCH_SITE")  # Browsers report without it, and no token.

    assert report(client, posted) == 204

    [line] = log.lines()
    assert {name: line[name] for name in ("event", "level", "directive", "refused", "page")} == {
        "event": REFUSED,
        "level": "warning",
        "directive": "script-src-elem",
        "refused": "https://evil.example:8443",
        "page": "/drafts/<draft:draft_id>",
    }
    assert SECRET not in log.text


@pytest.mark.parametrize("blocked", ["inline", "eval", "data"])
def test_what_has_no_address_is_named(client: FlaskClient, log: Log, blocked: str) -> None:
    report(client, in_old_words(**{"blocked-uri": blocked}))

    assert log.lines()[0]["refused"] == blocked


@pytest.mark.parametrize(
    "forged", ["a\r\nb", "\x1b[31m", "x" * 5000, "", 7, None, ["a"], "http://["]
)
def test_what_no_browser_reports_is_not_written(client: FlaskClient, log: Log, forged: Any) -> None:
    names = ("document-uri", "effective-directive", "blocked-uri")
    assert report(client, in_old_words(**dict.fromkeys(names, forged))) == 204

    [line] = log.lines()
    assert (line["directive"], line["refused"]) == ("other", "other")
    assert line["page"] in {None, "/"}


@pytest.mark.parametrize(
    "posted", [b"", b"\xff", b"[" * 10_000, {}, [], 1, None, {"csp-report": 1}, [1, {"body": []}]]
)
def test_what_is_no_report_is_passed_over(client: FlaskClient, log: Log, posted: Any) -> None:
    assert report(client, posted) == 204
    assert log.lines() == []


def test_a_large_post_is_refused(client: FlaskClient, log: Log) -> None:
    answer = client.post(REPORTS, data=b" " * (LARGEST + 1))

    assert answer.status_code == 413
    assert log.lines() == []


def test_in_a_minute_only_so_many_are_written(client: FlaskClient, log: Log) -> None:
    assert report(client, in_new_words() * (MOST - 1)) == 204
    assert [report(client, in_old_words()) for _ in range(3)] == [204, 429, 429]
    assert len(log.lines()) == MOST


def test_the_next_minute_has_as_many_again() -> None:
    now = [0.0]
    allowance = Allowance(2, lambda: now[0])
    assert [allowance.take() for _ in range(3)] == [True, True, False]

    now[0] = 60

    assert [allowance.take() for _ in range(3)] == [True, True, False]


def test_it_is_only_posted_to(client: FlaskClient) -> None:
    assert client.get(REPORTS).status_code == 405
