"""Many campaigns are sent from a file: a dry run first, then once each, also after a stop."""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import create_app
from app.campaign.contract.payload import build_payload
from app.cli import send_progress
from app.rights import Role
from app.sandbox.ledger import Ledger
from app.sandbox.switch import Switch
from app.services import find_services
from app.settings import Settings
from app.store import approvals, audit_trail, batches, drafts, throttles
from app.store.acceptances import judge
from app.store.connection_models import SavedConnection
from app.store.database import Store
from app.store.models import Draft, Submission
from app.store.throttles import Pace
from tests.factories import inbound, outbound, typed
from tests.pages import Visitor
from tests.people.accounts import add_account

Send = Callable[..., Result]


@pytest.fixture
def send(app: Flask, settings: Settings) -> Send:
    """Send by a program of its own, beside the app."""

    def run(file: Path, *more: str, connection: str = "Sandbox") -> Result:
        words = ("send", "--batch", str(file), "--connection", connection, *more)
        return create_app(settings).test_cli_runner().invoke(args=words)

    return run


def write(tmp_path: Path, *names: str, **changes: Any) -> Path:
    """Write a file with a campaign of each name."""
    documents = [build_payload(outbound(name=name)) | changes for name in names]
    file = tmp_path / "campaigns.jsonl"
    file.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return file


def names(ledger: Ledger) -> list[str]:
    return sorted(campaign.name for campaign in ledger.read_page(100))


def test_without_yes_nothing_is_sent_or_kept(
    send: Send, tmp_path: Path, ledger: Ledger, store: Store
) -> None:
    result = send(write(tmp_path, "One", "Two"))

    assert (result.exit_code, names(ledger)) == (0, [])
    assert "2 of 2 campaigns can be sent to Sandbox (SANDBOX)." in result.output
    assert "Calling days in all: 126" in result.output
    assert "Nothing was sent. With --yes it is." in result.output
    with store.reading() as session:
        assert (session.query(Draft).count(), batches.list_newest(session)[0]) == (0, [])


def test_a_campaign_that_breaks_a_law_is_named_with_its_line(send: Send, tmp_path: Path) -> None:
    early = {"daily_start_time": "05:00"}
    result = send(write(tmp_path, "Early", **early))

    assert re.search(r"^Rules of calling: \d+ laws broken, ", result.output, re.MULTILINE)
    when = "from 2027-01-04, 05:00 to 17:00 in America/New_York"
    assert re.search(rf"^Line 1, Early: {when}; \d+ laws broken, ", result.output, re.MULTILINE)
    assert re.search(r"^Breaks “[^”]+”: line 1$", result.output, re.MULTILINE)


def test_each_is_sent_once_however_often_the_file_is(
    send: Send, tmp_path: Path, ledger: Ledger
) -> None:
    file = write(tmp_path, "One", "Two", "Three")
    first = send(file, "--yes")
    again = send(file, "--yes")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "3 of 3 campaigns are created" in first.output
    assert "3 of 3 campaigns are created" in again.output
    words = "3 of them were created by an earlier run, and are not sent again."
    assert (words in first.output, words in again.output) == (False, True)
    assert names(ledger) == ["One", "Three", "Two"]


def test_a_campaign_is_sent_once_also_when_its_line_has_moved(
    send: Send, tmp_path: Path, ledger: Ledger, store: Store
) -> None:
    file = write(tmp_path, "One", "Two")
    lines = file.read_text()
    file.write_text("no JSON\n" + lines)
    assert send(file, "--yes").exit_code == 1
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    with store.writing() as session:
        session.execute(update(Submission).values(pressed_at=two_days_ago))
    first, second = lines.splitlines()
    file.write_text(f"{second.replace(', ', ',')}\n\n{first}\n")

    again = send(file, "--yes")

    assert "2 of them were created by an earlier run, and are not sent again." in again.output
    assert (again.exit_code, names(ledger)) == (0, ["One", "Two"])


def test_a_line_that_an_earlier_version_has_saved_is_that_campaign(
    send: Send, tmp_path: Path, ledger: Ledger, store: Store
) -> None:
    file = write(tmp_path, "One")
    named = b"sandbox\n1\n" + file.read_bytes().strip()
    earlier = hashlib.sha256(named).hexdigest()[:16]
    answers = typed(outbound(name="One")) | {"connection": "sandbox"}
    with store.writing() as session:
        drafts.save(session, earlier, judge(answers), expected_version=0)
    assert send(file, "--yes").exit_code == 0
    assert names(ledger) == ["One"]
    with store.reading() as session:
        assert [draft.id for draft in session.query(Draft)] == [earlier]


