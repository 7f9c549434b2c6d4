"""The bill names all that is pinned, and nothing that the app needs has a licence that binds it."""

import json
import re
from pathlib import Path

import pytest

from tests.materials import __main__ as materials
from tests.materials.bill import (
    ALLOWED,
    DEVELOPMENT,
    RUN_TIME,
    build_bill,
    list_all_parts,
    list_parts,
    list_vendored_parts,
)

PARTS = list_parts()
NEEDED = [part for part in PARTS if part.is_run_time and part.installed]


@pytest.mark.parametrize("part", [*NEEDED, *list_vendored_parts()], ids=lambda part: part.name)
def test_what_the_app_needs_has_a_licence_that_is_allowed(part: object) -> None:
    licence = getattr(part, "licence", "")

    assert ALLOWED.fullmatch(licence), licence


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0", "Unknown"])
def test_other_licences_are_refused(licence: str) -> None:
    assert not ALLOWED.fullmatch(licence)


def test_what_is_installed_is_nearly_all_of_it() -> None:
    needed = [part for part in PARTS if part.is_run_time]

    assert len(needed) - len(NEEDED) < 5
    assert len(needed) > 40


def test_the_bill_names_each_part_once_and_as_what_is_installed() -> None:
    bill = build_bill(PARTS)
    components = {part["bom-ref"]: part for part in bill["components"]}

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert len(components) == len(bill["components"]) == len(PARTS)
    pinned = RUN_TIME.read_text() + DEVELOPMENT.read_text()
    assert len(components) == len(set(re.findall(r"^[\w.-]+==\S+", pinned, re.MULTILINE)))
    assert components[next(part.purl for part in PARTS if part.name == "flask")]["scope"] == (
        "required"
    )
    assert components[next(part.purl for part in PARTS if part.name == "pytest")]["scope"] == (
        "excluded"
    )
    for part in NEEDED:
        assert part.installed
        assert part.installed.version == part.version


def test_the_bill_names_what_is_vendored_once_however_many_files_it_has() -> None:
    vendored = [
        part for part in build_bill(list_all_parts())["components"] if ":npm/" in part["purl"]
    ]
    assert [part["name"] for part in vendored] == ["htmx.org", "lucide-static"]
    assert {part["scope"] for part in vendored} == {"required"}


def test_it_is_the_same_each_time() -> None:
    assert build_bill(PARTS) == build_bill(list_parts())


def test_both_files_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["materials", str(tmp_path / "bill.json")])
    materials.main()

    assert json.loads((tmp_path / "bill.json").read_text()) == build_bill(list_all_parts())
    assert "\nflask " in (tmp_path / "bill.licences.txt").read_text()
    assert str(tmp_path / "bill.json") in capsys.readouterr().out
