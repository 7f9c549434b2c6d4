"""What somebody has typed stays what it is in files, headers and lines of the log."""

import csv
import json
import logging
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from lxml import etree

from app.services import find_services
from app.web.batch_results import write_results
from tests.factories import outbound
from tests.log_lines import TEXT, Log, logging_to
from tests.pages import Page
from tests.sending.batch_of import make_confirmed

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "=cmd|' /C calc'!A0",
]
NAMES = [
    *FORMULAS,
    'a"\r\n=1+1,"b',
    "a\r\nBEGIN:VEVENT\r\nSUMMARY:Forged\r\nEND:VEVENT",
    "a\nATTACH:https://evil.example",
    "a;VALUE=b,c:d\\n\\;\\,",
    "a\u2028BEGIN:VEVENT\u2029END:VEVENT\x85END:VCALENDAR",
    "été " * 60,
    "\U0001f642" * 100,
    "\x1b[31mred\x07",
    "a\r\nSet-Cookie: b=c",
]
DOWNLOADS = ("windows.ics", "evidence.json")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_calendar_has_the_name_in_one_property_of_short_lines(
    client: FlaskClient, saved: Callable[..., str], name: str
) -> None:
    content = client.get(f"/drafts/{saved(outbound(name=name))}/windows.ics").data
    plain = client.get(f"/drafts/{saved(outbound(name='plain'))}/windows.ics").data

    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    unfolded = content.replace(b"\r\n ", b"")
    assert list_properties(unfolded) == list_properties(plain.replace(b"\r\n ", b""))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", unfolded.decode().replace("\r\n", ""))
    assert len(unfolded.decode().splitlines()) == unfolded.count(b"\r\n")
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == 63
    words = "".join(sign if sign.isprintable() else " " for sign in name).split()
    assert str(events[0]["summary"]) == f"Calls: {' '.join(words)}"


def list_properties(content: bytes) -> list[bytes]:
    return [re.split(b"[:;]", line)[0] for line in content.split(b"\r\n")]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_table_has_the_name_in_one_cell_that_is_no_formula(name: str) -> None:
    row = {"name": name, "number": -1}
    content = write_results([row, row], "csv").decode("utf-8-sig")

    header, *rows = csv.reader(StringIO(content, newline=""))
    assert (header, len(rows)) == (["name", "number"], 2)
    for cell, number in rows:
        assert cell.replace("'", "") == name.replace("'", "")
        assert number == "-1"
        is_formula = name.lstrip()[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")
        assert cell.startswith("'") == (is_formula or name[0] in "\t\r\n")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_spreadsheet_has_it_as_text(name: str) -> None:
    with ZipFile(BytesIO(write_results([{"name": name}], "xlsx"))) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))

    assert not sheet.findall(".//{*}f")
    assert not sheet.findall(".//{*}hyperlink")
    cells = sheet.findall(".//{*}c")
    assert len(cells) == 2
    assert {cell.get("t") for cell in cells} <= {"s", "inlineStr"}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_lines_of_json_are_one_for_each_row(name: str) -> None:
    content = write_results([{"name": name}] * 2, "jsonl").decode()

    assert [json.loads(line)["name"] for line in content.split("\n")[:-1]] == [name, name]


def test_no_name_gets_into_a_header(
    app: Flask, client: FlaskClient, saved: Callable[..., str]
) -> None:
    services = find_services(app)
    drafts = [saved(outbound(name=name)) for name in NAMES]
    batch_id = make_confirmed(services.store, services.connections, drafts)
    addresses = [f"/batches/{batch_id}/results.{form}" for form in ("csv", "xlsx", "jsonl")]
    addresses += [f"/drafts/{draft}/{file}" for draft in drafts for file in DOWNLOADS]
    for address in (*addresses, "/requests.jsonl"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert re.fullmatch(
            r"attachment; filename=[a-z0-9.-]+(; filename\*=UTF-8''[a-z0-9.%A-F-]+)?",
            answer.headers["Content-Disposition"],
        )
        assert not [value for _, value in answer.headers if not value.isascii() or "\n" in value]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_line_of_the_log_stays_one_line_that_no_terminal_obeys(name: str, log: Log) -> None:
    logging.getLogger("app.of.a.test").warning("It was %s", name)
    [line] = log.lines()
    assert log.text.isascii()
    assert len(log.text.splitlines()) == 1
    assert line["event"] == f"It was {name}"

    with logging_to(Log(), TEXT) as text:
        logging.getLogger("app.of.a.test").warning("It was %s", name)
        assert len(text.text.splitlines()) == 1
        assert text.text.removesuffix("\n").isprintable()


def test_what_an_error_says_is_escaped() -> None:
    error = FileNotFoundError(2, "Not there", "a\x1b[31mb\nroot logged in")
    with logging_to(Log(), TEXT) as log:
        logging.getLogger("app.of.a.test").error("It failed", exc_info=error)

        assert "Not there (a\\x1b[31mb root logged in)" in log.text
        assert all(line.isprintable() for line in log.text.split("\n"))


def test_the_secret_of_a_compressed_page_is_another_in_each_second(client: FlaskClient) -> None:
    def read_token(second: int) -> str:
        with time_machine.travel(1_800_000_000 + second, tick=False):
            answer = client.get("/drafts/new/a1a1a1a1a1a1a1a1")
        return str(Page(answer).typed("csrf_token")).rpartition(".")[2]

    signatures = {read_token(second) for second in range(3)}

    assert len(signatures) == 3
    assert min(map(len, signatures)) >= 27


@pytest.mark.parametrize("between", [";", "\t", "; ", ";\t", ';"', ";''"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_formula_begins_where_a_spreadsheet_splits_at_another_sign(
    between: str, sign: str
) -> None:
    content = write_results([{"name": f"x{between}{sign}HYPERLINK(1)"}], "csv").decode()
    cells = [cell.strip(' "') for cell in re.split(r"[,;\t\r\n]", content)]
    assert not any(cell.startswith(sign) for cell in cells)
