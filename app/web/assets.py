"""The static files' version, and the pages' style in one piece.

One version for the whole folder is a part of every address. A file's address changes when
any file does, so browsers may keep what they have for a year, and scripts may import each
other by relative paths. The style is written as one file a component, and asked for once.
"""

import hashlib
from pathlib import Path

from flask import Flask, Response, abort, request

SERVED = frozenset({".css", ".js", ".svg"})
"""Kinds of files that pages load; beside them stand licences, and what renews packages."""

_ORDER = "layers.css"


def install(app: Flask) -> None:
    """Serve the style beside the static files, joined once."""
    joined = join_style(Path(str(app.static_folder)) / "css")

    @app.get(f"{app.static_url_path}/style.css")
    def style() -> Response:
        return Response(joined, mimetype="text/css")

    app.before_request(_serve_only_what_pages_load)


def _serve_only_what_pages_load() -> None:
    name = str((request.view_args or {}).get("filename", ""))
    if request.endpoint == "static" and Path(name).suffix not in SERVED:
        abort(404)


def join_style(folder: Path) -> str:
    """Join the style sheets of this folder, the order of their layers first."""
    parts = sorted(path for path in folder.rglob("*.css") if path.name != _ORDER)
    return "\n".join(path.read_text(encoding="utf-8") for path in (folder / _ORDER, *parts))


def fingerprint(folder: Path) -> str:
    """Name the content of this folder: 12 hexadecimal digits."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            seen.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return seen.hexdigest()[:12]
