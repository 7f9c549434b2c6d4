"""Instants as a person reads them."""

from datetime import UTC, datetime

from markupsafe import Markup


def moment(at: datetime) -> Markup:
    """Write an instant in UTC; a script turns it into the reader's own time."""
    at = at.astimezone(UTC)
    return Markup('<time datetime="{}" data-moment>{}</time>').format(
        at.isoformat(timespec="seconds"), f"{at.day} {at:%b} {at.year}, {at:%H:%M} UTC"
    )
