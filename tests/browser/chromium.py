"""Find the Chromium that the browser tests drive, and say how to start it."""

import subprocess
from pathlib import Path

# Without these the browser looks for updates and services on the network by itself; and small
# scripts are compiled and swept by helpers of their own, which costs more than it saves.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--js-flags=--single-threaded",
)

_FINDER = Path(__file__).with_name("chromium.sh")


class NoBrowser(Exception):
    """No Chromium could be found or installed; the message says what to install."""


def chromium() -> str:
    """Give the path of a Chromium, installing one if there is none and the system lets us."""
    search = subprocess.run(  # noqa: S603  # our own script, without arguments
        [_FINDER], capture_output=True, text=True, check=False
    )
    if search.returncode != 0:
        raise NoBrowser(search.stderr.strip().splitlines()[-1])
    return search.stdout.strip()
