"""An archive shows any change of it, and whose it is."""

from pathlib import Path

import pytest

from app.store.archive_file import (
    Archive,
    Damaged,
    Numbers,
    derive_key,
    read_archive,
    write_archive,
    write_ranges,
)

KEY = derive_key("one secret")
EVENTS = [
    {"chain": chain, "number": number, "hash": f"{number}"}
    for chain, number in (("draft/a", 1), ("draft/a", 2), ("draft/b", 1))
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive" / "log.jsonl"
    calls = [("call", {"id": number, "text": "é\u2028\n"}) for number in (7, 8, 10)]
    write_archive(path, {"what": "log"}, [*calls, *(("event", event) for event in EVENTS)], KEY)
    return path


def refused(path: Path) -> str:
    with pytest.raises(Damaged) as raised:
        read_archive(path, KEY)
    return str(raised.value)


def test_it_says_what_it_holds(path: Path) -> None:
    archive = read_archive(path, KEY)
    assert archive == Archive(
        {"archive": 1, "what": "log"},
        {
            "sha256": archive.holds["sha256"],
            "rows": {"call": 3, "event": 3},
            "submissions": [],
            "calls": [[7, 8], [10, 10]],
            "chains": [["draft/a", 2, "2"], ["draft/b", 1, "1"]],
        },
        is_signed=True,
    )


def test_any_change_of_any_byte_shows(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            is_signed = read_archive(path, KEY).is_signed
        except Damaged:
            continue
        assert not is_signed


def test_any_end_that_is_missing_shows(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert refused(path)


@pytest.mark.parametrize("line", range(1, 7))
def test_a_row_that_is_missing_or_there_twice_shows(path: Path, line: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for other in (lines[:line] + lines[line + 1 :], lines[: line + 1] + lines[line:]):
        path.write_bytes(b"".join(other))
        assert refused(path) == "It was changed: its digest is another."


def test_one_that_was_made_up_is_not_signed(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    write_archive(path, {"what": "log"}, [("call", {"id": 1})], derive_key("another secret"))
    assert not read_archive(path, KEY).is_signed
    assert path.read_bytes() != content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}",
        b"{}\n{}\n",
        b"[]\n[]\n",
        b"\xff\n\xff\n",
        b"[" * 5000,
    ],
)
def test_what_is_none_is_said_to_be_none(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert refused(path) == "It is not a complete archive of Campaign Builder."


def test_one_of_a_later_form_is_not_read(path: Path) -> None:
    path.unlink()
    write_archive(path, {"archive": 2}, [], KEY)
    assert refused(path) == "It is not a complete archive of Campaign Builder."


def test_one_that_is_there_is_never_written_over(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write_archive(path, {}, [], KEY)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_numbers_are_the_same_after_they_were_ranges() -> None:
    numbers = [1, 2, 3, 7, 9, 10]
    assert write_ranges(reversed(numbers)) == [[1, 3], [7, 7], [9, 10]]
    kept = Numbers(reversed(write_ranges(numbers)))
    assert [number for number in range(20) if number in kept] == numbers
    assert [kept.count_up_to(highest) for highest in (0, 2, 3, 8, 9, 99)] == [0, 2, 3, 4, 5, 6]


def test_one_that_cannot_be_written_whole_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_archive(tmp_path / "log.jsonl", {}, [("call", {"id": object()})], KEY)
    assert list(tmp_path.iterdir()) == []
