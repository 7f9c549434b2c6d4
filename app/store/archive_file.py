"""An archive: a file of rows that were taken out of the database, which shows any change of it.

It is JSON lines: a head, one line for each row, and an end with the SHA-256 of all lines before
and its HMAC. The event trail keeps that digest, and what the file holds; so the file is bound to
the trail as the rows were, and the HMAC tells without the trail whose archive it is.
"""

import hashlib
import hmac
import json
import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from app.private_files import make_lasting_folder, sync_folder

FORM = 1
"""The version of how an archive is written."""

Row = tuple[str, Mapping[str, Any]]
"""Of which kind a row is (batch, comment, draft and so on), and it as JSON has it."""

_NOT_ONE = (KeyError, TypeError, AttributeError, ValueError, RecursionError)


class Damaged(Exception):
    """An archive that does not hold; the message is a sentence that says why."""


@dataclass(frozen=True)
class Archive:
    """What an archive holds, as read from it.

    *holds* is what the trail keeps of it: its digest, how many rows of each kind, the ids of
    submissions and calls in ranges, and each chain with the number and the hash of its last event.
    """

    head: Mapping[str, Any]
    holds: Mapping[str, Any]
    is_signed: bool


def derive_key(secret: str) -> bytes:
    """Derive the key that signs archives from the app's secret key."""
    return hmac.digest(secret.encode(), b"campaign-builder archive", "sha256")


def write_archive(path: Path, head: Mapping[str, Any], rows: Iterable[Row], key: bytes) -> None:
    """Write a new archive durably, or none; raises `OSError`, also for one that is there."""
    make_lasting_folder(path.parent)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "wb") as file:
            whole = hashlib.sha256()
            for document in ({"archive": FORM, **head}, *_wrap(rows)):
                line = _write_line(document)
                whole.update(line)
                file.write(line)
            end = {"sha256": whole.hexdigest(), "signature": _sign(whole.hexdigest(), key)}
            file.write(_write_line(end))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_archive(path: Path, key: bytes) -> Archive:
    """Read an archive, and hold it to its digest; raises `Damaged` and `OSError`."""
    try:
        with path.open("rb") as file:
            return _read(file, key)
    except _NOT_ONE as error:
        raise Damaged("It is not a complete archive of Campaign Builder.") from error


def write_ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Write numbers as ranges in their order, each as its first and its last."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


class Numbers:
    """Numbers in ranges, of which there may be many more than memory has room for."""

    def __init__(self, ranges: Iterable[Sequence[int]]) -> None:
        """Take on ranges that have no number in common, each as its first and its last."""
        self._ranges = sorted((int(first), int(last)) for first, last in ranges)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._ranges, number, key=itemgetter(0))
        return place > 0 and number <= self._ranges[place - 1][1]

    def count_up_to(self, highest: int) -> int:
        """Count the numbers that are not higher than this one."""
        return sum(
            min(last, highest) - first + 1 for first, last in self._ranges if first <= highest
        )


def _wrap(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    return ({kind: document} for kind, document in rows)


def _write_line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _sign(digest: str, key: bytes) -> str:
    return hmac.digest(key, digest.encode(), "sha256").hex()


def _read(lines: Iterable[bytes], key: bytes) -> Archive:
    whole, rows, last = hashlib.sha256(), _Rows(), b""
    head: Mapping[str, Any] | None = None
    for line in lines:
        if last:
            whole.update(last)
            if head is None:
                head = json.loads(last)
            else:
                rows.take(json.loads(last))
        last = line
    end, digest = json.loads(last), whole.hexdigest()
    if head is None or head["archive"] != FORM or not last.endswith(b"\n"):
        raise ValueError
    if end["sha256"] != digest:
        raise Damaged("It was changed: its digest is another.")
    is_signed = hmac.compare_digest(str(end["signature"]).encode(), _sign(digest, key).encode())
    return Archive(head, {"sha256": digest, **rows.describe()}, is_signed)


class _Rows:
    """Counts rows, and notes which they are."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._ids: dict[str, list[int]] = {"submission": [], "call": []}
        self._ends: dict[str, tuple[int, str]] = {}

    def take(self, line: Mapping[str, Any]) -> None:
        ((kind, row),) = line.items()
        self._counts[kind] += 1
        if kind in self._ids:
            self._ids[kind].append(row["id"])
        if kind == "event":
            self._ends[row["chain"]] = max(
                (row["number"], row["hash"]), self._ends.get(row["chain"], (0, ""))
            )

    def describe(self) -> dict[str, Any]:
        return {
            "rows": dict(sorted(self._counts.items())),
            "submissions": write_ranges(self._ids["submission"]),
            "calls": write_ranges(self._ids["call"]),
            "chains": [[chain, *end] for chain, end in sorted(self._ends.items())],
        }
