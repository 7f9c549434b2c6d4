"""An API that says the token back, in whatever way, never brings it onto a page or into a file."""

import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import outbound, typed
from tests.pages import Visitor
from tests.remote.wire import http
from tests.sending.presses import TOKEN
from tests.servers import answering

pytestmark = pytest.mark.slow

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda token: token,
    "in capitals": str.upper,
    "as hex": lambda token: token.encode().hex(),
    "as base64 with its scheme": lambda token: b64encode(f"Bearer {token}".encode()).decode(),
    "as entities": lambda token: "".join(f"&#{ord(sign)};" for sign in token),
    "encoded twice": lambda token: "".join(f"%25{ord(sign):02x}" for sign in token),
}


def success(text: str) -> str:
    data = {
        "campaign_id": text,
        "campaign_name": f"Of {text}",
        "campaign_type": text,
        "campaign_status": text,
    }
    return json.dumps({"status": "success", "message": text, "data": data})


def refusal(text: str) -> str:
    return json.dumps({"status": "error", "message": text, "errors": {"name": [text], text: ["x"]}})


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("status", "answer"), [(201, success), (422, refusal), (500, refusal)])
def test_no_page_shows_it(
    app: Flask, visitor: Visitor, spelling: str, status: int, answer: Callable[[str], str]
) -> None:
    spelled = SPELLINGS[spelling](TOKEN)
    with answering(http(status, answer(spelled), f"X-Said: {spelled}")) as (address, _):
        entry = {"name": "A", "kind": "live", "base_url": address.url, "token": TOKEN}
        made = visitor.press(visitor.open("/connections/new"), "new", entry)
        key = made.path.rpartition("/")[2]
        form = visitor.open("/drafts/new", connection=key)
        review = visitor.press(form, answers=typed(outbound()), then="review")
        result = visitor.press(review, "send", {"named": "A", "who": "Ada"})

    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    pages = [
        *(visitor.client.get(at, follow_redirects=True).text for at in (draft, result.path, "/")),
        *(visitor.client.get(draft + part).text for part in ("/history", "/evidence.json")),
        *(visitor.client.get(at).text for at in ("/requests", "/requests/1", "/requests.jsonl")),
    ]
    for page in pages:
        assert spelled.casefold() not in page.casefold()
        assert TOKEN not in page
