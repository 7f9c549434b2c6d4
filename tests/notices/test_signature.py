"""Calls are signed as Standard Webhooks has it."""

import base64

import pytest

from app.notices.signature import make_secret, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_libraries_has_its_signature() -> None:
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("message_id", "timestamp", "body"),
    [("msg_b", 1, b"{}"), ("msg_a", 2, b"{}"), ("msg_a", 1, b"[]"), ("msg_a.1", 1, b"{}")],
)
def test_another_id_time_or_body_has_another(message_id: str, timestamp: int, body: bytes) -> None:
    assert sign(SECRET, message_id, timestamp, body) != sign(SECRET, "msg_a", 1, b"{}")


def test_secrets_are_drawn_and_long() -> None:
    first, second = make_secret(), make_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32
