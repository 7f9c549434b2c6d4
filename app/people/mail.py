"""E-mail to people: how a letter is written, handed over to a server, and sent beside the requests.

What stands in a letter's head comes from people, too: an address, a name. Whatever could end a line
there is taken out before, and `email` refuses what is left, so nobody adds a recipient.

A letter waits in the memory of this process, so that no page waits for a mail server: one that is
lost with the process is asked for again, or says what the person sees anyway.
"""

import binascii
import logging
import smtplib
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from itertools import count
from threading import Lock
from typing import Any

from email_validator import EmailNotValidError, validate_email

from app.campaign.formatting import replace_invisible
from app.mail_settings import MailServer

PATIENCE = 10.0
"""Seconds that a server may be silent."""

PATIENCE_FOR_LETTER = 120.0
"""Seconds that a server may take with a letter, which it may look through before it takes it.

RFC 5321, 4.5.3.2.6, asks for 10 minutes; but other letters wait behind it.
"""

_MOST_WAITING = 500
_LONGEST_SUBJECT = 150
_END_OF_LETTER = b"\r\n.\r\n"
_ANSWERS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
_log = logging.getLogger(__name__)


class NotMailed(Exception):
    """A letter that no server took; the message says why, and has nothing of the letter."""


class MayBeMailed(Exception):
    """A letter that a server has whole, and did not say that it takes."""

    def __init__(self) -> None:
        super().__init__("The server has all of it, and did not say that it takes it.")


@dataclass(frozen=True)
class Letter:
    """An e-mail of plain text to one person."""

    to: str
    subject: str
    text: str


class Mailer:
    """Hands letters over to one server, each over a connection of its own."""

    def __init__(
        self, server: MailServer, sender: Address, context: ssl.SSLContext | None = None
    ) -> None:
        """Use a server; *context* is which certificates are trusted, else this system's."""
        self._server, self._sender = server, sender
        self._context = context or ssl.create_default_context()

    def send(self, letter: Letter) -> None:
        """Hand a letter over; raises `NotMailed` and `MayBeMailed`."""
        message = compose(letter, self._sender)
        with self._connect() as smtp:
            try:
                smtp.send_message(message)
            except OSError as error:
                if smtp.has_letter and not isinstance(error, _ANSWERS):
                    raise MayBeMailed from error
                raise

    def check(self) -> None:
        """Go as far as one can without sending anything; raises `NotMailed`."""
        with self._connect():
            pass

    @contextmanager
    def _connect(self) -> Iterator["_Session"]:
        """Open a connection on which letters can be sent; raises `NotMailed`, also for its use."""
        smtp = None
        try:
            smtp = self._open()
            self._encrypt(smtp)
            self._sign_in(smtp)
            yield smtp
            with suppress(smtplib.SMTPException, OSError):  # What was to be done is done.
                smtp.quit()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotMailed(_explain(error)) from error
        finally:
            if smtp:
                smtp.close()

    def _open(self) -> "_Session":
        where = (self._server.host, self._server.port)
        if self._server.is_encrypted_at_once:
            return _EncryptedSession(*where, timeout=PATIENCE, context=self._context)
        return _Session(*where, timeout=PATIENCE)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        """Encrypt what follows, unless it stays on this machine or is encrypted already."""
        smtp.ehlo_or_helo_if_needed()
        if self._server.is_encrypted_at_once or self._server.is_here:
            return
        if not smtp.has_extn("starttls"):
            raise NotMailed("It does not offer STARTTLS, without which nothing is sent.")
        smtp.starttls(context=self._context)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self._server.user:
            smtp.login(self._server.user, self._server.password)


