"""Certificates of an installation's own are made, taken by TLS, and renewed in time."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from app.cli.certificates import OF_OTHERS, certificates_command, make_certificates

NAMES = ("web", "database", "campaigns")


def make(folder: Path, *names: str) -> Result:
    return CliRunner().invoke(certificates_command, [str(folder), *(names or NAMES)])


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def shake_hands(folder: Path, server: str, client: str, host: str) -> str:
    """Shake hands in memory, each side with its certificate, and give the client's name."""
    authority = folder / "authority.pem"
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority))
    here.load_cert_chain(folder / f"{server}.pem", folder / f"{server}-key.pem")
    here.verify_mode = ssl.CERT_REQUIRED
    there = ssl.create_default_context(cafile=str(authority))
    there.load_cert_chain(folder / f"{client}.pem", folder / f"{client}-key.pem")
    first, second = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = here.wrap_bio(first, second, server_side=True)
    theirs = there.wrap_bio(second, first, server_hostname=host)
    for _ in range(4):
        for side in (theirs, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    certificate = ours.getpeercert(binary_form=True)
    assert certificate
    [name] = x509.load_der_x509_certificate(certificate).subject
    return str(name.value)


def test_each_side_proves_who_it_is(tmp_path: Path) -> None:
    assert make(tmp_path).exit_code == 0
    assert shake_hands(tmp_path, "web", "campaigns", "web") == "campaigns"
    assert shake_hands(tmp_path, "database", "campaigns", "database") == "campaigns"


def test_an_address_is_a_host_too(tmp_path: Path) -> None:
    make(tmp_path, "127.0.0.1", "campaigns")
    assert shake_hands(tmp_path, "127.0.0.1", "campaigns", "127.0.0.1") == "campaigns"


def test_nobody_passes_for_another_host(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(tmp_path, "web", "campaigns", "database")


def test_only_the_owner_reads_keys(tmp_path: Path) -> None:
    os.umask(0o022)
    make(tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert len(modes) == 8
    assert all(mode == (0o600 if "-key" in name else 0o644) for name, mode in modes.items())


def test_what_is_good_for_long_stays_and_another_name_is_added(tmp_path: Path) -> None:
    make(tmp_path, "web")
    before = read(tmp_path)
    again = make(tmp_path, "web", "worker")
    assert again.output == f"Made: {tmp_path / 'worker.pem'}\n"
    assert {name: content for name, content in read(tmp_path).items() if name in before} == before


@pytest.mark.parametrize(("days_left", "is_renewed"), [(61, False), (59, True)])
def test_what_ends_soon_is_renewed_by_the_same_authority(
    tmp_path: Path, days_left: int, *, is_renewed: bool
) -> None:
    make(tmp_path)
    before = read(tmp_path)
    with time_machine.travel(datetime.now(UTC) + OF_OTHERS - timedelta(days=days_left)):
        make(tmp_path)
    after = read(tmp_path)
    assert (after["web.pem"] != before["web.pem"]) is is_renewed
    assert after["authority.pem"] == before["authority.pem"]
    authority = x509.load_pem_x509_certificate(after["authority.pem"])
    x509.load_pem_x509_certificate(after["web.pem"]).verify_directly_issued_by(authority)


def test_without_its_authority_all_are_made_anew(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "authority-key.pem").unlink()
    assert make(tmp_path).output.count("Made:") == 4
    assert shake_hands(tmp_path, "web", "campaigns", "web") == "campaigns"


def test_what_an_earlier_authority_has_signed_is_made_anew_whenever_it_is_asked_for(
    tmp_path: Path,
) -> None:
    make_certificates(tmp_path, ["web", "db"])
    (tmp_path / "authority-key.pem").unlink()
    make_certificates(tmp_path, ["web"])
    assert make_certificates(tmp_path, ["web", "db"]) == [tmp_path / "db.pem"]
    assert make_certificates(tmp_path, ["web", "db"]) == []


def test_a_key_with_a_password_is_made_anew(tmp_path: Path) -> None:
    make(tmp_path)
    key = tmp_path / "web-key.pem"
    password = BestAvailableEncryption(b"secret")
    kept = load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(kept.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, password))
    assert make(tmp_path).output.count("Made:") == 1
    assert shake_hands(tmp_path, "web", "campaigns", "web") == "campaigns"


@pytest.mark.parametrize(
    "name", ["../web", "authority", "authority-key", "web-key", "Web", "", "-web"]
)
def test_what_is_no_name_is_refused_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    refused = make(tmp_path, "--", name)
    assert refused.exit_code == 1
    assert "cannot be the name of a host or a role here." in refused.output
    assert read(tmp_path) == {}
