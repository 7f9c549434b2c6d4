"""Tokens at rest: encrypted by keys that are not in the database.

The keys stand in a file beside it that only its owner can read, or come from the
settings; the first one encrypts, and any of them decrypts (Fernet: AES-128-CBC with
HMAC-SHA256). A file, also one that the settings name, is read at each use, so every running app
follows a rotation, on each machine that the file gets to.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.private_files import create_private, replace_private
from app.secret_sources import read_file
from app.setting_values import BadSetting, split_keys
from app.store.file_lock import hold_exclusively


class BadKeys(ValueError):
    """Keys that can encrypt nothing; the message says what to change."""


class CannotUnlock(Exception):
    """No key decrypts this token: it has to be entered again."""


class Vault:
    """Encrypts and decrypts tokens."""

    def __init__(self, path: Path, keys: Sequence[str] = (), keys_file: Path | None = None) -> None:
        """Use the keys of *keys_file*, else *keys*, else those in *path*.

        That is made at the first start.
        """
        self._path = path
        self._given = tuple(keys)
        self._given_file = keys_file
        if not self._given:
            create_private(path, _join_keys([_make_key()]))
        self._make_fernet()

    @contextmanager
    def unchanged(self, seconds: float) -> Iterator[None]:
        """Let nobody else change keys, nor copy them beside their tokens; raises `Busy`.

        A rotation encrypts all tokens between two changes of the keys.
        """
        with hold_exclusively(self._path.with_name("rotation.lock"), seconds):
            yield

    @property
    def is_followed(self) -> bool:
        """Whether apps that run follow a change of the keys."""
        return self.is_file or self._given_file is not None

    @property
    def is_file(self) -> bool:
        """Whether the keys stand in the file that is made here."""
        return not self._given

    def lock(self, token: str) -> bytes:
        """Encrypt a token with the first key; raises `BadKeys`."""
        return self._make_fernet().encrypt(token.encode())

    def unlock(self, locked: bytes) -> str:
        """Decrypt a token; raises `CannotUnlock`."""
        try:
            return self._make_fernet().decrypt(locked).decode()
        except (InvalidToken, BadKeys) as error:
            raise CannotUnlock from error

    def relock(self, locked: bytes) -> bytes:
        """Encrypt a token again with the first key; raises `CannotUnlock` and `BadKeys`."""
        try:
            return self._make_fernet().rotate(locked)
        except InvalidToken as error:
            raise CannotUnlock from error

    def add_key(self) -> None:
        """Put a new key in front of those in the file."""
        self._replace([_make_key(), *self._read_keys()])

    def drop_old_keys(self) -> None:
        """Leave only the first key in the file: nothing may be encrypted by another any more."""
        self._replace(self._read_keys()[:1])

    def _read_keys(self) -> list[str]:
        if self._given_file:
            try:
                return list(split_keys(read_file("TOKEN_KEYS_FILE", self._given_file)))
            except BadSetting as error:
                raise BadKeys(str(error)) from None
        return list(self._given) or _read_file(self._path)

    def _make_fernet(self) -> MultiFernet:
        return _join_fernets(self._read_keys(), "TOKEN_KEYS" if self._given else str(self._path))

    def _replace(self, keys: list[str]) -> None:
        replace_private(self._path, _join_keys(keys))


def check_keys(path: Path, keys: Sequence[str] = ()) -> None:
    """Raise `BadKeys` if these keys, or without any those in the file, can encrypt nothing."""
    _join_fernets(keys or _read_file(path), "TOKEN_KEYS" if keys else str(path))


def _read_file(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError as error:
        raise BadKeys(
            f"{path} cannot be read ({error.strerror}), and no token without it. "
            "Bring it back from a backup."
        ) from error


def _join_fernets(keys: Sequence[str], where: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise BadKeys(
            f"{where} holds no usable key. A key is 32 bytes in URL-safe base64."
        ) from error


def _make_key() -> str:
    return Fernet.generate_key().decode()


def _join_keys(keys: Sequence[str]) -> str:
    return "\n".join(keys) + "\n"
