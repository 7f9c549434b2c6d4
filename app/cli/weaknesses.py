"""What is weak or broken in an installation, as far as its settings and its folder show.

Nothing is changed and nothing is made. No sentence quotes a secret.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from shutil import disk_usage
from urllib.parse import parse_qs, urlsplit

from werkzeug.sansio.utils import host_is_trusted

from app.cli.certificates import find_end
from app.files import LEAST_FREE
from app.gunicorn_connection import make_tls
from app.host_settings import LOOPBACK
from app.people.mail import Mailer, NotMailed
from app.sending.doorbell import Doorbell
from app.settings import SHORTEST_KEY, Settings, TlsFiles
from app.settings_table import RANGE_API, SETTINGS
from app.store.vault import BadKeys, check_keys
from app.version import RENEWED

FEW_FREE = 1024 * 1024 * 1024
"""Bytes with which it is time to make room."""

LONGEST_UNRENEWED = timedelta(days=90)
"""Within this all that the app is made of is renewed, as docs/security.md says."""

FEW_DAYS_LEFT = timedelta(days=45)
"""Fewer days are warned of. It is less than `certificates` renews at, so who runs that is not."""

_CERTIFICATES = ("sslcert", "sslrootcert", "ssl_certfile", "ssl_ca_certs")
"""What URLs of PostgreSQL and of Redis call the files that they name."""

_OF_THE_SYSTEM = "system"
_LEAST_SIGNS = 8
_EVERYBODY = {"*", "0.0.0.0/0", "::/0"}
_LOOPBACK_6 = "::1"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ON = {"1", "true", "yes", "on"}


class Severity(StrEnum):
    """Whether the app works with it all the same."""

    WEAK = "weak"
    BROKEN = "broken"


@dataclass(frozen=True)
class Weakness:
    """One thing that is not as it should be; *sentence* says what to do."""

    check: str
    severity: Severity
    sentence: str


def weak(check: str, sentence: str) -> Weakness:
    return Weakness(check, Severity.WEAK, sentence)


def broken(check: str, sentence: str) -> Weakness:
    return Weakness(check, Severity.BROKEN, sentence)


def find_weaknesses(settings: Settings, environ: Mapping[str, str]) -> Iterator[Weakness]:
    """Look at what is set, at the keys, the folder, the disk, the queue and the mail server."""
    yield from _check_age()
    yield from _check_debugging(settings, environ)
    yield from _check_reach(settings)
    yield from look("certificate", _check_certificates(settings))
    yield from _check_factors(settings)
    yield from _check_openness(environ)
    yield from look("keys", _check_keys(settings))
    yield from look("private-files", _check_secret_files(environ))
    yield from _check_metrics(settings)
    yield from _check_live_address(settings)
    yield from look("instance", _check_folder(settings.instance))
    yield from look("disk", _check_disk(settings.instance))
    yield from look("queue", _check_queue(settings))
    yield from look("mail", _check_mail(settings))


def look(check: str, weaknesses: Iterator[Weakness]) -> Iterator[Weakness]:
    """Let what cannot be looked at be a weakness itself, so that all else is looked at, too."""
    try:
        yield from weaknesses
    except (OSError, ValueError) as error:
        yield broken(check, f"Something here cannot be read ({error}). Mend it, and look again.")


def _check_age() -> Iterator[Weakness]:
    if datetime.now(UTC).date() - date.fromisoformat(RENEWED) > LONGEST_UNRENEWED:
        yield weak(
            "age",
            f"What this version is made of was last renewed on {RENEWED}. Install a newer "
            "version; until there is one, look with make audit.",
        )


def _check_debugging(settings: Settings, environ: Mapping[str, str]) -> Iterator[Weakness]:
    if environ.get("FLASK_DEBUG", "").strip().lower() in _ON:
        yield broken(
            "debug", "FLASK_DEBUG is on: whoever sees an error can run code. Take it away."
        )
    if settings.log.level == "DEBUG":
        yield weak("log-level", "LOG_LEVEL is DEBUG. Set it to INFO, for a log that can be read.")


def _check_reach(settings: Settings) -> Iterator[Weakness]:
    if not settings.is_loopback and not settings.trusted_proxy and not settings.tls:
        yield weak(
            "tls",
            f"HOST is {settings.host}, and TRUSTED_PROXY is not set: what is typed can be read on "
            "the way. Set TLS_CERTIFICATE and TLS_KEY, or put a proxy that ends TLS in front and "
            "set TRUSTED_PROXY to its address.",
        )
    if settings.trusted_proxy == "*":
        yield weak(
            "trusted-proxy",
            "TRUSTED_PROXY is *: whoever connects is believed for which host and over what a "
            "request came. Set it to the proxy's address, unless nothing else can connect.",
        )


def _check_certificates(settings: Settings) -> Iterator[Weakness]:
    if settings.tls:
        yield from _check_key(settings.tls)
    paths = [str(settings.tls.certificate)] if settings.tls else []
    for url in (settings.database_url, settings.queue_url):
        query = parse_qs(urlsplit(url).query)
        paths += [path for name in _CERTIFICATES for path in query.get(name, [])]
    for path in dict.fromkeys(paths):
        if path == _OF_THE_SYSTEM:
            continue
        try:
            left = find_end(Path(path)) - datetime.now(UTC)
        except (OSError, ValueError):
            yield broken("certificate", f"{path} is no certificate in PEM that can be read.")
            continue
        if left < timedelta(0):
            yield broken("certificate", f"The certificate {path} has ended. Make another.")
        elif left < FEW_DAYS_LEFT:
            yield weak(
                "certificate",
                f"The certificate {path} ends in {left.days} days. Make another, and start anew "
                "what shows it.",
            )


def _check_key(files: TlsFiles) -> Iterator[Weakness]:
    try:
        make_tls(files.certificate, files.key)
        is_open = bool(files.key.stat().st_mode & _OTHERS)
    except OSError as error:
        reason = error.strerror or str(error)
        yield broken("tls-key", f"TLS_CERTIFICATE and TLS_KEY are no pair of files: {reason}.")
        return
    if is_open:
        yield weak("private-files", f"{files.key} is open to others. chmod 600 {files.key}")


def _check_factors(settings: Settings) -> Iterator[Weakness]:
    if settings.is_reachable and not settings.require_second_factor:
        yield weak(
            "second-factor",
            "Who finds out a password can sign in from anywhere, unless its owner has set up "
            "codes. Set REQUIRE_SECOND_FACTOR to yes.",
        )
    if settings.is_reachable and not settings.breached_passwords_url:
        yield weak(
            "breached-passwords",
            "A password that is known from a breach elsewhere is taken here. Set "
            f"BREACHED_PASSWORDS_URL to {RANGE_API}.",
        )


def _check_openness(environ: Mapping[str, str]) -> Iterator[Weakness]:
    for setting in SETTINGS:
        parts = {part.strip() for part in environ.get(setting.name, "").split(",")}
        if setting.name.startswith("ALLOW_") and parts & _EVERYBODY:
            yield weak("allow", f"{setting.name} lets everybody in. Name who may.")


def _check_keys(settings: Settings) -> Iterator[Weakness]:
    secret, tokens = _read_secret_key(settings), settings.token_keys
    if not secret:
        yield weak("secret-key", "There is no secret key yet. Start the app once, or set it.")
    elif len(secret) < SHORTEST_KEY or len(set(secret)) < _LEAST_SIGNS:
        yield weak(
            "secret-key",
            f"The secret key can be guessed. Draw another of {SHORTEST_KEY} characters or more: "
            "everybody's open forms have to be loaded again.",
        )
    client_secret = settings.provider.client_secret if settings.provider else ""
    ours = (secret, settings.metrics_token, settings.token, client_secret)
    secrets = [*ours, *tokens]
    if len(set(filter(None, secrets))) < len(list(filter(None, secrets))):
        yield weak("same-keys", "Two secrets are the same. Draw each of them by itself.")
    path = settings.instance / "token_keys"
    if not tokens and not path.exists():
        yield weak("token-keys", "There is no key for tokens yet. Start the app once, or set it.")
        return
    try:
        check_keys(path, tokens)
    except BadKeys as error:
        yield broken("token-keys", str(error))


def _check_secret_files(environ: Mapping[str, str]) -> Iterator[Weakness]:
    for setting in SETTINGS:
        path = environ.get(f"{setting.name}_FILE", "").strip() if setting.is_secret else ""
        if path and Path(path).stat().st_mode & _OTHERS:
            yield weak("private-files", f"{path} is open to others. chmod 600 {path}")


def _read_secret_key(settings: Settings) -> str:
    try:
        return settings.secret_key or (settings.instance / "secret_key").read_text().strip()
    except OSError:
        return ""


def _check_metrics(settings: Settings) -> Iterator[Weakness]:
    is_shared = bool(settings.database_url) or not settings.is_loopback
    if is_shared and not settings.metrics_token:
        yield weak(
            "metrics",
            "METRICS_TOKEN is not set: nothing can watch the queue and what is UNKNOWN. Set it.",
        )


def _check_live_address(settings: Settings) -> Iterator[Weakness]:
    if settings.token and is_own_sandbox(settings.base_url, settings):
        yield weak(
            "sandbox-as-live",
            "VOICEAIWRAPPER_BASE_URL leads to the sandbox, and is shown as live. "
            "Set it to the real API.",
        )


def is_own_sandbox(base_url: str, settings: Settings) -> bool:
    """Tell whether an address leads to the sandbox of this installation."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    hosts = [*LOOPBACK, settings.host, *settings.trusted_hosts]
    is_here = host == _LOOPBACK_6 or host_is_trusted(host, hosts)
    return host == "sandbox.invalid" or (is_here and f"{parts.path}/".startswith("/sandbox/"))


