"""What became of each item of a batch, as a file: CSV, a spreadsheet, or lines of JSON."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.web.downloads import CSV, JSON_LINES, SPREADSHEET

FORMATS = {
    "csv": CSV,
    "xlsx": SPREADSHEET,
    "jsonl": JSON_LINES,
}
"""The media type of each kind of file, by the end of its name."""

_WIDTH = 12
_WIDTHS = {"name": 40, "campaign_id": 28, "message": 60, "known_at": 20, "draft": 20}
"""Characters that fit into a column of a spreadsheet, by its name."""

_HEADINGS = {
    "position": "No.",
    "name": "Campaign",
    "state": "What became of it",
    "campaign_id": "Campaign id",
    "message": "What was answered",
    "http_status": "HTTP status",
    "known_at": "Known at (UTC)",
    "submission": "Submission",
    "draft": "Draft",
    "connection": "Sent to",
    "is_sandbox": "Sandbox",
    "version": "Version",
    "sha256": "SHA-256",
    "pressed_by": "Pressed by",
    "approved_by": "Approved by",
}
"""What stands over a column for who reads it; programs have the names."""

_SIGNS = "=+@\\-\uff1d\uff0b\uff0d\uff20"  # Some are wide.
# Some programs pass over spaces before they look for a formula.
_IS_FORMULA = re.compile(rf"\s*[{_SIGNS}]|[\t\r\n]")
# And some split at these, which need no quotes to others.
_FORMULA_WITHIN = re.compile(rf"([;\t][\s\"']*)([{_SIGNS}])")


def write_results(rows: Iterable[Mapping[str, Any]], form: str) -> bytes:
    """Write rows, which all have the same columns, as a file of a kind of `FORMATS`."""
    if form == "jsonl":
        return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    return _write_sheet(_tabulate(rows)) if form == "xlsx" else _write_csv(_tabulate(rows))


def _tabulate(rows: Iterable[Mapping[str, Any]]) -> Iterator[Iterable[Any]]:
    """Yield the names of the columns, and the values of each row: there may be very many."""
    for at, row in enumerate(rows):
        if not at:
            yield row.keys()
        yield row.values()


def _write_csv(table: Iterable[Iterable[Any]]) -> bytes:
    """Write a table that a spreadsheet opens as text: nothing in it is taken for a formula."""
    out = StringIO()
    csv.writer(out).writerows([_disarm(value) for value in row] for row in table)
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # Else Excel takes it for another encoding.


def _disarm(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    disarmed = _FORMULA_WITHIN.sub(r"\1'\2", value)
    return f"'{disarmed}" if _IS_FORMULA.match(value) else disarmed


def _write_sheet(table: Iterable[Iterable[Any]]) -> bytes:
    out = BytesIO()
    with Workbook(out, {"constant_memory": True}) as book:
        sheet, head = book.add_worksheet("Results"), book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        at, names = 0, list[str]()
        for at, row in enumerate(table):
            if not at:
                names = list(row)
                _write_head(sheet, names, head)
                continue
            for column, (name, value) in enumerate(zip(names, row, strict=True)):
                if isinstance(value, bool):
                    sheet.write_string(at, column, "yes" if value else "no")
                elif isinstance(value, int):
                    sheet.write_number(at, column, value)
                elif value is not None and name == "known_at":
                    sheet.write_datetime(at, column, _read_utc(value), moment)
                elif value is not None:
                    sheet.write_string(at, column, str(value))
        if at:
            sheet.autofilter(0, 0, at, len(names) - 1)
    return out.getvalue()


def _write_head(sheet: Worksheet, names: Sequence[str], bold: Format) -> None:
    for column, name in enumerate(names):
        sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
        sheet.write_string(0, column, _HEADINGS.get(name, name), bold)


def _read_utc(moment: str) -> datetime:
    """Read an instant as a spreadsheet has it: UTC, without saying so."""
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)
