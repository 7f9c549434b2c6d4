"""Macros of the templates, drawn by themselves: without what only a whole page needs."""

from flask import current_app
from markupsafe import Markup


def draw_macro(template: str, name: str, *arguments: object) -> Markup:
    """Draw one macro of a file in `templates/macros`."""
    module = current_app.jinja_env.get_template(f"macros/{template}.html").module
    return Markup(getattr(module, name)(*arguments))  # noqa: S704  A rendered template is escaped.
