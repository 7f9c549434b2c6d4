"""Certificates for what is inside an installation: its app, its database, and who asks for what.

An authority of its own signs them, so that nobody has to be asked, and nothing else is trusted
there. What people reach has its certificate from a public authority, by the proxy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import click
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.private_files import replace_private

AUTHORITY = "authority"
OF_AUTHORITY, OF_OTHERS = timedelta(days=3650), timedelta(days=397)
"""For how long they are good; browsers take none for longer than the second."""

RENEWED_BEFORE = timedelta(days=60)

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
_OF_KEYS = "-key"
_CLOCKS_APART = timedelta(hours=1)


@dataclass(frozen=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@click.command(
    "certificates",
    help="Make, in FOLDER, an authority and a certificate and key for each NAME of a host or role "
    "inside an installation; what is good for 60 days more stays.",
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def certificates_command(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if not _NAME.fullmatch(name) or name == AUTHORITY or name.endswith(_OF_KEYS):
            raise click.ClickException(f"“{name}” cannot be the name of a host or a role here.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for made in make_certificates(folder, names):
            click.echo(f"Made: {made}")
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from error


def make_certificates(folder: Path, names: Sequence[str]) -> list[Path]:
    """Make what is missing there or ends soon; gives the certificates that were made.

    What another authority has signed is made anew, too. Raises `OSError`.
    """
    now = datetime.now(UTC)
    made = []
    authority = _read(folder, AUTHORITY)
    if not authority or _ends_soon(authority.certificate, now):
        authority = _sign(AUTHORITY, None, now)
        made.append(_write(folder, AUTHORITY, authority))
    for name in names:
        pair = _read(folder, name)
        if not pair or _ends_soon(pair.certificate, now) or not _has_signed(authority, pair):
            made.append(_write(folder, name, _sign(name, authority, now)))
    return made


def _has_signed(authority: _Pair, pair: _Pair) -> bool:
    try:
        pair.certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError):
        return False
    return True


def find_end(path: Path) -> datetime:
    """Find when a certificate in a file (PEM) ends; raises `OSError` and `ValueError`."""
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def _ends_soon(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc - now < RENEWED_BEFORE


def _read(folder: Path, name: str) -> _Pair | None:
    """Read a certificate and its key; what is missing or cannot be read is made anew."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
        key = load_pem_private_key((folder / f"{name}-key.pem").read_bytes(), None)
    except (FileNotFoundError, ValueError, TypeError):  # A key with a password is a TypeError.
        return None
    return _Pair(certificate, key) if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _write(folder: Path, name: str, pair: _Pair) -> Path:
    """Write both, of which only the owner may read the key; gives the certificate's path."""
    path = folder / f"{name}.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    replace_private(folder / f"{name}-key.pem", pair.key.private_bytes(*form).decode())
    replace_private(path, pair.certificate.public_bytes(Encoding.PEM).decode())
    path.chmod(0o644)
    return path


def _sign(name: str, by: _Pair | None, now: datetime) -> _Pair:
    """Make a key and its certificate (RFC 5280), signed *by* an authority, or by itself as one."""
    key = ec.generate_private_key(ec.SECP256R1())
    common_name = f"Campaign Builder {name}" if by is None else name
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    signing_key = by.key if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_APART)
        .not_valid_after(now + (OF_OTHERS if by else OF_AUTHORITY))
        .add_extension(
            x509.BasicConstraints(ca=by is None, path_length=None if by else 0), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()),
            critical=False,
        )
        .add_extension(_list_uses(signs=by is None), critical=True)
    )
    if by:
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_name_host(name)]), critical=False
        ).add_extension(x509.ExtendedKeyUsage(both), critical=False)
    return _Pair(builder.sign(signing_key, SHA256()), key)


def _name_host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _list_uses(*, signs: bool) -> x509.KeyUsage:
    """Say what a key is for: an authority's to sign certificates, others' to show who they are."""
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


COMMANDS = (certificates_command,)
