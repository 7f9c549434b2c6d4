"""What is known of the rules of an audience's places, and what is not: no data is never a pass."""

from dataclasses import dataclass
from functools import lru_cache

from app.campaign.compliance.audience import Audience, concerns, find_jurisdictions
from app.campaign.compliance.places import Place, list_parts, list_unions
from app.campaign.compliance.rule_file import Topic
from app.campaign.compliance.rulebook import load_rulebook


@dataclass(frozen=True)
class Coverage:
    """What is known of one place, for an audience's purpose.

    `unread` are topics of which no rule is known for it; for `none_found` the law was read, and
    has none. In a country whose parts have rules of their own, `own_unread` are topics of which
    only the country's are known in some of the place, and `without_own` the parts, by their
    codes, of whose own rules none is.
    """

    place: Place
    unread: frozenset[Topic]
    none_found: frozenset[Topic]
    own_unread: frozenset[Topic]
    without_own: frozenset[str]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left that nobody has looked for."""
        return not (self.unread or self.own_unread or self.without_own)


@lru_cache(maxsize=256)
def find_coverage(audience: Audience) -> tuple[Coverage, ...]:
    """Say for each place of an audience what is known of its rules."""
    return tuple(_combine_coverage(place, audience) for place in audience.places)


def find_read_topics(code: str) -> frozenset[Topic]:
    """Tell for which topics a jurisdiction's own law has been read."""
    book = load_rulebook()
    ruled = {rule.topic for rule in book.rules if rule.jurisdiction == code}
    return book.read_for.get(code, frozenset()) | ruled


def _combine_coverage(place: Place, audience: Audience) -> Coverage:
    """Put together what is known of each country and part that a place can lie in."""
    codes = find_jurisdictions(place)
    parts = [code for code in codes if "-" in code and _has_laws(code)]
    countries = [code for code in codes if "-" not in code and code not in load_rulebook().members]
    homes = parts or countries
    known = [_find_unknown_topics(home, audience) for home in homes]
    own = [code for code in parts if find_read_topics(code)]
    is_whole_country = (
        place.code == place.country
    )  # Its parts are told by name, one by one, if they are meant.
    return Coverage(
        place=place,
        unread=frozenset().union(*(unread for unread, _ in known)),
        none_found=known[0][1].intersection(*(none for _, none in known)),
        own_unread=frozenset()
        if is_whole_country
        else frozenset().union(*(frozenset(Topic) - find_read_topics(code) for code in own))
        - frozenset().union(*(unread for unread, _ in known)),
        without_own=frozenset(parts) - frozenset(own),
    )


def _find_unknown_topics(
    home: str, audience: Audience
) -> tuple[frozenset[Topic], frozenset[Topic]]:
    """Give the topics of which nothing is known in a country or a part, and of which no rule is."""
    country = home[:2]
    own = [*list_unions(country), country, *([home] if home != country else [])]
    rules = [rule for rule in load_rulebook().rules if rule.jurisdiction in own]
    ruled = {rule.topic for rule in rules if concerns(rule, audience)}
    read = find_read_topics(country) & find_read_topics(home)
    none = read - {rule.topic for rule in rules}
    return frozenset(Topic) - ruled - none, frozenset(none)


def _has_laws(part: str) -> bool:
    """Tell whether parts of this country have rules of calling of their own."""
    return any(find_read_topics(place.code) for place in list_parts(part[:2]))
