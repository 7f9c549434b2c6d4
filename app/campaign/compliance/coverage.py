"""What is known about the rules of an audience's places. Missing data never counts as a pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from app.campaign.compliance.audience import Audience, concerns, find_jurisdictions
from app.campaign.compliance.places import Place, list_enclosing, list_parts
from app.campaign.compliance.rule import Rule
from app.campaign.compliance.rule_file import Topic
from app.campaign.compliance.rulebook import load_rulebook


@dataclass(frozen=True)
class Coverage:
    """What is known about one place, for an audience's purpose.

    `unread` are topics without a known rule; in `ruled_otherwise` are those of which rules for
    other purposes are known, and for those in `none_found` the law was read and has no rule.
    In a country whose parts have rules of their own, `own_unread` are topics for which only the
    country's rules are known in a part of the place, and `without_own` are the codes of the parts
    whose own rules are not known at all.
    """

    place: Place
    unread: frozenset[Topic]
    none_found: frozenset[Topic]
    ruled_otherwise: frozenset[Topic]
    own_unread: frozenset[Topic]
    without_own: frozenset[str]


@lru_cache(maxsize=256)
def find_coverage(audience: Audience) -> tuple[Coverage, ...]:
    """Find what is known about the rules of each place of an audience, in its order."""
    return tuple(_combine_coverage(place, audience) for place in audience.places)


def find_read_topics(code: str) -> frozenset[Topic]:
    """Find the topics for which a jurisdiction's own law has been read."""
    book = load_rulebook()
    ruled = {rule.topic for rule in book.rules if rule.jurisdiction == code}
    return book.read_for.get(code, frozenset()) | ruled


def _combine_coverage(place: Place, audience: Audience) -> Coverage:
    """Combine what is known about each country and part that a place can be in."""
    codes = find_jurisdictions(place)
    parts = [code for code in codes if "-" in code and _has_laws(code)]
    countries = [code for code in codes if "-" not in code and code not in load_rulebook().members]
    homes = parts or countries
    known = [_find_unknown_topics(home, audience) for home in homes]
    rules = [rule for rule in load_rulebook().rules if rule.jurisdiction in codes]
    unread = frozenset().union(*(unread_there for unread_there, _ in known))
    own = [code for code in parts if find_read_topics(code)]
    # Of a whole country, parts without rules of their own are listed by name in `without_own`.
    is_whole_country = place.code == place.country
    return Coverage(
        place=place,
        unread=unread,
        none_found=known[0][1].intersection(*(none for _, none in known)),
        ruled_otherwise=unread & (_list_topics(rules) - _list_topics(rules, audience)),
        own_unread=frozenset()
        if is_whole_country
        else frozenset().union(*(frozenset(Topic) - find_read_topics(code) for code in own))
        - unread,
        without_own=frozenset(parts) - frozenset(own),
    )


def _list_topics(rules: Iterable[Rule], audience: Audience | None = None) -> set[Topic]:
    """List what rules are about, of all of them or of those that concern an audience."""
    return {rule.topic for rule in rules if audience is None or concerns(rule, audience)}


def _find_unknown_topics(
    home: str, audience: Audience
) -> tuple[frozenset[Topic], frozenset[Topic]]:
    """Find the topics that are unknown in a country or part, and those known to have no rule."""
    country = home[:2]
    own = [*list_enclosing(country), country, *([home] if home != country else [])]
    rules = [rule for rule in load_rulebook().rules if rule.jurisdiction in own]
    ruled = {rule.topic for rule in rules if concerns(rule, audience)}
    read = find_read_topics(country) & find_read_topics(home)
    none = read - {rule.topic for rule in rules}
    return frozenset(Topic) - ruled - none, frozenset(none)


def _has_laws(part: str) -> bool:
    """Tell whether parts of this country have rules of calling of their own."""
    return any(find_read_topics(place.code) for place in list_parts(part[:2]))
