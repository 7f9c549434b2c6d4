"""Pages of what only ever grows, the newest first, found by the numbers between which they lie."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")
Page = tuple[list[Item], int | None, int | None]
"""The items, and where the next newer page begins above, and the next older one below."""


class Bounds(NamedTuple):
    """Where a page lies: the newest below *before*, or the next ones above *after*."""

    before: int | None = None
    after: int | None = None


NEWEST = Bounds()
"""The newest page."""


def read_page(
    read: Callable[[Bounds], list[Item]], number: Callable[[Item], int], bounds: Bounds, size: int
) -> Page[Item]:
    """Read the page between bounds; `None` stands for where there is no other page.

    *read* gives up to one more item than a page has, those above *after* in rising order, others
    in falling order. What would reach over the newest item is the newest page.
    """
    if bounds.after is not None:
        items = read(bounds)
        if len(items) > size:
            page = items[:size][::-1]
            return page, number(page[0]), number(page[-1])
        bounds = NEWEST
    items = read(bounds)
    page = items[:size]
    newer = number(page[0]) if page and bounds.before is not None else None
    return page, newer, number(page[-1]) if len(items) > size else None
