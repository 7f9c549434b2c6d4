"""E-mail reaches a real server, encrypted where it leaves this machine, and to one person only."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail_settings import MailServer, read_sender
from app.people import mail
from app.people.mail import Letter, Mailer, NotMailed, Outbox, compose
from app.sending.background import Background
from tests.log_lines import Log
from tests.people.mail_server import PASSWORD, SENDER, USER, Inbox, taking_mail
from tests.sending.webhook_receiver import make_certificate
from tests.servers import free_port

FROM = read_sender(SENDER)
LETTER = Letter("anna@example.com", "Guten Tag, Jürgen", "A line.\n\n.\nZürich\n")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path / "mail.pem")


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """Trust the certificate of the server."""
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine be taken for another one, as the address of a certificate is its own."""
    monkeypatch.setattr(MailServer, "is_here", False)


def refusal(mailer: Mailer) -> str:
    with pytest.raises(NotMailed) as raised:
        mailer.send(LETTER)
    return str(raised.value)


def test_a_letter_arrives_as_it_was_written() -> None:
    with taking_mail() as inbox:
        Mailer(inbox.server, FROM).send(LETTER)
    (letter,) = inbox.letters
    assert letter["From"] == SENDER
    assert letter["To"] == LETTER.to
    assert letter["Subject"] == LETTER.subject
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@example.com>")
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert inbox.recipients == [["anna@example.com"]]


@pytest.mark.usefixtures("elsewhere")
def test_to_another_machine_it_is_encrypted_before_anybody_signs_in(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    with taking_mail(certificate, needs_user=True) as inbox:
        server = MailServer("127.0.0.1", inbox.port, user=USER, password=PASSWORD)
        Mailer(server, FROM, trusting).send(LETTER)
    assert (inbox.was_encrypted, inbox.users) == ([True], [USER])


def test_it_can_be_encrypted_from_the_start(certificate: Path, trusting: ssl.SSLContext) -> None:
    with taking_mail(certificate, encrypts_at_once=True, needs_user=True) as inbox:
        server = MailServer("127.0.0.1", inbox.port, True, USER, PASSWORD)
        Mailer(server, FROM, trusting).send(LETTER)
    assert (inbox.was_encrypted, inbox.users) == ([True], [USER])


@pytest.mark.usefixtures("elsewhere")
def test_without_starttls_nothing_is_sent_to_another_machine() -> None:
    with taking_mail() as inbox:
        sentence = refusal(Mailer(inbox.server, FROM))
    assert sentence == "It does not offer STARTTLS, without which nothing is sent."
    assert inbox.letters == []


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_that_nobody_trusts_is_not_accepted(certificate: Path) -> None:
    with taking_mail(certificate) as inbox:
        sentence = refusal(Mailer(inbox.server, FROM))
    assert sentence.startswith("Its certificate is not accepted: self")
    assert inbox.letters == []


def test_a_server_may_look_through_a_letter_for_longer_than_it_may_be_silent_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.5)
    with taking_mail() as inbox:
        inbox.silent_for = 1
        Mailer(inbox.server, FROM).send(LETTER)
    assert len(inbox.letters) == 1


def test_a_wrong_password_is_named_and_not_quoted() -> None:
    with taking_mail(needs_user=True) as inbox:
        server = MailServer("127.0.0.1", inbox.port, user=USER, password="wr0ng")
        sentence = refusal(Mailer(server, FROM))
    assert sentence == "It does not accept the user and password of SMTP_URL."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("554 No anna@example.com here", "It refused with 554."),
        ("452 Full", "It refused with 452."),
    ],
)
def test_what_a_server_says_is_not_quoted(answer: str, sentence: str) -> None:
    with taking_mail() as inbox:
        inbox.refuses = answer
        assert refusal(Mailer(inbox.server, FROM)) == sentence


def test_a_server_that_asks_for_the_password_in_no_known_way_is_named() -> None:
    lines = iter([b"250-a\r\n250 AUTH CRAM-MD5\r\n", b"334 a\r\n", b"221 Bye\r\n"])

    def serve(listening: socket.socket) -> None:
        with suppress(OSError), listening.accept()[0] as caller:
            caller.sendall(b"220 a\r\n")
            while caller.recv(1000):
                caller.sendall(next(lines))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,))
        thread.start()
        server = MailServer("127.0.0.1", listening.getsockname()[1], user=USER, password=PASSWORD)
        words = refusal(Mailer(server, FROM))
        thread.join(timeout=10)
    assert words == "It asks for the password in a way that cannot be read."


