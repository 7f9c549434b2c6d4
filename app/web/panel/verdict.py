"""The verdict on a campaign: one line, the worst thing first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.campaign.compliance.acceptance import ACCEPTED, LIFTED, UNMET
from app.campaign.compliance.evidence import Severity
from app.campaign.formatting import write_plural

RULES, DUTIES = "#m-rules", "#duties"


class Phrase(NamedTuple):
    """A part of the verdict, and the part of the page that says more; "" where none does."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Verdict:
    """What blocks a campaign, what is broken, what is open and what was accepted, as phrases.

    It *is broken* if no answer is missing, and something else still must not stay as it is.
    """

    phrases: Sequence[Phrase]
    is_broken: bool
    is_answered: bool


def make_verdict(
    *, unanswered: int, never_calls: bool, counts: Mapping[str, int], gaps: int
) -> Verdict:
    """Make the verdict on a campaign.

    *unanswered* counts the questions whose answer is missing or wrong, *counts* is the findings as
    `acceptance.tally` counts them, and *gaps* what is not known of the rules.
    """
    must_change = never_calls or bool(counts.get(Severity.HIGH) or counts.get(UNMET))
    phrases = list(_list_phrases(unanswered, counts, gaps, never_calls=never_calls))
    if phrases:
        words, address = phrases[0]
        phrases[0] = Phrase(f"{words[:1].upper()}{words[1:]}", address)
    return Verdict(phrases, must_change and not unanswered, not unanswered)


def _list_phrases(
    unanswered: int, counts: Mapping[str, int], gaps: int, *, never_calls: bool
) -> Iterator[Phrase]:
    if unanswered:
        answers = write_plural(unanswered, "one answer is", "{} answers are")
        yield Phrase(f"{answers} still to be given or changed")
    if never_calls:
        yield Phrase("no call would ever be made")
    for key, singular, plural, address in (
        (Severity.HIGH, "{} law is broken", "{} laws are broken", RULES),
        (UNMET, "{} duty is not met", "{} duties are not met", DUTIES),
        (Severity.MEDIUM, "{} to verify", "{} to verify", RULES),
        (Severity.LOW, "{} to confirm", "{} to confirm", DUTIES),
        (ACCEPTED, "{} accepted", "{} accepted", RULES),
        (LIFTED, "{} lifted", "{} lifted", RULES),
    ):
        if count := counts.get(key):
            yield Phrase(write_plural(count, singular, plural), address)
    if gaps:
        yield Phrase("not all rules are known here", RULES)
