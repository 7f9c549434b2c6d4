"""A request brings no more than its screen can need: bytes, fields and parts of a form."""

import pytest
from flask.testing import FlaskClient

from app.web.request_bounds import LARGEST_REQUEST, MOST_BYTES, MOST_FIELDS

FORM = "application/x-www-form-urlencoded"
TOO_MUCH = "That is too much at once"
DRAFT = "/drafts/a1a1a1a1a1a1a1a1"


def post(client: FlaskClient, address: str, body: bytes, kind: str = FORM) -> int:
    answer = client.post(address, data=body, content_type=kind)
    assert (TOO_MUCH in answer.text) == (answer.status_code == 413)
    return answer.status_code


def fill(size: int) -> bytes:
    return b"a=" + b"x" * (size - 2)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/preview", LARGEST_REQUEST),
        (DRAFT, LARGEST_REQUEST),
        (f"{DRAFT}/autosave", LARGEST_REQUEST),
        (f"{DRAFT}/merge", LARGEST_REQUEST),
        (f"{DRAFT}/send", LARGEST_REQUEST),
        (f"{DRAFT}/accept", LARGEST_REQUEST),
        (f"{DRAFT}/presets/keep", MOST_BYTES),
        ("/batches", MOST_BYTES),
        ("/connections/new", MOST_BYTES),
        ("/sandbox-campaigns/fault", MOST_BYTES),
    ],
)
def test_each_screen_takes_as_much_as_it_can_need(
    client: FlaskClient, address: str, most: int
) -> None:
    assert post(client, address, fill(most)) != 413
    assert post(client, address, fill(most + 1)) == 413


def test_a_form_has_only_so_many_fields(client: FlaskClient) -> None:
    assert post(client, "/preview", b"&".join([b"a=1"] * MOST_FIELDS)) == 200
    assert post(client, "/preview", b"&".join([b"a=1"] * (MOST_FIELDS + 1))) == 413
    assert post(client, "/preview", b"&" * (LARGEST_REQUEST - 1)) == 413


def test_a_form_has_only_so_many_parts(client: FlaskClient) -> None:
    def write_parts(number: int) -> bytes:
        part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        return part * number + b"--x--\r\n"

    kind = "multipart/form-data; boundary=x"
    assert post(client, "/preview", write_parts(MOST_FIELDS), kind) == 200
    assert post(client, "/preview", write_parts(MOST_FIELDS + 1), kind) == 413
