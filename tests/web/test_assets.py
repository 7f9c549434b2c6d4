"""Static files: compressed, kept for ever, and never an old one with a new page."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.assets import fingerprint
from tests.people.accounts import add_account, sign_in

STYLE = Path(__file__).parents[2] / "static" / "css"
PARTS = sorted(STYLE.glob("*/*.css"))
LAYER = re.compile(r"^@layer ([\w, ]+)(;| {)", re.MULTILINE)


@pytest.fixture
def sheet(client: FlaskClient) -> str:
    link = re.search(r'href="(/static/[^"]+/style.css)"', client.get("/").text)
    assert link
    return link[1]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_they_are_compressed_as_the_browser_likes_it(
    client: FlaskClient, sheet: str, encoding: str
) -> None:
    plain = client.get(sheet).data
    response = client.get(sheet, headers={"Accept-Encoding": encoding})
    assert response.headers["Content-Encoding"] == encoding
    assert len(response.data) < len(plain) / 2


def test_browsers_may_keep_them_for_a_year(client: FlaskClient, sheet: str) -> None:
    assert client.get(sheet).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_is_kept_is_kept_whoever_signs_in_or_out(
    app: Flask, client: FlaskClient, sheet: str
) -> None:
    # A cookie that is renewed would make everything be asked for anew.
    assert client.get(sheet).headers["Vary"] == "Accept-Encoding"
    add_account(app)
    sign_in(client)
    assert client.get(sheet).headers["Vary"] == "Accept-Encoding"


def test_an_address_that_is_gone_is_not_kept(client: FlaskClient) -> None:
    response = client.get("/static/000000000000/style.css")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_only_what_pages_load_is_served(app: Flask, client: FlaskClient) -> None:
    static = Path(str(app.static_folder))
    files = [path for path in static.rglob("*") if path.is_file()]
    statuses = {
        path.suffix: client.get(f"{app.static_url_path}/{path.relative_to(static)}").status_code
        for path in files
    }
    assert {kind for kind, status in statuses.items() if status == 200} == {".css", ".js", ".svg"}
    assert statuses[".sh"] == statuses[".txt"] == statuses[""] == 404
    for folder in ("", "js", "js/", "vendor/htmx", "../app/__init__.py", "%2e%2e/pyproject.toml"):
        assert client.get(f"{app.static_url_path}/{folder}").status_code == 404, folder


@pytest.mark.parametrize(
    "address", ["/", "/about", "/connections", "/requests", "/requests.jsonl", "/nothing", "/rules"]
)
def test_no_page_is_kept_by_a_cache(client: FlaskClient, address: str) -> None:
    assert client.get(address).headers.getlist("Cache-Control") == ["no-store"]


def test_the_address_of_every_file_changes_with_any_of_them(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "one.js").write_text("2")
    assert fingerprint(tmp_path) != before


def test_every_file_that_a_page_names_is_there(app: Flask, client: FlaskClient) -> None:
    page = client.get("/drafts/new/a1a1a1a1a1a1a1a1").text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert client.get(address).status_code == 200, address


def test_the_style_is_every_part_of_it_after_the_order_of_the_layers(
    client: FlaskClient, sheet: str
) -> None:
    response = client.get(sheet)
    assert response.mimetype == "text/css"
    assert response.text.startswith((STYLE / "layers.css").read_text())
    assert len(PARTS) > 40
    for part in PARTS:
        assert part.read_text() in response.text, part


def test_every_part_of_the_style_is_in_the_declared_layer_that_its_folder_names() -> None:
    declared = LAYER.findall((STYLE / "layers.css").read_text())
    assert [end for _, end in declared] == [";"]
    layers = declared[0][0].split(", ")
    for part in PARTS:
        assert LAYER.findall(part.read_text()) == [(part.parent.name, " {")], part
        assert part.parent.name in layers, part
