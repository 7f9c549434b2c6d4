"""Settings that somebody has given a name to, kept to be used again."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaign.contract.visible import read_name
from app.store.collation import make_sort_key
from app.store.models import KeptPreset

LONGEST_NAME = 80
"""Characters of a preset's name."""


IDS_OF = "ids_of"
"""Among the settings: the key of the connection at which the ids are known that it holds."""


class NameTaken(Exception):
    """Another preset of the same connection, or of none as this one, has this name."""


def read_presets(session: Session) -> list[KeptPreset]:
    """Read all presets in the order of their names, in which 2 comes before 10."""
    presets = session.scalars(select(KeptPreset).order_by(KeptPreset.name, KeptPreset.id))
    return sorted(presets, key=lambda preset: _split_numbers(preset.name))


def _split_numbers(name: str) -> list[str | int]:
    """Split a name into texts and numbers, which are in turn, so that it is sorted by both."""
    parts = re.split(r"([0-9]+)", make_sort_key(name))
    return [int(part) if at % 2 else part for at, part in enumerate(parts)]


def find(session: Session, preset_id: int) -> KeptPreset | None:
    """Find a preset by its id."""
    return session.get(KeptPreset, preset_id)


def keep(
    session: Session, name: str, settings: Mapping[str, Any], *, replaces: bool = False
) -> None:
    """Keep settings under a name; raises `NameTaken` unless those that have it are replaced."""
    key = find_connection_key(settings)
    preset = _find_namesake(session, name, key)
    if preset is None:
        preset = KeptPreset(name=name, connection_key=key, created_at=datetime.now(UTC))
        session.add(preset)
    elif not replaces:
        raise NameTaken(name)
    preset.settings = dict(settings)


def rename(session: Session, preset_id: int, name: str) -> bool:
    """Give a preset another name; tells whether it is there. Raises `NameTaken`."""
    preset = session.get(KeptPreset, preset_id)
    if preset is None:
        return False
    if any(other is not preset for other in _list_alike(session, name, preset.connection_key)):
        raise NameTaken(name)
    preset.name = name
    return True


def _find_namesake(session: Session, name: str, connection_key: str) -> KeptPreset | None:
    """Find the preset of a connection that has this name, or else one that reads so."""
    alike = _list_alike(session, name, connection_key)
    return next((preset for preset in alike if preset.name == name), alike[0] if alike else None)


def _list_alike(session: Session, name: str, connection_key: str) -> list[KeptPreset]:
    there = select(KeptPreset).where(KeptPreset.connection_key == connection_key)
    return [
        preset
        for preset in session.scalars(there.order_by(KeptPreset.id))
        if read_name(preset.name) == read_name(name)
    ]


def find_connection_key(settings: Mapping[str, Any]) -> str:
    """Find to which connection settings belong: their own, or that of their ids; "" for none."""
    return str(settings.get("connection") or settings.get(IDS_OF) or "")


def forget(session: Session, preset_id: int) -> None:
    """Delete a preset; does nothing if there is none."""
    preset = session.get(KeptPreset, preset_id)
    if preset is not None:
        session.delete(preset)
