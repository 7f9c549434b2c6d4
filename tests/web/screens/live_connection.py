"""A live connection as it is typed, the token that is kept of one, and what is sent over it."""

from flask import Flask

from app.services import find_services
from tests.factories import inbound
from tests.pages import Page
from tests.sending.presses import TOKEN

ANSWERS = {
    "name": "Client A",
    "kind": "live",
    "base_url": "https://api.example",
    "token": TOKEN,
    "colour": "purple",
    "notes": "Ask Jo.",
}


def token(app: Flask, page: Page) -> str:
    key = page.path.rpartition("/")[2]
    return str(find_services(app).connections.open_api(key).connection.token)


def ready() -> dict[str, str]:
    return {name: str(value) for name, value in inbound().items()}
