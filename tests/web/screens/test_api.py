"""The API for programs: what it takes, and what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.campaign.contract.payload import build_payload
from app.store import audit_trail, drafts
from app.store.database import Store
from app.web.request_bounds import LARGEST_REQUEST
from tests.factories import inbound
from tests.store.tampering import unguarded
from tests.web.programs import PAYLOAD, Program, read_errors, read_problem, write

BESIDE = {"audience": "48 states", "purpose": "marketing"}


class TestDrafts:
    """What is created, read and judged."""

    def test_a_draft_is_created_and_read(self, program: Program, store: Store) -> None:
        answer = program.post("/api/drafts", write(**BESIDE))
        assert answer.status_code == 201
        draft = answer.get_json()
        assert answer.location == f"/api/drafts/{draft['id']}"
        assert program.get(answer.location).get_json() == draft
        assert draft["payload"] == PAYLOAD
        assert {name: draft[name] for name in BESIDE} == BESIDE
        assert (draft["connection"], draft["version"], draft["state"]) == ("sandbox", 1, None)
        assert draft["page"].endswith(f"/drafts/{draft['id']}")
        assert "Set-Cookie" not in answer.headers
        with store.reading() as session:
            (event,) = audit_trail.read_draft_events(session, draft["id"])
        assert event.who == "Anna <anna@example.com>"

    def test_it_is_the_draft_that_the_form_shows(self, alone: Program, client: FlaskClient) -> None:
        draft = alone.post("/api/drafts", write(inbound_payload(), **BESIDE)).get_json()
        page = client.get(f"/drafts/{draft['id']}").text
        assert 'value="Front desk"' in page
        assert "48 states" in page

    @pytest.mark.parametrize("payload", [PAYLOAD, build_payload(inbound())])
    def test_it_is_judged_as_by_the_command_line(
        self, app: Flask, alone: Program, payload: dict[str, Any]
    ) -> None:
        created = alone.post("/api/drafts", write(payload, **BESIDE)).get_json()
        answer = alone.post(f"/api/drafts/{created['id']}/validate")
        options = ["--json", "--audience", "48 states", "--purpose", "marketing"]
        printed = app.test_cli_runner().invoke(
            args=["explain", "-", *options], input=json.dumps(payload).encode()
        )
        assert answer.get_json() == json.loads(printed.stdout)

    def test_what_is_left_out_is_a_problem_later(self, alone: Program) -> None:
        payload = {name: value for name, value in PAYLOAD.items() if name != "start_date"}
        created = alone.post("/api/drafts", write(payload | {"name": None}))
        assert created.status_code == 201
        judged = alone.post(f"/api/drafts/{created.get_json()['id']}/validate").get_json()
        assert {(each["field"], each["code"]) for each in judged["problems"]} == {
            ("name", "missing"),
            ("start_date", "missing"),
        }

    def test_a_connection_is_named_by_its_key_or_its_name(
        self, alone: Program, add_connection: Callable[..., str]
    ) -> None:
        key = add_connection()
        for connection in (key, "Client A"):
            answer = alone.post("/api/drafts", write() | {"connection": connection})
            assert answer.get_json()["connection"] == key

    def test_a_name_that_two_connections_have_is_neither(
        self, alone: Program, add_connection: Callable[..., str]
    ) -> None:
        key = add_connection(name="Sandbox")
        by_name = alone.post("/api/drafts", write() | {"connection": "Sandbox"})
        assert set(read_errors(by_name)) == {"#/connection"}
        by_key = alone.post("/api/drafts", write() | {"connection": key})
        assert by_key.get_json()["connection"] == key

    def test_a_deleted_draft_says_so(self, alone: Program, store: Store) -> None:
        address = alone.post("/api/drafts", write()).location
        with store.writing() as session:
            drafts.delete(session, address.rpartition("/")[2])
        assert alone.get(address).get_json()["is_deleted"] is True


def inbound_payload() -> dict[str, Any]:
    return build_payload(inbound())


class TestFaults:
    """What is refused, and how that is said."""

    @pytest.mark.parametrize(
        ("change", "pointer", "message"),
        [
            ({"start_date": "4 January"}, "#/payload/start_date", "Enter the first day as a date"),
            ({"end_date": "2027-01-04"}, "#/payload/end_date", "must be later than"),
            ({"timezone": "Mars"}, "#/payload/timezone", "Write the time zone by its IANA name"),
            ({"name": ""}, "#/payload/name", "Enter"),
            ({"name": "x" * 1001}, "#/payload/name", "takes 1,000 characters"),
            ({"max_call_attempts": 10**20}, "#/payload/max_call_attempts", "as a smaller number"),
            ({"colour": "red"}, "#/payload/colour", "Remove “colour”"),
            ({"a/b~ü": 1}, "#/payload/a~1b~0%C3%BC", "Remove"),
        ],
    )
    def test_a_fault_of_the_payload_is_named_by_its_field(
        self, alone: Program, change: dict[str, Any], pointer: str, message: str
    ) -> None:
        errors = read_errors(alone.post("/api/drafts", write(PAYLOAD | change)))
        assert set(errors) == {pointer}
        assert message in errors[pointer]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"connection": "nowhere"}, "#/connection"),
            ({"connection": None}, "#/connection"),
            ({"connection": ["sandbox"]}, "#/connection"),
            ({"payload": []}, "#/payload"),
            ({"payload": None}, "#/payload"),
            ({"audience": 7}, "#/audience"),
            ({"audience": "\ud800"}, "#/audience"),
            ({"audience": "x" * 2001}, "#/audience"),
            ({"purpose": "fun"}, "#/purpose"),
            ({"answers": {}}, "#/answers"),
        ],
    )
    def test_a_fault_beside_the_payload_is_named(
        self, alone: Program, change: dict[str, Any], pointer: str
    ) -> None:
        assert set(read_errors(alone.post("/api/drafts", write() | change))) == {pointer}

    @pytest.mark.parametrize(
        "content", [b"", b"[]", b"{", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"\xff"]
    )
    def test_what_is_no_object_is_refused(self, alone: Program, content: bytes) -> None:
        answer = alone.send("POST", "/api/drafts", content)
        assert read_problem(answer, 400)["title"] == "This is not one JSON object"

    def test_what_is_no_json_is_refused(self, alone: Program) -> None:
        answer = alone.send("POST", "/api/drafts", b"{}", "application/x-www-form-urlencoded")
        read_problem(answer, 415)

    def test_what_is_too_large_is_refused(self, alone: Program) -> None:
        read_problem(alone.send("POST", "/api/drafts", b" " * LARGEST_REQUEST), 400)
        read_problem(alone.send("POST", "/api/drafts", b" " * (LARGEST_REQUEST + 1)), 413)

    def test_what_is_not_there_is_told_in_json(self, alone: Program) -> None:
        read_problem(alone.get("/api/nothing"), 404)
        answer = alone.send("DELETE", f"/api/drafts/{drafts.make_id()}")
        read_problem(answer, 405)
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"

    @pytest.mark.sqlite
    def test_a_database_that_cannot_be_written_is_told_in_json(
        self, alone: Program, store: Store
    ) -> None:
        with unguarded(store) as session:
            session.execute(text("ALTER TABLE event RENAME TO hidden_event"))
        read_problem(alone.post("/api/drafts", write()), 503)
