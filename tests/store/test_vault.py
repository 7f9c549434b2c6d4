"""Tokens are encrypted at rest, by keys that can be renewed while the app runs."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.store.vault import BadKeys, CannotUnlock, Vault

TOKEN = "t0ken-of-a-customer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token_keys"


def test_what_is_locked_is_unlocked_and_is_not_the_token(path: Path) -> None:
    vault = Vault(path)
    locked = vault.lock(TOKEN)
    assert TOKEN.encode() not in locked
    assert vault.unlock(locked) == TOKEN
    assert Vault(path).unlock(locked) == TOKEN  # As after the next start.


def test_the_same_is_never_locked_alike(path: Path) -> None:
    vault = Vault(path)
    assert len({vault.lock(TOKEN) for _ in range(100)}) == 100


@pytest.mark.parametrize("place", [0, 1, 9, 30, -1])
def test_what_was_changed_is_not_unlocked(path: Path, place: int) -> None:
    vault = Vault(path)
    content = bytearray(urlsafe_b64decode(vault.lock(TOKEN)))
    content[place] ^= 1
    for changed in (urlsafe_b64encode(content), urlsafe_b64encode(content[:-1]), b"", b"none"):
        with pytest.raises(CannotUnlock):
            vault.unlock(changed)


def test_only_its_owner_can_read_the_file_of_keys(path: Path) -> None:
    Vault(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_key_reads_what_the_old_one_locked_until_that_is_dropped(path: Path) -> None:
    vault, running = Vault(path), Vault(path)
    locked = vault.lock(TOKEN)
    vault.add_key()
    assert running.unlock(locked) == TOKEN
    renewed = vault.relock(locked)
    vault.drop_old_keys()

    assert running.unlock(renewed) == TOKEN
    with pytest.raises(CannotUnlock):
        running.unlock(locked)
    assert path.stat().st_mode & 0o777 == 0o600


def test_keys_of_the_environment_leave_no_file(path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    locked = Vault(path, [old]).lock(TOKEN)
    renewed = Vault(path, [new, old]).relock(locked)
    assert Vault(path, [new]).unlock(renewed) == TOKEN
    assert not path.exists()


def test_keys_that_are_none_are_told_at_the_start(path: Path) -> None:
    with pytest.raises(BadKeys, match="TOKEN_KEYS holds no usable key"):
        Vault(path, ["secret"])
    path.write_text("half a key")
    with pytest.raises(BadKeys, match="token_keys holds no usable key"):
        Vault(path)


def test_an_empty_file_of_an_interrupted_start_is_filled(path: Path) -> None:
    path.touch()
    assert Vault(path).unlock(Vault(path).lock(TOKEN)) == TOKEN


def test_a_file_that_is_gone_is_told_instead_of_made_anew(path: Path) -> None:
    vault = Vault(path)
    locked = vault.lock(TOKEN)
    path.unlink()
    with pytest.raises(BadKeys, match="Bring it back from a backup"):
        vault.lock(TOKEN)
    with pytest.raises(CannotUnlock):
        vault.unlock(locked)


class TestNamedFile:
    """Keys in a file that the settings name, which each machine has."""

    def named(self, path: Path, *keys: str) -> Path:
        file = path.with_name("shared_keys")
        file.write_text("\n".join(keys))
        return file

    def test_apps_that_run_follow_a_change_of_it(self, path: Path) -> None:
        old, new = (Fernet.generate_key().decode() for _ in range(2))
        file = self.named(path, old)
        first, second = (Vault(path, [old], file) for _ in range(2))
        locked = first.lock(TOKEN)

        self.named(path, old, new)
        self.named(path, new, old)
        renewed = second.relock(locked)
        self.named(path, new)

        assert first.unlock(renewed) == TOKEN
        with pytest.raises(CannotUnlock):
            second.unlock(locked)
        assert first.is_followed
        assert not first.is_file
        assert not path.exists()

    def test_while_it_cannot_be_read_that_is_said_without_a_key(self, path: Path) -> None:
        key = Fernet.generate_key().decode()
        file = self.named(path, key)
        vault = Vault(path, [key], file)
        file.unlink()

        with pytest.raises(
            BadKeys, match=r"TOKEN_KEYS_FILE is .*shared_keys, which cannot be read"
        ):
            vault.lock(TOKEN)