def _check_folder(instance: Path) -> Iterator[Weakness]:
    if not instance.is_dir():
        yield weak("instance", f"{instance} is not there yet. Start the app once.")
        return
    if not os.access(instance, os.W_OK | os.X_OK):
        yield broken("instance", f"{instance} cannot be written. Give it to the app's user.")
        return
    if instance.stat().st_mode & _OTHERS:
        yield weak("instance", f"{instance} is open to others. chmod 700 {instance}")
    for name in ("secret_key", "token_keys", "campaigns.sqlite3"):
        path = instance / name
        if path.exists() and path.stat().st_mode & _OTHERS:
            yield weak("private-files", f"{path} is open to others. chmod 600 {path}")


def _check_disk(instance: Path) -> Iterator[Weakness]:
    if not instance.is_dir():
        return
    free = disk_usage(instance).free
    if free < LEAST_FREE:
        yield broken("disk", f"The disk of {instance} is full. Make room.")
    elif free < FEW_FREE:
        yield weak("disk", f"The disk of {instance} is nearly full. Make room.")


def _check_queue(settings: Settings) -> Iterator[Weakness]:
    doorbell = Doorbell(settings.queue_url, settings.instance, "", answer=lambda _key: None)
    if doorbell.has_server and not doorbell.is_reachable():
        yield broken(
            "queue",
            "The server of QUEUE_URL cannot be reached, or does not let this machine in: no worker "
            "hears at once of what is confirmed. Start it, or mend the URL.",
        )


def _check_mail(settings: Settings) -> Iterator[Weakness]:
    server, sender = settings.mail.server, settings.mail.sender
    if not server or not sender:
        if settings.is_reachable:
            yield weak(
                "mail",
                "SMTP_URL is not set: nobody is told by e-mail, and who cannot sign in needs an "
                "administrator. Set it, MAIL_FROM and PUBLIC_URL.",
            )
        return
    try:
        Mailer(server, sender).check()
    except NotMailed as error:
        yield broken("mail", f"The server of SMTP_URL takes no e-mail. {error}")
    if not settings.mail.public_url:
        yield weak(
            "public-url",
            "PUBLIC_URL is not set: e-mail has no links, and nobody recovers an account by it. "
            "Set it to where people reach the app.",
        )