class _Session(smtplib.SMTP):
    """A connection to a server, which knows whether that has a whole letter."""

    has_letter = False

    def send(self, s: Any) -> None:
        super().send(s)
        self.has_letter = self.has_letter or (isinstance(s, bytes) and s.endswith(_END_OF_LETTER))

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send a letter, with which the server may take its time."""
        self._wait_for(PATIENCE_FOR_LETTER)
        try:
            return super().data(msg)
        finally:
            self._wait_for(PATIENCE)

    def _wait_for(self, seconds: float) -> None:
        if self.sock:
            self.sock.settimeout(seconds)


class _EncryptedSession(smtplib.SMTP_SSL, _Session):
    """One that is encrypted from the start."""


class Outbox:
    """Letters that wait, and are sent one after the other in a thread beside the requests."""

    def __init__(
        self, mailer: Mailer | None, start: Callable[[str, Callable[[], object]], None]
    ) -> None:
        """Send by *mailer*, if there is one, in threads that *start* starts under a name."""
        self._mailer, self._start = mailer, start
        self._lock = Lock()
        self._waiting: deque[Callable[[], Letter | None]] = deque()
        self._is_sending = False
        self._numbers = count(1)

    @property
    def is_open(self) -> bool:
        """Whether e-mail is sent at all."""
        return self._mailer is not None

    def post(self, write: Callable[[], Letter | None]) -> None:
        """Let a letter be written and sent later; does nothing if no e-mail is sent.

        Also what *write* looks up takes no time of the caller's, so nobody can tell by it whether
        there was a letter to write.
        """
        if self._mailer is None:
            return
        with self._lock:
            if len(self._waiting) >= _MOST_WAITING:
                _log.error("Too many e-mails wait: one was not sent.")
                return
            self._waiting.append(write)
            if self._is_sending:
                return
            self._is_sending = True
        try:
            self._start(f"e-mail {next(self._numbers)}", self._send_all)
        except RuntimeError:  # There is no thread to be had; the next letter tries again.
            with self._lock:
                self._is_sending = False

    def send(self, letter: Letter) -> None:
        """Send a letter while the caller waits; raises `NotMailed` and `MayBeMailed`."""
        if self._mailer is None:
            raise NotMailed("SMTP_URL is not set.")
        self._mailer.send(letter)

    def _send_all(self) -> None:
        while write := self._take():
            try:
                if letter := write():
                    self.send(letter)
            except NotMailed as error:
                _log.warning("An e-mail was not sent. %s", error)
            except MayBeMailed as error:
                _log.warning("An e-mail may have been sent, or not. %s", error)
            except Exception:  # noqa: BLE001  The next letter has nothing to do with it.
                _log.exception("An e-mail was not written.")

    def _take(self) -> Callable[[], Letter | None] | None:
        with self._lock:
            self._is_sending = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None


def compose(letter: Letter, sender: Address) -> EmailMessage:
    """Write a letter as it is sent; raises `NotMailed` for an address that is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _read_recipient(letter.to)
    message["Subject"] = _write_line(letter.subject)[:_LONGEST_SUBJECT]
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note answers it.
    text = letter.text.encode(errors="replace").decode()
    message.set_content(text, cte="quoted-printable")
    return message


def _read_recipient(email: str) -> Address:
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
        return Address(addr_spec=checked.ascii_email or checked.normalized)
    except (EmailNotValidError, ValueError, IndexError):
        raise NotMailed("Its address is not one of e-mail.") from None


def _write_line(text: str) -> str:
    return " ".join(replace_invisible(text).split())


def _explain(error: Exception) -> str:
    """Say what a server did; its own words, which may quote the letter, are left out."""
    words = next((words for kind, words in _REASONS if isinstance(error, kind)), _UNREACHABLE)
    return words.format(error)


_UNREACHABLE = "It cannot be reached, or did not answer in time."
_REASONS = (
    (ssl.SSLCertVerificationError, "Its certificate is not accepted: {0.verify_message}."),
    (smtplib.SMTPAuthenticationError, "It does not accept the user and password of SMTP_URL."),
    (smtplib.SMTPResponseException, "It refused with {0.smtp_code}."),
    (smtplib.SMTPRecipientsRefused, "It does not take e-mail for this address."),
    (smtplib.SMTPNotSupportedError, "It cannot sign in, or not write to an address like this."),
    (binascii.Error, "It asks for the password in a way that cannot be read."),
    (UnicodeError, "It cannot take signs that are in the user, the password or the address."),
)
