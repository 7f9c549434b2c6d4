"""Where mail is handed over, as the settings name it: a server and a sender.

Passwords and links travel there, so the way is encrypted: from the start (`smtps`), or by STARTTLS,
which is demanded. Only a server on this machine is spoken to as it is.
"""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from app.setting_values import BadSetting

FORM = "smtp://user:password@host:587 or smtps://user:password@host:465"

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """A server that takes mail; without a *user* nobody signs in there."""

    host: str
    port: int
    is_encrypted_at_once: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine, so that nobody can listen on the way."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_mail_server(url: str) -> MailServer:
    """Read a server from its URL; raises `BadSetting`, which quotes nothing of it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # It quotes what it could not read, which may be of the password.
        raise BadSetting(_describe_form()) from None
    if not _is_server(parts) or port == 0:
        raise BadSetting(_describe_form())
    return MailServer(
        parts.hostname or "",
        port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def read_sender(written: str) -> Address:
    """Read who mail is from: an address, or a name and an address; raises `BadSetting`."""
    name, address = parseaddr(written)
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
        return Address(name, addr_spec=checked.ascii_email or "")
    except (EmailNotValidError, ValueError, IndexError) as error:
        raise BadSetting(
            f"MAIL_FROM is “{written}”. Set it to an address like campaigns@example.com, or to "
            "Campaign Builder <campaigns@example.com>."
        ) from error


def _is_server(parts: SplitResult) -> bool:
    has_both = bool(parts.username) == bool(parts.password)
    is_server_alone = parts.path in {"", "/"} and not parts.query and not parts.fragment
    is_plain = all(sign.isprintable() and sign != " " for sign in unquote(parts.netloc))
    return (
        parts.scheme in _PORTS
        and bool(parts.hostname)
        and has_both
        and is_server_alone
        and is_plain
    )


def _describe_form() -> str:
    return (
        f"SMTP_URL cannot be read. It is like {FORM}, "
        "with signs like @ and / in a password as %40 and %2F."
    )
