"""Instants as a person reads them."""

from datetime import UTC, datetime

from markupsafe import Markup

from app.campaign.formatting import MONTHS, format_clock


def write_moment(at: datetime) -> Markup:
    """Write an instant in UTC; a script turns it into the reader's own time."""
    at = at.astimezone(UTC)
    time_of_day = format_clock(at.time().replace(second=0))
    words = f"{at.day} {MONTHS[at.month - 1]} {at.year}, {time_of_day} UTC"
    return Markup(  # noqa: S704  An instant has no sign that means anything to HTML.
        f'<time datetime="{at.isoformat(timespec="seconds")}" data-moment>{words}</time>'
    )


def write_instant(text: str) -> Markup | str:
    """Write an instant that is kept as ISO 8601; older records may have none."""
    return write_moment(datetime.fromisoformat(text)) if text else ""
