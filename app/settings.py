"""The settings, read from the environment once, at the start; `settings_table` has all of them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path

from app.files import HOME
from app.host_settings import (
    LOOPBACK,
    read_private_hosts,
    read_public_url,
    read_range_url,
    read_trusted_hosts,
    read_trusted_proxy,
)
from app.mail_settings import MailServer, read_mail_server, read_sender
from app.provider_settings import ProviderSettings, read_provider
from app.secret_sources import read_secret
from app.server_addresses import check_queue_url, find_passwords, read_database_url
from app.setting_values import BadSetting, split_keys
from app.settings_table import SETTINGS

_LOG_FORMATS = ("", "json", "text")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class LogSettings:
    """How the log is written: as JSON, as text, or as fits where it goes; and from what level."""

    form: str = ""
    level: str = "INFO"


@dataclass(frozen=True)
class Keep:
    """For how many days the request log, deleted drafts and events are kept; `None` is for ever."""

    log: int | None = None
    trash: int | None = None
    trail: int | None = None


@dataclass(frozen=True)
class MailSettings:
    """Where e-mail is handed over, who it is from, and where its links lead."""

    server: MailServer | None = None
    sender: Address | None = None
    public_url: str = ""


@dataclass(frozen=True)
class TlsFiles:
    """Where the certificate of the app's own TLS is, and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Settings:
    """The settings of one run of the app."""

    host: str = "127.0.0.1"
    port: int = 8000
    tls: TlsFiles | None = None
    base_url: str = ""
    token: str = field(default="", repr=False)
    deadline: float = 30.0
    instance: Path = HOME / "instance"
    database_url: str = field(default="", repr=False)
    queue_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    token_keys: tuple[str, ...] = field(default=(), repr=False)
    token_keys_file: Path | None = None
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxy: str = ""
    allow_private_hosts: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)
    require_second_factor: bool = False
    breached_passwords_url: str = ""
    provider: ProviderSettings | None = None
    processes: int = 1
    threads: int = 8
    log: LogSettings = LogSettings()
    keep: Keep = Keep()
    mail: MailSettings = MailSettings()
    archive: Path | None = None

    @property
    def archive_folder(self) -> Path:
        return self.archive or self.instance / "archive"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written anywhere; what is shorter is part of ordinary words."""
        secrets = (
            self.token,
            self.secret_key,
            *self.token_keys,
            self.metrics_token,
            self.mail.server.password if self.mail.server else "",
            self.provider.client_secret if self.provider else "",
            *find_passwords(self.database_url),
            *find_passwords(self.queue_url),
        )
        return tuple(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def address(self) -> str:
        """Where people reach the app: PUBLIC_URL, the first trusted host, or this machine."""
        if self.mail.public_url or self.trusted_hosts:
            return self.mail.public_url or f"https://{self.trusted_hosts[0].lstrip('.')}"
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    @property
    def is_reachable(self) -> bool:
        """Whether others than the person at this machine can reach the app."""
        return not self.is_loopback or bool(self.trusted_proxy or self.trusted_hosts)


SHORTEST_KEY = 32
"""Characters of a secret key."""

SHORTEST_SECRET = 6
"""Characters of a secret that is looked for in what is logged."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raises `BadSetting` for a value that cannot be used."""
    values = _read_values(environ) | _read_secrets(environ)
    _check_base_url(environ, values)
    _check_alone(values)
    _check_shared(values)
    keep = _read_keep(values)
    return Settings(
        host=values["HOST"],
        port=int(values["PORT"]),
        tls=_read_tls(values),
        base_url=values["VOICEAIWRAPPER_BASE_URL"],
        token=values["VOICEAIWRAPPER_TOKEN"],
        deadline=float(values["DEADLINE"]),
        instance=HOME / values["INSTANCE"],
        database_url=values["DATABASE_URL"],
        queue_url=values["QUEUE_URL"],
        secret_key=values["SECRET_KEY"],
        token_keys=split_keys(values["TOKEN_KEYS"]),
        token_keys_file=_find_token_keys_file(environ),
        trusted_hosts=read_trusted_hosts(values["TRUSTED_HOSTS"]),
        trusted_proxy=read_trusted_proxy(values["TRUSTED_PROXY"]),
        allow_private_hosts=read_private_hosts(values["ALLOW_PRIVATE_HOSTS"]),
        metrics_token=values["METRICS_TOKEN"],
        require_second_factor=values["REQUIRE_SECOND_FACTOR"] == "yes",
        breached_passwords_url=read_range_url(values["BREACHED_PASSWORDS_URL"]),
        provider=read_provider(values),
        log=read_log_settings(environ),
        keep=keep,
        mail=_read_mail(values),
        archive=HOME / values["ARCHIVE"] if values["ARCHIVE"] else None,
        processes=int(values["PROCESSES"] or _choose_processes(values)),
        threads=int(values["THREADS"]),
    )


