"""Instants as a person reads them."""

from datetime import UTC, datetime, timedelta

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


def write_ago(at: datetime, now: datetime) -> Markup:
    """Write how long ago something was, with the instant for a pointer and for screen readers.

    Once a week has gone by, the day says more than its distance does.
    """
    exact = write_moment(at)
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    return Markup(  # noqa: S704  Nor has the time that has gone by since.
        f'<span class="ago" data-ago><span aria-hidden="true">{_count_back(at, now)}</span>'
        f'<span class="visually-hidden">{exact}</span></span>'
    )


def _count_back(at: datetime, now: datetime) -> str:
    gone = now - at
    if gone < timedelta(minutes=1):
        return "just now"
    if gone < timedelta(hours=1):
        return f"{gone // timedelta(minutes=1)} min"
    if gone < timedelta(days=1):
        return f"{gone // timedelta(hours=1)} h"
    if gone < timedelta(weeks=1):
        return f"{gone.days} d"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {MONTHS[at.month - 1]}{year}"


def write_instant(text: str) -> Markup | str:
    """Write an instant that is kept as ISO 8601; older records may have none."""
    return write_moment(datetime.fromisoformat(text)) if text else ""
