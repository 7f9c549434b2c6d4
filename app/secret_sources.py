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

from app.setting_values import BadSetting

LONGEST = 64 * 1024
"""Characters of a secret."""

_MOST_BYTES = 4 * LONGEST + 1  # A character is four bytes at most.

SECONDS = 15
"""What a command may take."""


def read_secret(name: str, environ: Mapping[str, str]) -> str:
    """Read a secret from the one source that is set, or give nothing; raises `BadSetting`."""
    sources = [name, f"{name}_FILE", f"{name}_COMMAND"]
    named = [source for source in sources if environ.get(source, "").strip()]
    if len(named) > 1:
        raise BadSetting(f"{' and '.join(named)} are set. Set one of them.")
    if not named:
        return ""
    value = environ[named[0]].strip()
    if named[0].endswith("_FILE"):
        return _check(named[0], read_file(named[0], Path(value)))
    if named[0].endswith("_COMMAND"):
        return _check(named[0], _run(named[0], value))
    return value


def read_file(name: str, path: Path) -> str:
    """Read the file that a setting names, and no more of it than a secret has; raises `BadSetting`.

    A pipe would be waited for, each time that it is read.
    """
    try:
        if not path.is_file():
            path.stat()  # It says what is wrong with one that is not there.
            raise BadSetting(f"{name} is {path}, which is no ordinary file.")
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode().strip()
    except OSError as error:
        raise BadSetting(f"{name} is {path}, which cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise BadSetting(f"{name} is {path}, which is no text.") from None


def _check(name: str, secret: str) -> str:
    if not secret:
        raise BadSetting(f"{name} gives nothing. Put the secret there, or take {name} away.")
    if len(secret) > LONGEST:
        raise BadSetting(f"{name} gives more than {LONGEST:,} characters, which is no secret.")
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
        raise BadSetting(f"{name} took more than {SECONDS} seconds.") from None
    except OSError as error:
        raise BadSetting(f"{name} cannot be run ({error.strerror}).") from None
    except ValueError:
        raise BadSetting(f"{name} cannot be read: a quotation mark is missing.") from None
    if finished.returncode:
        raise BadSetting(f"{name} failed: it ended with {finished.returncode}.")
    try:
        return finished.stdout.decode().strip()
    except UnicodeDecodeError:
        raise BadSetting(f"{name} prints no text.") from None