def test_a_server_that_is_not_there_or_says_nothing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = MailServer("127.0.0.1", int(free_port()))
    unreachable = "It cannot be reached, or did not answer in time."
    assert refusal(Mailer(nobody, FROM)) == unreachable
    monkeypatch.setattr(mail, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1])
        assert refusal(Mailer(server, FROM)) == unreachable


@pytest.mark.parametrize(
    "to", ["", "anna", "a@b.example\nBcc: eve@example.com", "a@b.example, eve@example.com"]
)
def test_what_is_not_one_address_gets_no_letter(to: str) -> None:
    with pytest.raises(NotMailed):
        compose(Letter(to, "Subject", "Text"), FROM)


def test_a_host_in_other_letters_is_written_as_servers_know_it() -> None:
    assert compose(Letter("anna@bücher.example", "", ""), FROM)["To"] == (
        "anna@xn--bcher-kva.example"
    )


@given(st.text(), st.text(), st.sampled_from(["\r\nBcc: e@x.example", "\nX: y\n\nz", "\x85\u2028"]))
def test_no_subject_and_no_text_adds_a_header(subject: str, text: str, more: str) -> None:
    written = compose(Letter("anna@example.com", subject + more + text, text + more), FROM)
    read = message_from_bytes(written.as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(
        [
            *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
            *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
        ]
    )
    assert read["To"] == "anna@example.com"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with taking_mail() as inbox:
        yield inbox


def test_an_outbox_sends_all_that_is_posted_while_it_sends(inbox: Inbox) -> None:
    outbox, goes_on = Outbox(Mailer(inbox.server, FROM), Background().run), Event()

    def write_slowly() -> Letter:
        goes_on.wait(10)
        return LETTER

    outbox.post(write_slowly)
    for _ in range(3):
        outbox.post(lambda: LETTER)
    outbox.post(lambda: None)
    goes_on.set()
    assert len(inbox.wait_for(4)) == 4
    for number in range(5, 15):  # Its thread may be ending just now.
        outbox.post(lambda: LETTER)
        inbox.wait_for(number)


def test_a_letter_that_cannot_be_written_keeps_no_other_back(inbox: Inbox, log: Log) -> None:
    outbox = Outbox(Mailer(inbox.server, FROM), Background().run)

    def fail() -> Letter:
        raise LookupError(LETTER.to)

    for write in (fail, lambda: Letter("anna", "", ""), lambda: LETTER):
        outbox.post(write)
    assert len(inbox.wait_for(1)) == 1
    assert LETTER.to not in log.text
    assert [line["event"] for line in log.lines()] == [
        "An e-mail was not written.",
        "An e-mail was not sent. Its address is not one of e-mail.",
    ]


def test_an_outbox_takes_no_more_than_it_can_hold(
    inbox: Inbox, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_MOST_WAITING", 2)
    started: list[Any] = []
    outbox = Outbox(Mailer(inbox.server, FROM), lambda _name, work: started.append(work))
    for _ in range(3):
        outbox.post(lambda: LETTER)
    assert len(log.lines("Too many e-mails wait: one was not sent.")) == 1
    (send,) = started
    send()
    assert len(inbox.letters) == 2


def test_a_letter_waits_for_the_next_one_while_no_thread_can_be_had(inbox: Inbox) -> None:
    started: list[Any] = []

    def start(_name: str, work: Any) -> None:
        started.append(work)
        if len(started) == 1:
            raise RuntimeError

    outbox = Outbox(Mailer(inbox.server, FROM), start)
    outbox.post(lambda: LETTER)
    outbox.post(lambda: LETTER)
    started[1]()
    assert len(inbox.letters) == 2


def test_without_a_server_nothing_is_even_written() -> None:
    def fail() -> Letter:
        raise AssertionError

    outbox = Outbox(None, Background().run)
    outbox.post(fail)
    assert not outbox.is_open
    with pytest.raises(NotMailed):
        outbox.send(LETTER)
