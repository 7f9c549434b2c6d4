"""Who may ask the API: programs with a good token, or those of a machine without accounts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.rights import ALL, Role, Scope
from app.store import accounts, api_tokens, drafts
from app.store.database import Store
from app.store.people_models import Account
from app.store.sign_in_pace import OF_NETWORK
from tests.people.accounts import add_account, make_client, sign_in
from tests.web.programs import Program, make_token, read_errors, read_problem, write


def test_without_a_token_nothing_is_answered(app: Flask, account: Account) -> None:
    answer = Program(app).get(f"/api/drafts/{drafts.make_id()}")
    read_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Campaign Builder"'


def test_a_cookie_is_no_token(app: Flask, account: Account) -> None:
    client = make_client(app)
    sign_in(client)
    read_problem(client.get(f"/api/drafts/{drafts.make_id()}"), 401)


def test_a_token_opens_no_page(app: Flask, program: Program) -> None:
    assert program.get("/").location == "/sign-in"


def test_a_wrong_token_is_refused_and_then_slowed_down(app: Flask, program: Program) -> None:
    wrong, address = Program(app, "cb_wrong"), f"/api/drafts/{drafts.make_id()}"
    with time_machine.travel(datetime.now(UTC), tick=False):
        for _ in range(OF_NETWORK.burst):
            answer = wrong.get(address)
            read_problem(answer, 401)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        while (answer := wrong.get(address)).status_code == 401:
            pass
        read_problem(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
        assert program.get(address).status_code == 404
        assert sign_in(make_client(app)).location == "/"


def test_a_token_that_was_ended_opens_nothing(
    app: Flask, store: Store, account: Account, program: Program
) -> None:
    with store.writing() as session:
        api_tokens.end(session, account.id, 1, who="")
    read_problem(program.get(f"/api/drafts/{drafts.make_id()}"), 401)


def test_a_token_opens_nothing_once_its_day_has_come(program: Program) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        read_problem(program.get(f"/api/drafts/{drafts.make_id()}"), 401)


def test_tokens_end_with_the_last_account(app: Flask, store: Store, program: Program) -> None:
    with store.writing() as session:
        accounts.close_all(session, who="")
    read_problem(program.post("/api/drafts", write()), 401)
    assert Program(app).post("/api/drafts", write()).status_code == 201


def test_a_token_to_read_does_not_write(app: Flask, account: Account) -> None:
    reader = Program(app, make_token(app, account, Scope.READ))
    problem = read_problem(reader.post("/api/drafts", write()), 403)
    assert problem["detail"].startswith("This token may not change campaigns.")


def test_a_token_may_no_more_than_its_owner_may_now(
    app: Flask, store: Store, account: Account
) -> None:
    bo = add_account(app, "bo@example.com", {"sandbox": frozenset({Role.EDITOR})})
    program = Program(app, make_token(app, bo))
    assert program.post("/api/drafts", write()).status_code == 201
    with store.writing() as session:
        owner = accounts.find(session, bo.id)
        accounts.set_roles(session, owner, {ALL: frozenset({Role.VIEWER})}, who="")
    read_problem(program.post("/api/drafts", write()), 403)


def test_what_is_hidden_is_answered_like_what_is_missing(
    app: Flask, program: Program, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    hidden = program.post("/api/drafts", write() | {"connection": key}).location
    bo = add_account(app, "bo@example.com", {"sandbox": frozenset({Role.EDITOR})})
    other = Program(app, make_token(app, bo))
    for end in ("", "/validate"):
        ask = other.post if end else other.get
        here, missing = ask(hidden + end), ask(f"/api/drafts/{drafts.make_id()}{end}")
        assert read_problem(here, 404) == read_problem(missing, 404)
    elsewhere = read_errors(other.post("/api/drafts", write() | {"connection": key}))
    nowhere = read_errors(other.post("/api/drafts", write() | {"connection": "nowhere"}))
    assert elsewhere == nowhere


def test_who_may_only_look_at_a_connection_creates_nothing_there(
    app: Flask, account: Account, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    roles = {"sandbox": frozenset({Role.EDITOR}), key: frozenset({Role.VIEWER})}
    program = Program(app, make_token(app, add_account(app, "bo@example.com", roles)))
    read_problem(program.post("/api/drafts", write() | {"connection": key}), 403)


def test_when_it_was_used_is_written_down_now_and_then(
    store: Store, account: Account, program: Program
) -> None:
    def read_use() -> datetime | None:
        with store.reading() as session:
            return api_tokens.list_open(session, account.id)[0].used_at

    address, now = f"/api/drafts/{drafts.make_id()}", datetime.now(UTC)
    assert read_use() is None
    for minutes, used in ((0, 0), (4, 0), (6, 6)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            program.get(address)
        assert read_use() == now + timedelta(minutes=used)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999", "Sec-Fetch-Site": "none"},
    ],
)
def test_a_page_of_another_site_is_refused(alone: Program, headers: dict[str, str]) -> None:
    for method, address in (("POST", "/api/drafts"), ("GET", f"/api/drafts/{'a' * 16}")):
        read_problem(alone.send(method, address, b"{}", headers=headers), 403)


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_programs_of_this_machine_need_no_token(alone: Program, headers: dict[str, str]) -> None:
    content = json.dumps(write()).encode()
    answer = alone.send("POST", "/api/drafts", content, headers=headers)
    assert answer.status_code == 201


def test_an_app_that_others_reach_answers_no_program(app: Flask, alone: Program) -> None:
    app.config["IS_REACHABLE"] = True
    read_problem(alone.post("/api/drafts", write()), 403)
