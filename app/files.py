"""Where the files are that the program needs beside its modules."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IS_INSTALLED = (_PACKAGE / "templates").is_dir()
"""In a checkout they stand beside the package; an installed package has them inside."""

TEMPLATES = (_PACKAGE if _IS_INSTALLED else _PACKAGE.parent) / "templates"
STATIC = (_PACKAGE if _IS_INSTALLED else _PACKAGE.parent) / "static"

HOME = Path.cwd() if _IS_INSTALLED else _PACKAGE.parent
"""What a relative `INSTANCE` is relative to: the folder of a checkout, or where one is."""

LEAST_FREE = 64 * 1024 * 1024
"""Bytes of a disk: with fewer, an answer may find no room."""
