"""Where the secrets of the settings come from: a variable, a file, or what a command prints.

A variable can be read by whoever may look at the process, and ends up in dumps of its environment;
a file need not, and a command asks a vault. `NAME_FILE` names the file, and `NAME_COMMAND` is the
command with its arguments, which runs without a shell, and once: processes that are forked later
have what it printed. No sentence here has anything of a secret in it.
"""

import shlex
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LONGEST = 64 * 1024
"""Characters of a secret."""

SECONDS = 15
"""What a command may take."""


class NoSecret(ValueError):
    """A source that has no secret; the message says what to change."""


def read_secret(name: str, environ: Mapping[str, str]) -> str:
    """Read a secret from the one source that is set, or give nothing; raises `NoSecret`."""
    sources = [name, f"{name}_FILE", f"{name}_COMMAND"]
    named = [source for source in sources if environ.get(source, "").strip()]
    if len(named) > 1:
        raise NoSecret(f"{' and '.join(named)} are set. Set one of them.")
    if not named:
        return ""
    value = environ[named[0]].strip()
    if named[0].endswith("_FILE"):
        return _check(named[0], read_file(named[0], Path(value)))
    if named[0].endswith("_COMMAND"):
        return _check(named[0], _run(named[0], value))
    return value


def read_file(name: str, path: Path) -> str:
    """Read the file that a setting names; raises `NoSecret`."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NoSecret(f"{name} is {path}, which cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise NoSecret(f"{name} is {path}, which is no text.") from None


def _check(name: str, secret: str) -> str:
    if not secret:
        raise NoSecret(f"{name} gives nothing. Put the secret there, or take {name} away.")
    if len(secret) > LONGEST:
        raise NoSecret(f"{name} gives more than {LONGEST:,} characters, which is no secret.")
    return secret


@cache
def _run(name: str, command: str) -> str:
    try:
        finished = subprocess.run(  # noqa: S603  Whoever starts the app says what it runs.
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:  # It has what was printed, so it must not be the cause.
        raise NoSecret(f"{name} took more than {SECONDS} seconds.") from None
    except OSError as error:
        raise NoSecret(f"{name} cannot be run ({error.strerror}).") from None
    except ValueError:
        raise NoSecret(f"{name} cannot be read: a quotation mark is missing.") from None
    if finished.returncode:
        raise NoSecret(f"{name} failed: it ended with {finished.returncode}.")
    try:
        return finished.stdout.decode().strip()
    except UnicodeDecodeError:
        raise NoSecret(f"{name} prints no text.") from None