def test_a_line_can_be_a_draft_with_what_is_known_of_its_leads(
    send: Send, tmp_path: Path, ledger: Ledger
) -> None:
    payload = build_payload(outbound(name="One"))
    draft = {"connection": "Sandbox", "payload": payload, "audience": "Florida"}
    file = tmp_path / "campaigns.jsonl"
    everywhere = read_findings(send(write(tmp_path, "One")))
    file.write_text(json.dumps(draft))
    in_florida = read_findings(send(file))
    assert in_florida < everywhere
    assert send(file, "--yes").exit_code == 0
    assert names(ledger) == ["One"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"connection": "Acme", "payload": {}},
            "It is for “Acme”, and not for Sandbox: send it there, or leave its connection out.",
        ),
        ({"payload": []}, "Put the fields of the campaign into an object."),
        (
            {"payload": build_payload(outbound()), "purpose": "fun"},
            "Choose one of marketing, debt, research, other, or leave it out.",
        ),
        ({"payload": {"name": "One"}}, "“type”: Choose who calls whom"),
    ],
)
def test_a_draft_that_is_not_for_there_or_not_right_is_left_out(
    send: Send, tmp_path: Path, document: dict[str, Any], message: str
) -> None:
    file = tmp_path / "campaigns.jsonl"
    file.write_text(json.dumps(document))
    result = send(file)
    assert f"Line 1 is left out: {message}" in result.output
    assert result.exit_code == 1


def test_a_list_is_refused_in_one_sentence(send: Send, tmp_path: Path) -> None:
    file = tmp_path / "campaigns.json"
    file.write_text(json.dumps([build_payload(outbound())] * 3, indent=2))
    result = send(file, "--yes")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "This file is a list. Write each campaign on a line of its own" in result.output


def read_findings(result: Result) -> int:
    """Read how many laws a dry run says are broken."""
    known = re.search(r"^Rules of calling: (?:(\d+) laws? broken)?", result.output, re.MULTILINE)
    assert known, result.output
    return int(known[1] or 0)


def test_what_is_left_is_sent_by_the_next_run(
    app: Flask, send: Send, tmp_path: Path, ledger: Ledger
) -> None:
    file = write(tmp_path, "One", "Two", "Three")
    with find_services(app).store.writing() as session:
        throttles.find(session, "sandbox", Pace(0, 1, 1))
    find_services(app).faults.switch_on(Switch("422", every=False))
    first = send(file, "--yes")
    second = send(file, "--yes")

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert "2 of 3 campaigns are created" in first.output
    assert "REFUSED" in first.output
    assert names(ledger) == ["One", "Three", "Two"]


def test_what_nobody_knows_ends_with_a_status_of_its_own(
    app: Flask, send: Send, tmp_path: Path
) -> None:
    find_services(app).faults.switch_on(Switch("stored-then-dropped", every=False))
    result = send(write(tmp_path, "One", "Two"), "--yes")

    assert result.exit_code == 3
    assert "1 may have been created, or not" in result.output
    assert re.search("^Line 1, One: UNKNOWN|^Line 2, Two: UNKNOWN", result.output, re.MULTILINE)


def test_a_bad_line_is_named_and_the_rest_is_sent(
    send: Send, tmp_path: Path, ledger: Ledger
) -> None:
    file = write(tmp_path, "One")
    with file.open("a") as more:
        more.write("\nno JSON\n" + json.dumps({"name": "Half", "type": "OUTBOUND"}) + "\n")
    result = send(file, "--yes")

    assert result.exit_code == 1
    assert "Line 3 is left out:" in result.output
    assert "Line 4 is left out:" in result.output
    assert names(ledger) == ["One"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " One "}, "Take the spaces at both ends out of the campaign name: they would"),
        ({"name": "x" * 1505}, "“name”: Shorten the campaign name: Campaign Builder takes 1,000"),
        (
            {"max_call_attempts": 10**20},
            "“max_call_attempts”: Enter the attempts for each lead as a smaller",
        ),
    ],
    ids=["spaces", "too long", "too many digits"],
)
def test_what_would_not_be_sent_exactly_as_it_stands_is_left_out_of_the_dry_run_too(
    send: Send, tmp_path: Path, ledger: Ledger, change: dict[str, Any], sentence: str
) -> None:
    file = write(tmp_path, "One", **change)
    for more, status in (((), 1), (("--yes",), 2)):
        result = send(file, *more)
        assert (result.exit_code, f"Line 1 is left out: {sentence}" in result.output) == (
            status,
            True,
        )
    assert names(ledger) == []


