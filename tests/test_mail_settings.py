"""Where mail is handed over, as it can be written, and what cannot be meant."""

import pytest

from app.mail_settings import MailServer, read_mail_server, read_sender
from app.setting_values import BadSetting


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587)),
        ("smtp://mail.example:25/", MailServer("mail.example", 25)),
        ("smtps://mail.example", MailServer("mail.example", 465, is_encrypted_at_once=True)),
        (
            "smtp://who%40example.com:p%2F%3A%40ss@mail.example:587",
            MailServer("mail.example", 587, user="who@example.com", password="p/:@ss"),
        ),
        ("smtp://[::1]:2525", MailServer("::1", 2525)),
    ],
)
def test_a_server_is_read_from_its_url(url: str, server: MailServer) -> None:
    assert read_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://who@mail.example",
        "smtp://:password@mail.example",
        "smtp://mail.example:0",
        "smtp://mail.example:66000",
        "smtp://mail.example/inbox",
        "smtp://mail.example?tls=no",
        "smtp://mail.example#a",
        "smtp://who:a%0d%0aRSET@mail.example",
        "smtp://[mail.example",
    ],
)
def test_what_is_no_server_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(BadSetting) as raised:
        read_mail_server(url)
    assert "mail.example" not in str(raised.value)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("mail.example", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_only_this_machine_may_be_spoken_to_without_encryption(host: str, *, is_here: bool) -> None:
    assert MailServer(host, 587).is_here is is_here


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("campaigns@example.com", "campaigns@example.com"),
        ("Campaign Builder <a@example.com>", "Campaign Builder <a@example.com>"),
        ("Zürich <a@bücher.example>", "Zürich <a@xn--bcher-kva.example>"),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(written: str, sender: str) -> None:
    assert str(read_sender(written)) == sender


@pytest.mark.parametrize("written", ["nobody", "a@b@example.com", "ü@example.com", "<>"])
def test_what_is_no_sender_is_refused(written: str) -> None:
    with pytest.raises(BadSetting, match="MAIL_FROM is"):
        read_sender(written)
