"""Where a store keeps its data, and what lies beside it."""

from pathlib import Path
from weakref import WeakKeyDictionary

from app.store.database import Store

_FOLDERS: WeakKeyDictionary[Store, Path] = WeakKeyDictionary()


def note_folder(store: Store, folder: Path) -> None:
    """Note the instance folder of an app's store: one on PostgreSQL does not tell it."""
    _FOLDERS[store] = folder


def folder_of(store: Store) -> Path:
    """Give the instance folder beside a store."""
    return _FOLDERS[store] if store in _FOLDERS else file_of(store).parent


def is_postgresql(store: Store) -> bool:
    return store.engine.dialect.name == "postgresql"


def file_of(store: Store) -> Path:
    """Name the database file of a store on SQLite."""
    return Path(str(store.engine.url.database))


def writers_lock_of(store: Store) -> Path:
    """Name the file that a restore locks."""
    return folder_of(store) / "writers.lock"