def test_nothing_in_a_file_acts_on_the_terminal_or_looks_like_another_line(
    send: Send, tmp_path: Path
) -> None:
    result = send(write(tmp_path, "One", **{"x\x1b[2J\nLine 9 is fine": 1}))
    assert "\x1b" not in result.output
    assert not [line for line in result.output.splitlines() if line.startswith("Line 9")]


def test_a_name_that_the_terminal_cannot_show_hides_no_outcome(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    find_services(app).faults.switch_on(Switch("stored-then-dropped", every=False))
    words = ("send", "--batch", str(write(tmp_path, "One 😀")), "--connection", "Sandbox", "--yes")
    result = create_app(settings).test_cli_runner(charset="latin-1").invoke(args=words)

    assert result.exit_code == 3
    assert "Line 1, One ?: UNKNOWN." in result.output
    assert "1 may have been created, or not" in result.output


def test_who_sends_is_named_by_what_can_be_read(send: Send, tmp_path: Path, ledger: Ledger) -> None:
    for who in ("Ad\x1b[31ma", "Ada\nX", "A" * 81, " Ada"):
        result = send(write(tmp_path, "One"), "--yes", "--who", who)
        assert (result.exit_code, "Say by --who a name of 80 visible signs" in result.output) == (
            2,
            True,
        )
    assert names(ledger) == []


def test_failures_in_a_row_stop_it_and_nothing_stays_in_the_queue(
    app: Flask, send: Send, tmp_path: Path, store: Store
) -> None:
    with store.writing() as session:
        throttles.find(session, "sandbox", Pace(0, 1, 1))
    find_services(app).faults.switch_on(Switch("500", every=True))
    result = send(write(tmp_path, *(f"Campaign {number}" for number in range(9))), "--yes")

    assert result.exit_code in {1, 3}
    assert "Stopped. Campaigns failed there one after the other" in result.output
    with store.reading() as session:
        assert batches.list_queued(session, 1, 99) == []
    find_services(app).faults.switch_off()
    with store.reading() as session:
        drafts_before = session.query(Draft).count()
    again = send(write(tmp_path, "Another"), "--yes")
    assert (again.exit_code, "Nothing is sent to Sandbox. Campaigns failed" in again.output) == (
        2,
        True,
    )
    with store.reading() as session:
        assert session.query(Draft).count() == drafts_before


def test_where_people_have_accounts_the_sandbox_wants_a_name_too(
    app: Flask, send: Send, tmp_path: Path, ledger: Ledger
) -> None:
    add_account(app)
    result = send(write(tmp_path, "One"), "--yes")
    assert (result.exit_code, "Say by --who who sends it" in result.output) == (2, True)
    assert send(write(tmp_path, "One"), "--yes", "--who", "anna@example.com").exit_code == 0
    assert names(ledger) == ["One"]


def test_a_database_that_comes_back_is_waited_for(
    send: Send, tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([True, True])
    reading = Store.reading

    def read(store: Store) -> AbstractContextManager[Session]:
        if sys._getframe(1).f_code.co_name == "_wait_for_progress" and next(refusals, False):  # noqa: SLF001
            raise OperationalError("SELECT", {}, Exception("the server is starting up"))
        return reading(store)

    monkeypatch.setattr(Store, "reading", read)
    assert send(write(tmp_path, "One"), "--yes").exit_code == 0
    assert names(ledger) == ["One"]
    assert not next(refusals, False)


def test_a_database_that_stays_silent_is_named_with_the_batch_that_goes_on(
    send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Store.reading

    def read(store: Store) -> AbstractContextManager[Session]:
        if sys._getframe(1).f_code.co_name == "_wait_for_progress":  # noqa: SLF001
            raise OperationalError("SELECT", {}, Exception("the server has gone"))
        return reading(store)

    monkeypatch.setattr(Store, "reading", read)
    monkeypatch.setattr(send_progress, "LONGEST_SILENCE", 0.0)
    result = send(write(tmp_path, "One"), "--yes")
    assert result.exit_code == 3
    assert "Batch 1 is confirmed, so the app or a worker goes on with it" in result.output


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        ("Client B", "There is no connection “Client B”. There are: Sandbox, Client A."),
        ("Client A", "Say by --who who sends it. Nothing was sent."),
    ],
)
def test_where_nothing_can_be_sent_it_says_why(
    send: Send, tmp_path: Path, add_connection: Callable[..., str], connection: str, message: str
) -> None:
    add_connection()
    result = send(write(tmp_path, "One"), "--yes", connection=connection)
    assert (result.exit_code, message in result.output) == (2, True)


def test_an_empty_file_is_nothing_to_send(send: Send, tmp_path: Path) -> None:
    result = send(write(tmp_path), "--yes")
    assert (result.exit_code, "There is no campaign in the file." in result.output) == (2, True)


def test_the_same_campaign_twice_is_sent_once(send: Send, tmp_path: Path, ledger: Ledger) -> None:
    result = send(write(tmp_path, "One", "Two", "One"), "--yes")
    assert "Line 3 is left out: It is the same as line 1." in result.output
    assert (result.exit_code, names(ledger)) == (1, ["One", "Two"])


def test_a_draft_that_was_changed_since_is_not_sent_for_the_line(
    send: Send, tmp_path: Path, ledger: Ledger, store: Store, visitor: Visitor
) -> None:
    file = write(tmp_path, "One")
    with store.writing() as session:
        approvals.set_rule(session, "sandbox", "", who="")
    assert send(file, "--yes", "--who", "Ada").exit_code == 2
    with store.writing() as session:
        approvals.set_rule(session, "sandbox", None, who="")
        (draft,) = session.query(Draft).all()
    visitor.press(visitor.open(f"/drafts/{draft.id}"), f"drafts/{draft.id}", {"name": "Changed"})
    result = send(file, "--yes")

    assert "Line 1 is left out: its draft of an earlier run says something else" in result.output
    assert (result.exit_code, names(ledger)) == (1, [])


def test_where_people_have_accounts_one_of_these_sends(
    app: Flask, send: Send, tmp_path: Path, ledger: Ledger, store: Store
) -> None:
    add_account(app)
    file = write(tmp_path, "One")
    refused = send(file, "--yes", "--who", "Ada")
    assert "Say by --who the e-mail address of an account" in refused.output
    assert names(ledger) == []

    add_account(app, "edda@example.com", {"sandbox": frozenset({Role.EDITOR})})
    refused = send(file, "--yes", "--who", "edda@example.com")
    assert "may not send to Sandbox. Nothing was sent." in refused.output
    assert (refused.exit_code, names(ledger)) == (2, [])

    send(file, "--yes", "--who", "anna@example.com")
    with store.reading() as session:
        (draft,) = session.scalars(select(Draft))
        made = audit_trail.read_draft_events(session, draft.id)[0]
    assert "anna@example.com" in made.who


def test_of_two_connections_that_look_alike_the_one_that_is_named_is_meant(
    send: Send, tmp_path: Path, store: Store, add_connection: Callable[..., str]
) -> None:
    add_connection("Client A")
    other = add_connection("Another")
    with store.writing() as session:  # As it could be entered once.
        session.get_one(SavedConnection, other).name = "Client  A"
    file = write(tmp_path, "One")
    assert "can be sent to Client A (LIVE)" in send(file, connection="Client A").output
    unclear = send(file, connection="Client   A")
    assert "Several connections look like “Client   A”." in unclear.output


def test_who_calls_in_has_no_hours_whatever_else_stands_there(
    send: Send, tmp_path: Path, ledger: Ledger
) -> None:
    file = tmp_path / "campaigns.jsonl"
    file.write_text(json.dumps(build_payload(inbound(name="Desk")) | {"start_date": "2027-01-04"}))
    result = send(file)
    assert "Line 1, Desk: answers whenever somebody rings" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize("connection", [["a"], {"a": 1}, 0, "\0", "\ud800"])
def test_an_odd_connection_leaves_its_line_out_and_no_other(
    send: Send, tmp_path: Path, ledger: Ledger, connection: object
) -> None:
    file = write(tmp_path, "One")
    odd = {"connection": connection, "payload": build_payload(outbound())}
    file.write_text(f"{json.dumps(odd)}\n{file.read_text()}")
    result = send(file, "--yes")
    assert "Line 1 is left out:" in result.output
    assert names(ledger) == ["One"]
