"""What is saved as a file instead of being shown: its name, its kind, and the answer with it."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from flask import Response

CALENDAR = "text/calendar"
CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonl"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LONGEST_NAME = 60


def name_file(name: str, ending: str) -> str:
    """Name a file after a campaign, in small letters, digits and hyphens that any system takes."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-")
    return f"{words or 'campaign'}{ending}"


def send_download(content: str | bytes | Iterator[str], file: str, media_type: str) -> Response:
    """Answer with what a browser saves under the name *file*, which is plain ASCII."""
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=file)
    return answer
