"""What is saved as a file instead of being shown: its name, its kind, and the answer with it."""

import re
from collections.abc import Iterator
from unicodedata import category, normalize
from urllib.parse import quote

from flask import Response

from app.campaign.contract.visible import JOINERS

CALENDAR = "text/calendar"
CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonl"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LONGEST_NAME = 60


def name_file(name: str, ending: str) -> str:
    """Name a file after a campaign, in small letters (of any script), digits and hyphens."""
    signs = normalize("NFC", name.casefold())
    # Letters, the marks that belong to them, what joins them, and numbers.
    kept = "".join(sign if sign in JOINERS or category(sign)[0] in "LMN" else "-" for sign in signs)
    words = re.sub(f"-[-{JOINERS}]*", "-", kept)[:_LONGEST_NAME].strip(f"-{JOINERS}")
    return f"{words or 'campaign'}{ending}"


def send_download(content: str | bytes | Iterator[str], file: str, media_type: str) -> Response:
    """Answer with what a browser saves under the name *file*, with letters of any script."""
    answer = Response(content, mimetype=media_type)
    ascii_file = normalize("NFKD", file).encode("ascii", "ignore").decode()
    names = {"filename": ascii_file if ascii_file[0] not in "-." else f"campaign{ascii_file}"}
    if not file.isascii():
        names["filename*"] = f"UTF-8''{quote(file)}"  # RFC 8187; the other is for old browsers.
    answer.headers.set("Content-Disposition", "attachment", **names)
    return answer