def _check_base_url(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    base_url_given = environ.get("VOICEAIWRAPPER_BASE_URL", "").strip()
    if base_url_given and not values["VOICEAIWRAPPER_TOKEN"]:
        raise BadSetting(
            "VOICEAIWRAPPER_BASE_URL is set and VOICEAIWRAPPER_TOKEN is not. "
            "Set both for the real API, or neither for the sandbox."
        )


def _check_alone(values: Mapping[str, str]) -> None:
    """Check what each setting has to be, whatever the others are."""
    if not re.fullmatch("[0-9]{1,5}", values["PORT"]) or not 0 < int(values["PORT"]) < 65536:
        raise BadSetting(f"PORT is “{values['PORT']}”. Set it to a number from 1 to 65535.")
    if ":" in values["HOST"]:  # The check of host names, in Werkzeug, knows no IPv6 address.
        raise BadSetting(f"HOST is “{values['HOST']}”. Set it to an IPv4 address or a name.")
    if not re.fullmatch("[0-9]{1,3}", values["DEADLINE"]) or not 0 < int(values["DEADLINE"]) <= 120:
        raise BadSetting(f"DEADLINE is “{values['DEADLINE']}”. Set it to a number from 1 to 120.")
    for name in ("PROCESSES", "THREADS"):
        if values[name] and not re.fullmatch("[1-9][0-9]?", values[name]):
            raise BadSetting(f"{name} is “{values[name]}”. Set it to a number from 1 to 99.")
    if values["REQUIRE_SECOND_FACTOR"] not in {"", "yes", "no"}:
        raise BadSetting(
            f"REQUIRE_SECOND_FACTOR is “{values['REQUIRE_SECOND_FACTOR']}”. Set it to yes or no."
        )
    _check_metrics_token(values["METRICS_TOKEN"])


def read_log_settings(environ: Mapping[str, str]) -> LogSettings:
    """Read only how to log; raises `BadSetting` for a value that cannot be used."""
    values = _read_values(environ)
    form, level = values["LOG_FORMAT"].lower(), values["LOG_LEVEL"].upper()
    if form not in _LOG_FORMATS:
        raise BadSetting(f"LOG_FORMAT is “{values['LOG_FORMAT']}”. Set it to json or text.")
    if level not in _LOG_LEVELS:
        raise BadSetting(
            f"LOG_LEVEL is “{values['LOG_LEVEL']}”. Set it to DEBUG, INFO, WARNING or ERROR."
        )
    return LogSettings(form, level)


def _read_values(environ: Mapping[str, str]) -> dict[str, str]:
    return {row.name: environ.get(row.name, "").strip() or row.default for row in SETTINGS}


def _read_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    return {row.name: read_secret(row.name, environ) for row in SETTINGS if row.is_secret}


def _find_token_keys_file(environ: Mapping[str, str]) -> Path | None:
    path = environ.get("TOKEN_KEYS_FILE", "").strip()
    return Path(path) if path else None


def _check_metrics_token(token: str) -> None:
    """Check that a header can carry it (RFC 6750, 2.1), and that nobody guesses it."""
    if token and not re.fullmatch(r"[A-Za-z0-9._~+/-]{16,}=*", token):
        raise BadSetting(
            "METRICS_TOKEN cannot be used. Set it to 16 or more letters and digits; "
            "._~+/- may be among them."
        )


def _read_mail(values: Mapping[str, str]) -> MailSettings:
    """Read how e-mail is sent; both or neither of server and sender are there."""
    url, sender = values["SMTP_URL"], values["MAIL_FROM"]
    if bool(url) != bool(sender):
        missing, there = ("MAIL_FROM", "SMTP_URL") if url else ("SMTP_URL", "MAIL_FROM")
        raise BadSetting(f"{there} is set and {missing} is not. Set both to send e-mail.")
    return MailSettings(
        read_mail_server(url) if url else None,
        read_sender(sender) if sender else None,
        read_public_url(values["PUBLIC_URL"]),
    )


def _read_tls(values: Mapping[str, str]) -> TlsFiles | None:
    certificate, key = values["TLS_CERTIFICATE"], values["TLS_KEY"]
    if bool(certificate) != bool(key):
        missing, there = ("TLS_KEY", "TLS_CERTIFICATE")[:: 1 if certificate else -1]
        raise BadSetting(f"{there} is set and {missing} is not. Set both, or neither.")
    return TlsFiles(Path(certificate), Path(key)) if key else None


def _read_keep(values: Mapping[str, str]) -> Keep:
    names = ("KEEP_LOG_DAYS", "KEEP_TRASH_DAYS", "KEEP_TRAIL_DAYS")
    for name in filter(values.get, names):
        if not re.fullmatch("[1-9][0-9]{0,4}", values[name]):
            raise BadSetting(f"{name} is “{values[name]}”. Set it to a number from 1 to 99999.")
        if values["DATABASE_URL"] and not values["ARCHIVE"]:
            raise BadSetting(
                f"ARCHIVE is not set. With DATABASE_URL and {name} it names a folder that all "
                "machines share, and that stays."
            )
    return Keep(*(int(values[name]) if values[name] else None for name in names))


def _check_shared(values: Mapping[str, str]) -> None:
    """Check what several machines have in common, if they do."""
    url, key = values["DATABASE_URL"], values["SECRET_KEY"]
    if key and len(key) < SHORTEST_KEY:
        raise BadSetting(f"SECRET_KEY is too short. Set it to {SHORTEST_KEY} characters or more.")
    queue = values["QUEUE_URL"]
    if queue:
        check_queue_url(queue)
    if queue and not key:
        raise BadSetting("SECRET_KEY is not set. With QUEUE_URL it signs what workers are told.")
    if not url:
        return
    read_database_url(url, "DATABASE_URL")
    for name, what in (("SECRET_KEY", "signs cookies"), ("TOKEN_KEYS", "encrypts saved tokens")):
        if not values[name]:
            raise BadSetting(
                f"{name} is not set. On PostgreSQL each machine needs the same one: it {what}."
            )


def _choose_processes(values: Mapping[str, str]) -> int:
    """Choose one process for one person's own machine, and else as many as there are cores."""
    if values["HOST"] in LOOPBACK and not values["DATABASE_URL"]:
        return 1
    return os.cpu_count() or 1
