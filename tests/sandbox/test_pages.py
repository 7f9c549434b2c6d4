"""What the sandbox says about itself."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from app.campaign.contract.fields import FIELDS
from app.sandbox import create_sandbox
from app.sandbox.assumptions import ASSUMPTIONS
from app.sandbox.file import FILE, open_file
from tests.campaign.contract.test_vectors import SAMPLE
from tests.pages import PARSER


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_sandbox(open_file(tmp_path / FILE)).test_client()


def soup(answer: TestResponse) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, PARSER)


def description(client: Client, mount: str = "") -> dict[str, Any]:
    answer = client.get(f"{mount}/openapi.json")
    return dict(answer.get_json())


def test_the_page_says_whose_it_is(client: FlaskClient) -> None:
    page = soup(client.get("/"))

    assert page.header is not None
    assert "Sandbox of Campaign Builder, not VoiceAIWrapper" in page.header.text


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_page_lists_every_field(client: FlaskClient, field: Any) -> None:
    rows = [row for row in soup(client.get("/"))("tr") if row.find("code", string=field.name)]

    assert len(rows) == 1
    for choice in field.choices or ():
        assert choice in rows[0].text
    if field.minimum is not None:
        assert f"{field.minimum} or more" in rows[0].text
    if field.after:
        assert f"later than {field.after}" in rows[0].text


def test_what_is_assumed_is_labelled_so(client: FlaskClient) -> None:
    readings = soup(client.get("/")).select("dl.assumptions dd")

    assert [reading.text.strip() for reading in readings] == [
        f"assumed {assumption.reading}" for assumption in ASSUMPTIONS
    ]


def test_the_page_needs_no_inline_script_or_style(client: FlaskClient) -> None:
    answer = client.get("/")
    page = soup(answer)

    assert not page("script")
    assert not page("style")
    assert not page(style=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("mount", ["", "/sandbox"])
def test_every_link_of_the_page_works_where_it_is_mounted(tmp_path: Path, mount: str) -> None:
    sandbox = create_sandbox(open_file(tmp_path / FILE))
    client = Client(DispatcherMiddleware(Response("the app"), {mount: sandbox} if mount else None))
    if not mount:
        client = Client(sandbox)

    page = soup(client.get(f"{mount}/"))
    links = [str(tag["href"]) for tag in page(["a", "link"])]

    assert len(links) == 3
    for link in links:
        with client.get(link) as answer:
            assert link.startswith(f"{mount}/")
            assert answer.status_code == 200
    assert f"curl http://localhost{mount}/api/v2/voice-campaigns" in page.text
    assert description(client, mount)["servers"] == [{"url": mount or "/"}]


def test_the_description_carries_the_vendors_sample(client: FlaskClient) -> None:
    (path,) = description(client)["paths"].values()

    assert path["post"]["requestBody"]["content"]["application/json"]["example"] == SAMPLE
