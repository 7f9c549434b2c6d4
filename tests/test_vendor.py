"""The front-end packages are those that the list beside them names, byte for byte."""

from hashlib import sha256
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent.parent / "static" / "vendor"
ROWS = [
    row.split()
    for row in (VENDOR / "packages.txt").read_text().splitlines()
    if not row.startswith("#")
]


@pytest.mark.parametrize(("package", "version", "licence", "file", "digest"), ROWS)
def test_a_vendored_file_is_the_one_that_was_listed(
    package: str, version: str, licence: str, file: str, digest: str
) -> None:
    assert all((package, version, licence))
    assert sha256((VENDOR / file).read_bytes()).hexdigest() == digest


def test_every_vendored_script_style_or_picture_is_listed() -> None:
    files = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.suffix in {".js", ".css", ".svg"}
    }

    assert files == {file for _, _, _, file, _ in ROWS}


@pytest.mark.parametrize("file", [row[3] for row in ROWS])
def test_every_vendored_package_brings_its_licence(file: str) -> None:
    assert (VENDOR / file).with_name("LICENSE").read_text().strip()
