"""What became of each item of a batch, as a file: CSV, a spreadsheet, or lines of JSON."""

import csv
import json
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
}
"""The media type of each kind of file, by the end of its name."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_results(rows: Iterable[Mapping[str, Any]], form: str) -> bytes:
    """Write rows, which all have the same columns, as a file of a kind of `FORMATS`."""
    documents = list(rows)
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in documents).encode()
    table = [list(documents[0]) if documents else [], *(list(row.values()) for row in documents)]
    return _write_sheet(table) if form == "xlsx" else _write_csv(table)


def _write_csv(table: list[list[Any]]) -> bytes:
    """Write a table that a spreadsheet opens as text: nothing in it is taken for a formula."""
    out = StringIO()
    csv.writer(out).writerows([[_disarm(value) for value in row] for row in table])
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # Else Excel takes it for another encoding.


def _disarm(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write_sheet(table: list[list[Any]]) -> bytes:
    out = BytesIO()
    with Workbook(out, {"constant_memory": True, "in_memory": True}) as book:
        sheet = book.add_worksheet("Results")
        for at, row in enumerate(table):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(at, column, value)
                elif value is not None:
                    sheet.write_string(at, column, str(value))
    return out.getvalue()
