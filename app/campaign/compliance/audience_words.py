"""The sentences about an audience: whose rules were applied, and which are not known."""

from collections.abc import Iterator, Sequence

from app.campaign.compliance.audience import Audience
from app.campaign.compliance.coverage import Coverage, find_coverage
from app.campaign.compliance.places import find_place
from app.campaign.compliance.rule_file import Topic
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.wording import join_words

_SHOWN = 6
_NAMED = 3


def describe_audience(audience: Audience) -> str:
    """Describe whose rules were applied, and which of that is only assumed."""
    places = _name_places(audience)
    count = len(audience.places)
    where = ", ".join(places) if len(places) <= _SHOWN else f"{count} states and countries"
    unread = _describe_unread(audience.unread)
    assumed = f"so {where} {'is' if count == 1 else 'are'} assumed"
    sentences = [
        f"{unread or _describe_missing_places(audience)}, {assumed}."
        if audience.is_assumed
        else f"Held to the rules of {where} only: {unread}."
        if unread
        else f"Held to the rules of {where} that are known here.",
        "You have not said what for, so the rules for every purpose count."
        if audience.purpose is None
        else "",
    ]
    return " ".join(filter(None, sentences))


def describe_gaps(audience: Audience) -> list[str]:
    """Describe what is not known about the rules of an audience's places, a sentence a gap."""
    known = find_coverage(audience)
    sentences = [sentence for topic in _TOPICS for sentence in _describe_gap(topic, known)]
    parts = {find_place(code).name for coverage in known for code in coverage.without_own}
    if parts:
        names = join_places(sorted(parts))
        sentences.append(f"Of {names} only the rules of the country are known here.")
    return sentences


def _describe_gap(topic: Topic, known: Sequence[Coverage]) -> Iterator[str]:
    """Describe for which places a topic is not known, for such calls alone, or not their own."""
    thing = _TOPICS[topic]
    unread = [coverage for coverage in known if topic in coverage.unread]
    for is_ruled, such in ((False, ""), (True, " for such calls")):
        if names := [
            coverage.place.name
            for coverage in unread
            if (topic in coverage.ruled_otherwise) is is_ruled
        ]:
            yield f"{thing}{such} are not known here for {join_places(names)}."
    if names := [coverage.place.name for coverage in known if topic in coverage.own_unread]:
        yield f"{thing}: for {join_places(names)} only those of the country are known here."


def describe_none_found(audience: Audience) -> list[str]:
    """Describe where the law was read without finding a rule: one sentence for each topic."""
    return [
        f"{thing}: read for {join_places(names)}, and none found."
        for topic, thing in _TOPICS.items()
        if (
            names := [
                coverage.place.name
                for coverage in find_coverage(audience)
                if topic in coverage.none_found
            ]
        )
    ]


_TOPICS = {
    Topic.HOURS: "Calling hours",
    Topic.DAYS: "Days without calls",
    Topic.ATTEMPTS: "Limits of attempts",
    Topic.CONSENT: "Duties such as consent",
}


def join_places(names: list[str]) -> str:
    """Join names of places, of many only the first: Germany, Ireland and 3 more places."""
    first_names, more = names[:_NAMED], len(names) - _NAMED
    if more > 1:
        return f"{', '.join(first_names)} and {more} more places"
    return join_words(names)


def _describe_missing_places(audience: Audience) -> str:
    if audience.is_too_long:
        return "What you typed is too long to be read"
    return "You have not said where the leads are"


def _describe_unread(words: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """Describe the words that were not understood, as a clause without punctuation at the end."""
    quoted = join_words([f"“{word}”" for word, _ in words])
    how = "clear" if any(candidates for _, candidates in words) else "understood"
    return f"{quoted} {'is' if len(words) == 1 else 'are'} not {how}" if words else ""


def _name_places(audience: Audience) -> list[str]:
    """List the names of the places, with the name of a group instead of all its members."""
    rest = [place.code for place in audience.places]
    names = []
    for name, codes in load_rulebook().groups.items():
        if set(codes) <= set(rest):
            names.append(f"the {name}")
            rest = [code for code in rest if code not in codes]
    return names + [place.name for place in audience.places if place.code in rest]
