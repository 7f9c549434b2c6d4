"""The map of OWASP ASVS 5.0 has each requirement once, and leads to tests that are there."""

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "asvs.csv"
COLUMNS = ["id", "level", "chapter", "asks", "met", "test"]
OUT, NOT_MET, NONE = "out of scope", "not met", "none"
ID = re.compile(r"V(\d+)\.\d+\.\d+")

CHAPTERS = {
    "Encoding and Sanitization": 30,
    "Validation and Business Logic": 13,
    "Web Frontend Security": 31,
    "API and Web Service": 16,
    "File Handling": 13,
    "Authentication": 47,
    "Session Management": 19,
    "Authorization": 13,
    "Self-contained Tokens": 7,
    "OAuth and OIDC": 36,
    "Cryptography": 24,
    "Secure Communication": 12,
    "Configuration": 21,
    "Data Protection": 13,
    "Secure Coding and Architecture": 21,
    "Security Logging and Error Handling": 17,
    "WebRTC": 12,
}
"""How many requirements ASVS 5.0.0 has in each chapter, in their order."""

IN_SCOPE = {
    "Encoding and Sanitization": 18,
    "Validation and Business Logic": 13,
    "Web Frontend Security": 29,
    "API and Web Service": 10,
    "File Handling": 8,
    "Authentication": 37,
    "Session Management": 17,
    "Authorization": 13,
    "Cryptography": 23,
    "Secure Communication": 10,
    "Configuration": 21,
    "Data Protection": 13,
    "Secure Coding and Architecture": 21,
    "Security Logging and Error Handling": 17,
}

MOST_NOT_MET = {"3": 11}
"""By level. What is met later lowers these; nothing may raise them."""

Row = Mapping[str, str]


def read_map() -> list[Row]:
    with MAP.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = read_map()


def find_faults(rows: Iterable[Row]) -> list[str]:
    """Name what is wrong with each row, and which come twice."""
    rows = list(rows)
    faults = [f"{row['id']}: {fault}" for row in rows for fault in check_row(row)]
    counted = Counter(row["id"] for row in rows)
    return faults + [f"{name}: {number} times" for name, number in counted.items() if number > 1]


def check_row(row: Row) -> list[str]:
    """Say what is wrong with a row."""
    if list(row) != COLUMNS or not all(value and value.strip() for value in row.values()):
        return ["not all of it is there"]
    faults = []
    chapter = ID.fullmatch(row["id"])
    if chapter is None or list(CHAPTERS)[int(chapter[1]) - 1] != row["chapter"]:
        faults.append("its chapter is another")
    if row["level"] not in {"1", "2", "3"}:
        faults.append("there is no such level")
    if len(row["asks"].split()) > 12 or len(row["met"].split()) > 25:
        faults.append("it is too long")
    has_none = row["asks"] == OUT or row["met"].startswith(NOT_MET)
    if (row["test"] == NONE) != has_none:
        faults.append("what is met has a test, and nothing else has")
    if row["test"] != NONE and not is_test(row["test"]):
        faults.append(f"there is no {row['test']}")
    return faults + [f"there is no {path}" for path in list_paths(row) if not exists(path)]


def is_test(name: str) -> bool:
    path, _, test = name.partition("::")
    return test in list_tests(path)


@cache
def list_tests(path: str) -> frozenset[str]:
    """List the tests of a file, without importing it, those of classes as pytest names them."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    names = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}::{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef)
            }
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return frozenset(name for name in names if name.rpartition("::")[2].startswith("test_"))


def list_paths(row: Row) -> list[str]:
    """List the files that a row names: those of modules stand as they do below `app`."""
    named = re.findall(r"`([\w/]+\.(?:py|md|html|js))`", row["met"])
    return named + re.findall(r"\bdocs/[\w.]+\w", row["met"])


def exists(path: str) -> bool:
    return any((ROOT / place / path).exists() for place in (".", "app", "app/campaign"))


def test_no_row_has_a_fault() -> None:
    assert find_faults(ROWS) == []


def test_each_requirement_is_there_and_as_many_in_scope_as_were_chosen() -> None:
    assert Counter(row["chapter"] for row in ROWS) == CHAPTERS
    assert Counter(row["chapter"] for row in ROWS if row["asks"] != OUT) == IN_SCOPE
    for chapter in CHAPTERS:
        ids = [
            tuple(map(int, row["id"][1:].split("."))) for row in ROWS if row["chapter"] == chapter
        ]
        assert ids == sorted(ids)
        for before, after in pairwise(ids):  # None is left out in between.
            follows = after[:2] == before[:2] and after[2] == before[2] + 1
            assert follows or (after[1] == before[1] + 1 and after[2] == 1), after


def test_no_more_is_not_met_than_is_known() -> None:
    open_ones = Counter(row["level"] for row in ROWS if row["met"].startswith(NOT_MET))
    assert open_ones == MOST_NOT_MET


FAULTS = {
    "not all of it is there": {"met": " "},
    "its chapter is another": {"chapter": "WebRTC"},
    "there is no such level": {"level": "4"},
    "it is too long": {"asks": "word " * 13},
    "what is met has a test": {"test": NONE},
    "there is no tests/web/test_headers.py::test_none": {
        "test": "tests/web/test_headers.py::test_none"
    },
    "there is no tests/test_none.py::test_none": {"test": "tests/test_none.py::test_none"},
    "there is no web/nowhere.py": {"met": "by `web/nowhere.py`"},
    "there is no docs/nothing.md": {"met": "docs/nothing.md"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_would_be_found(fault: str) -> None:
    row = next(row for row in ROWS if row["test"] != NONE)
    assert check_row(row) == []
    [fault_found] = check_row({**row, **FAULTS[fault]})
    assert fault_found.startswith(fault)


def test_a_row_that_comes_twice_would_be_found() -> None:
    assert find_faults([ROWS[0], ROWS[0]]) == [f"{ROWS[0]['id']}: 2 times"]
