"""The pages: one module for each screen. A view reads the request, calls one thing, renders."""

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect

from app.web import (
    about,
    drafts,
    duplicates,
    editing,
    errors,
    preview,
    review,
    sandbox,
    security,
    submissions,
    words,
    zones,
)


def install(app: Flask) -> None:
    """Give the app its pages, and what all of them share."""
    security.install(app)
    errors.install(app)
    words.install(app)
    Compress(app)
    csrf = CSRFProtect(app)
    csrf.exempt(preview.bp)  # It changes nothing, and answers only the page that asked.
    screens = (about, drafts, duplicates, editing, preview, review, sandbox, submissions, zones)
    for screen in screens:
        app.register_blueprint(screen.bp)
