"""Small pictures beside words, which make these quicker to find and never stand for them.

They are those of Lucide, drawn into the page itself, so that they have the colour of the words
and nothing has to be fetched.
"""

import re
from pathlib import Path

from flask import Flask
from markupsafe import Markup

_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def install(app: Flask) -> None:
    """Let templates draw an icon by the name of its file; a name without one raises `KeyError`."""
    icons = _read_icons(Path(str(app.static_folder)) / "vendor" / "lucide")
    app.jinja_env.globals.update(icon=icons.__getitem__)


def _read_icons(folder: Path) -> dict[str, Markup]:
    """Read all icons, each as an element that no screen reader reads."""
    return {path.stem: _read_icon(path) for path in folder.glob("*.svg")}


def _read_icon(path: Path) -> Markup:
    drawing = _DRAWING.search(path.read_text(encoding="utf-8"))
    if drawing is None:
        raise ValueError(f"{path.name} is no icon.")
    lines = "".join(line.strip() for line in drawing[1].splitlines())
    return Markup(  # noqa: S704  A vendored file.
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{lines}</svg>'
    )
