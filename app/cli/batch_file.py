"""A file with the JSON of a campaign on each line, read as strictly as what is sent needs it."""

import hashlib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from app.campaign.compliance.evidence import Severity
from app.campaign.contract.payload import build_payload, write_values_as_answers
from app.campaign.contract.reading import Reading, read_json
from app.campaign.contract.strict_json import Malformed, parse_object
from app.campaign.contract.validation import find_problems_of_document
from app.campaign.contract.wording import WORDS, describe_first_problem, join_words
from app.campaign.explanation import Explanation, explain
from app.connections import Connection


@dataclass(frozen=True)
class Line:
    """A campaign in the file: its place there, what it says, and what is wrong with it.

    `name` is the same for the same line of the same file, whoever reads it when.
    """

    number: int
    name: str
    problem: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    calling_days: int = 0
    findings: Mapping[Severity, int] = field(default_factory=dict)


def read_lines(file: BinaryIO, to: Connection) -> Iterator[Line]:
    """Read the campaigns of a file that go to a connection; blank lines are left out."""
    now, first = datetime.now(UTC), dict[str, int]()
    for number, line_as_is in enumerate(file, 1):
        # Some editors tell the encoding of a file at its start.
        content = line_as_is.removeprefix(BOM_UTF8) if number == 1 else line_as_is
        if content := content.strip():
            line = _read_line(number, content, to, now)
            if line.problem == "" and first.setdefault(line.digest, number) != number:
                same = f"It is the same as line {first[line.digest]}."
                line = replace(line, problem=same)
            yield line


def _read_line(number: int, content: bytes, to: Connection, now: datetime) -> Line:
    whole = f"{to.key}\n{number}\n".encode() + content
    name = hashlib.sha256(whole).hexdigest()[:16]
    try:
        reading = read_json(parse_object(content))
    except Malformed as error:
        return Line(number, name, str(error))
    if problems := find_problems_of_document(reading):
        return Line(number, name, describe_first_problem(problems))
    answers = write_values_as_answers(reading.values) | {"connection": to.key}
    meaning = explain(answers, now)
    if problem := _find_difference(reading, meaning):
        return Line(number, name, problem)
    days = meaning.overview.calling_days if meaning.overview else 0
    kinds = Counter(finding.severity for finding in meaning.findings)
    return Line(number, name, "", answers, meaning.digest, days, kinds)


def _find_difference(reading: Reading, meaning: Explanation) -> str:
    """Say what keeps a line from being saved and sent exactly as it stands; nothing if it can."""
    if meaning.problems:
        return describe_first_problem(meaning.problems)
    stands = build_payload(reading.values)
    changed = [name for name, value in stands.items() if meaning.payload.get(name) != value]
    if not changed:
        return ""
    things = join_words([WORDS[name].thing for name in changed])
    return f"Take the spaces at both ends out of {things}: they would not be sent."
