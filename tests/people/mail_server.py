"""A mail server on this machine, with what a real one has: STARTTLS, signing in, refusals."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from warnings import catch_warnings, filterwarnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from app.mail_settings import MailServer, read_sender
from app.settings import MailSettings, Settings

USER, PASSWORD = "campaigns", "p@ss/word"
SENDER = "Campaign Builder <campaigns@example.com>"


@dataclass
class Inbox:
    """What came, and over what: each letter with the addresses that it was handed over for."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    refuses: str = ""
    silent_for: float = 0

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        self.recipients.append(envelope.rcpt_tos)
        self.was_encrypted.append(bool(server.transport.get_extra_info("sslcontext")))
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        await asyncio.sleep(self.silent_for)
        return "250 OK"

    def sign_in(self, *arguments: Any) -> AuthResult:
        data = arguments[-1]
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    def wait_for(self, count: int) -> list[EmailMessage]:
        """Wait until so many letters are there."""
        ends = monotonic() + 10
        while len(self.letters) < count:
            assert monotonic() < ends, f"Only {len(self.letters)} letters came."
            sleep(0.01)
        return self.letters


@contextmanager
def taking_mail(
    certificate: Path | None = None, *, encrypts_at_once: bool = False, needs_user: bool = False
) -> Iterator[Inbox]:
    """Take mail until the block ends; with a certificate it is encrypted, or can be."""
    inbox, context = Inbox(), None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0, "server_hostname": "a.example"}
    if encrypts_at_once:
        options["ssl_context"] = context
    elif context:
        options["tls_context"] = context
    if needs_user:
        options |= {
            "authenticator": inbox.sign_in,
            "auth_required": True,
            "auth_require_tls": bool(context) and not encrypts_at_once,
        }
    controller = _Controller(inbox, **options)
    with catch_warnings():
        filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        controller.start()
        inbox.port = controller.port
        try:
            yield inbox
        finally:
            controller.stop()


class _Controller(Controller):
    """A controller that finds the port that it was given, and hangs up when it ends."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        self._sessions.append(super().factory())  # type: ignore[no-untyped-call]
        return self._sessions[-1]

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        assert self.server is not None
        self.server.close()
        self.loop.create_task(self._hang_up()).add_done_callback(
            lambda _: super(_Controller, self).cancel_tasks(stop_loop)
        )

    async def _hang_up(self) -> None:
        """End every session, and those that were only just let in."""
        while len(asyncio.all_tasks()) > 1:
            for session in self._sessions:
                if session.transport:
                    session.transport.close()
            await asyncio.sleep(0)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def with_mail(settings: Settings, inbox: Inbox, public_url: str = "") -> Settings:
    """Let an app hand its mail over to this server; links in it lead to *public_url*."""
    mail = MailSettings(inbox.server, read_sender(SENDER), public_url)
    return replace(settings, mail=mail)
