"""The filters of the list as links: each choice with how many drafts it would show.

A choice leads to the list with it beside what else is chosen, and the one that is chosen already
leads to the list without it, so that everything is in the address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.campaign.contract.fields import CampaignType
from app.connections import Connection
from app.store.base import State
from app.store.collation import make_sort_key
from app.store.draft_query import Show
from app.store.facets import NO_DAY, Facet, Facets
from app.store.listing import COUNTED
from app.web.list_address import lead_to_list
from app.web.pills import READINESS_WORDS, SHORT_STATE_WORDS

NO_FIRST_DAY = "none"
"""What the address says of drafts without a first day, in place of a month."""

_MOST = 24


@dataclass(frozen=True)
class Choice:
    """A choice of a filter; *count* is text, empty where counting stopped before any match."""

    words: str
    count: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter of the list, with its choices; *name* is that of the part of its address."""

    name: str
    title: str
    choices: list[Choice]

    @property
    def is_of_clients(self) -> bool:
        return self.name == "client"


def describe_filters(
    facets: Facets, asked: Mapping[str, str], clients: Mapping[str, Connection], listed: str
) -> list[Filter]:
    """Describe the filters of a list that was *asked* for by these parts of its address.

    *clients* are the connections that may be looked at, by the keys that drafts have, and *listed*
    is how many the list has, which is what a choice that is chosen shows. What is deleted has no
    filter by state: that it is deleted takes the state's place in the address.
    """
    words: dict[Any, str] = READINESS_WORDS | {state: SHORT_STATE_WORDS[state] for state in State}
    by_client = _merge(facets.clients, {key: to.key for key, to in clients.items()})
    names = {
        to.key: to.name for to in sorted(clients.values(), key=lambda to: make_sort_key(to.name))
    }
    types = {CampaignType.OUTBOUND: "Outbound", CampaignType.INBOUND: "Inbound"}
    months = _name_months(facets.months, asked.get("month", ""))
    by_month = _merge(facets.months, {NO_DAY: NO_FIRST_DAY})
    rows: Sequence[tuple[str, str, Mapping[Any, str], Facet]] = (
        ("show", "State", words, facets.standings),
        ("client", "Client", names, by_client),
        ("type", "Type", types, facets.types),
        ("month", "First day", months, by_month),
    )
    return [
        Filter(name, title, list(_list_choices(name, texts, facet, asked, listed)))
        for name, title, texts, facet in rows
        if asked.get(name) != Show.DELETED
    ]


def _merge(facet: Facet, keys: Mapping[str, str]) -> Facet:
    """Count under the key that an address has what has another one in the database."""
    counts: dict[str, int] = {}
    for key, count in facet.counts.items():
        counts[keys.get(key, key)] = counts.get(keys.get(key, key), 0) + count
    return Facet(counts, facet.is_capped)


def _name_months(facet: Facet, chosen: str) -> dict[str, str]:
    """Name the months there are, the latest first, and the one that is chosen in any case.

    Of more than `_MOST` they are those nearest to today.
    """
    today = datetime.now(UTC).date()
    days = {
        month: date.fromisoformat(f"{month}-01")
        for month in {*facet.counts, chosen} - {NO_DAY, NO_FIRST_DAY, ""}
    }
    nearest = sorted(days, key=lambda month: (month != chosen, abs(days[month] - today)))[:_MOST]
    names = {month: f"{days[month]:%B %Y}" for month in sorted(nearest, reverse=True)}
    return names | {NO_FIRST_DAY: "No first day"}


def _list_choices(
    name: str, words: Mapping[Any, str], facet: Facet, asked: Mapping[str, str], listed: str
) -> Iterable[Choice]:
    """List the choices that match a draft, may match one (the count was capped), or are chosen."""
    rest = {key: value for key, value in asked.items() if key != name}
    for value, text in words.items():
        count, is_chosen = facet.counts.get(value, 0), asked.get(name) == value
        if not (count or is_chosen or (facet.is_capped and name != "month")):
            continue
        chosen = {} if is_chosen else {name: value}
        yield Choice(
            text,
            listed if is_chosen else write_count(count, is_capped=facet.is_capped),
            lead_to_list(rest | chosen),
            is_chosen,
        )


def write_count(count: int, *, is_capped: bool) -> str:
    """Write a count, of which at most `COUNTED` were looked at if it is capped: 1,000+, for one."""
    if not is_capped:
        return f"{count:,}"
    return f"{min(count, COUNTED):,}+" if count else ""
