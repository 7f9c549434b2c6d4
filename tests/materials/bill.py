"""A bill of materials in CycloneDX's JSON, and the licence of each part.

Both are read from the locks and from the list of vendored front-end packages, so they are the same
each time, and from what is installed. What only other systems need is in the locks and not
installed, so its licence is not known here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.version import VERSION

ROOT = Path(__file__).parents[2]
VENDORED = ROOT / "static" / "vendor" / "packages.txt"
RUN_TIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"

ALLOWED = re.compile(
    r"(MIT(-0)?|0BSD|BSD(-[23]-Clause)?|ISC|Apache-2\.0|PSF-2\.0|ZPL-2\.1|MPL-2\.0|LGPL-3\.0-only|"
    r"Unlicense)"
    r"( (AND|OR) (MIT|BSD-[23]-Clause|Apache-2\.0))*"
)
"""Licences under which an app may use a library without becoming subject to them itself."""

_PINNED = re.compile(r"^([\w.-]+)==([\w.+!-]+)", re.MULTILINE)
_SPDX = {
    "MIT License": "MIT",
    "MIT license": "MIT",
    "BSD License": "BSD",
    "Other/Proprietary License": "MIT",  # Of qrcode, for what it took over from another project.
    "The Unlicense (Unlicense)": "Unlicense",
    "Apache Software License": "Apache-2.0",
    "Zope Public License": "ZPL-2.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy"
_CLASSIFIER = "License :: "
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Part:
    """A package that a lock pins."""

    name: str
    version: str
    is_run_time: bool

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"

    @cached_property
    def installed(self) -> Distribution | None:
        try:
            return distribution(self.name)
        except PackageNotFoundError:
            return None

    @property
    def licence(self) -> str:
        """Name the licence, by SPDX where its package does; nothing if it is not known."""
        if self.installed is None:
            return ""
        metadata: Mapping[str, Any] = self.installed.metadata.json
        if expression := str(metadata.get("license_expression", "")):
            return expression
        classifiers = [
            str(words).rpartition(" :: ")[2]
            for words in metadata.get("classifier", [])
            if str(words).startswith(_CLASSIFIER)
        ]
        if classifiers:
            return " OR ".join(dict.fromkeys(_SPDX.get(words, words) for words in classifiers))
        written = str(metadata.get("license", ""))
        if written and len(written) <= _LONGEST_NAME:
            return _SPDX.get(written, written)
        return "MIT" if any(_MIT in text for text in self._read_texts()) else ""

    def _read_texts(self) -> Iterator[str]:
        for file in (self.installed and self.installed.files) or []:
            if "LICENSE" in file.name.upper():
                yield " ".join(file.read_text(encoding="utf-8").split())


@dataclass(frozen=True)
class VendoredPart:
    """A front-end package of which files are in the project itself."""

    name: str
    version: str
    licence: str
    is_run_time: bool = True

    @property
    def purl(self) -> str:
        return f"pkg:npm/{self.name}@{self.version}"


def list_all_parts() -> list[Part | VendoredPart]:
    """List what is pinned and what is vendored, each by name."""
    return [*list_parts(), *list_vendored_parts()]


def list_vendored_parts() -> list[VendoredPart]:
    rows = [line.split() for line in VENDORED.read_text().splitlines() if line[:1] != "#"]
    named = sorted({(name, version, licence) for name, version, licence, *_ in rows})
    return [VendoredPart(*row) for row in named]


def list_parts() -> list[Part]:
    """List what is pinned, by name."""
    run_time = set(_PINNED.findall(RUN_TIME.read_text()))
    pinned = run_time | set(_PINNED.findall(DEVELOPMENT.read_text()))
    return [
        Part(name, version, is_run_time=(name, version) in run_time)
        for name, version in sorted(pinned)
    ]


def build_bill(parts: Sequence[Part | VendoredPart]) -> dict[str, Any]:
    """Build the bill of materials (CycloneDX 1.6)."""
    named = "\n".join(part.purl for part in parts)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid5(NAMESPACE_URL, f"campaign-builder {VERSION}\n{named}").urn,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "campaign-builder",
                "name": "campaign-builder",
                "version": VERSION,
            }
        },
        "components": [_describe(part) for part in parts],
    }


def list_licences(parts: Sequence[Part | VendoredPart]) -> str:
    """Write a line for each part: its name, its version, its licence."""
    lines = (f"{part.name} {part.version}: {part.licence or 'not known'}" for part in parts)
    return "\n".join(lines) + "\n"


def _describe(part: Part | VendoredPart) -> dict[str, Any]:
    licences = [{"license": {"name": part.licence}}] if part.licence else []
    return {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "scope": "required" if part.is_run_time else "excluded",
        "licenses": licences,
    }
