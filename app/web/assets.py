"""The static files' version: one for the whole folder, as a part of every address.

A file's address changes when any file does, so browsers may keep what they have for a
year, and scripts may import each other by relative paths.
"""

import hashlib
from pathlib import Path


def fingerprint(folder: Path) -> str:
    """Name the content of this folder: 12 hexadecimal digits."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            seen.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return seen.hexdigest()[:12]
