"""What became of each item of a batch, as a file: CSV, a spreadsheet, or lines of JSON."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from app.web.downloads import CSV, JSON_LINES, SPREADSHEET

FORMATS = {
    "csv": CSV,
    "xlsx": SPREADSHEET,
    "jsonl": JSON_LINES,
}
"""The media type of each kind of file, by the end of its name."""

_WIDTH = 12
_WIDTHS = {"name": 40, "campaign_id": 28, "message": 60, "known_at": 26, "draft": 20}
"""Characters that fit into a column of a spreadsheet, by its heading."""

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
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(table):
            for column, value in enumerate(row):
                if not at:
                    sheet.set_column(column, column, _WIDTHS.get(str(value), _WIDTH))
                if isinstance(value, int):
                    sheet.write_number(at, column, value)
                elif value is not None:
                    sheet.write_string(at, column, str(value), None if at else head)
    return out.getvalue()
