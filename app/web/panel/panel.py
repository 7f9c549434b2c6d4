"""What a campaign means, made ready for the screen: beside the form and on the review page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import request
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import Accepted, tally
from app.campaign.compliance.audience_words import describe_gaps
from app.campaign.compliance.fixes import Fix
from app.campaign.compliance.holidays import has_too_many_parts
from app.campaign.contract.fields import CAMPAIGNS_PATH, FIELD, Values, When
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import Answers
from app.campaign.contract.wording import describe_advice, describe_kept, describe_problem
from app.campaign.explanation import Explanation, explain
from app.campaign.schedule.windows import Overview
from app.campaign.timezones.words import find_likely_zones
from app.campaign.timezones.zones import ZONE_NAMES, find_offset, format_offset
from app.connections import Connection
from app.rights import Right
from app.store.address_book import Nicknames
from app.web.access import may
from app.web.clocks import choose_zone
from app.web.nicknames import list_named_ids
from app.web.panel.calendar_part import draw_calendar
from app.web.panel.findings_view import FixButton, describe_change
from app.web.panel.highlight import mark_up
from app.web.panel.lead_part import draw_lead
from app.web.panel.rules_part import Offers, Trouble, draw_rules
from app.web.panel.sections import SectionState, list_sections
from app.web.panel.snippets import write_curl, write_python
from app.web.panel.verdict import Verdict, make_verdict

ERROR, ADVICE, STRONG, FACT = "error", "advice", "strong", "fact"


@dataclass(frozen=True)
class Note:
    """Something to say beside a field: an error, an advice or a fact, with changes to offer."""

    kind: str
    text: str
    changes: tuple[FixButton, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One campaign's meaning, made ready: notes by field, drawn parts, JSON in three shapes.

    `counts` is the findings as `acceptance.tally` counts them, and `gaps` how many sentences
    say what is not known of the rules; `sections` is what the index of the form shows.
    """

    meaning: Explanation
    notes: Mapping[str, Sequence[Note]]
    counts: Mapping[str, int]
    gaps: int
    sections: Sequence[SectionState]
    can_send: bool
    offers: Offers
    rules: Markup | None
    calendar: Markup | None
    lead: Markup | None
    json: Markup
    curl: str
    python: str

    @property
    def never_calls(self) -> bool:
        """Whether some advice is that no call would ever be made."""
        return any(advice.is_strong for advice in self.meaning.advice)

    @property
    def unanswered(self) -> list[str]:
        """The names of the questions whose answer is missing or wrong, in the form's order."""
        return list(dict.fromkeys(problem.field for problem in self.meaning.problems))

    @property
    def verdict(self) -> Verdict:
        return make_verdict(
            unanswered=len(self.unanswered),
            never_calls=self.never_calls,
            counts=self.counts,
            gaps=self.gaps,
        )

    @property
    def advice(self) -> list[Note]:
        """Everything worth a second look, the gravest first; each thing once."""
        advice = [
            note for notes in self.notes.values() for note in notes if note.kind in {ADVICE, STRONG}
        ]
        return sorted(dict.fromkeys(advice), key=lambda note: note.kind != STRONG)


def offer_changes(to: Connection) -> Offers:
    """Offer on the form the changes that would fix what rules find, to who may edit there."""
    return Offers.CHANGES if may(Right.EDIT, to.key) else Offers.NOTHING_ON_FORM


def offer_answers(to: Connection) -> Offers:
    """Offer on the review to answer and to accept, to who may do that there."""
    if may(Right.ACCEPT, to.key):
        return Offers.ACCEPTANCE
    can_answer = may(Right.EDIT, to.key) or may(Right.SEND, to.key)
    return Offers.ANSWERS if can_answer else Offers.NOTHING


def build_panel(
    answers: Answers,
    accepted: Accepted,
    to: Connection,
    *,
    offers: Offers,
    trouble: Trouble | None = None,
) -> Panel:
    """Say what these answers mean, by the same code that submits them.

    *accepted* is the findings that somebody has accepted, *to* is where the campaign goes;
    *offers* are the changes that would fix the others, or to accept them in a form that is around
    the panel, and *trouble* is why a reason for that was not taken.
    """
    now = datetime.now(UTC)
    explanation = explain(answers, now)
    url = find_public_url(to)
    overview = explanation.overview
    clock = choose_zone(overview.schedule.zone) if overview else ""
    return Panel(
        meaning=explanation,
        notes=_list_notes(explanation, now),
        counts=tally(explanation.findings, accepted),
        gaps=len(describe_gaps(explanation.audience)) if overview else 0,
        sections=list_sections(explanation),
        can_send=to.is_enabled,
        offers=offers,
        rules=draw_rules(explanation, accepted, offers=offers, trouble=trouble),
        calendar=_draw_calendar(explanation, overview, clock) if overview else None,
        lead=draw_lead(explanation.lead, clock) if explanation.lead else None,
        json=mark_up(explanation.body.decode()),
        curl=write_curl(url, explanation.body),
        python=write_python(url, explanation.payload),
    )


def _draw_calendar(explanation: Explanation, overview: Overview, clock: str) -> Markup:
    return draw_calendar(
        overview,
        tuple(explanation.closed.items()),
        clock,
        has_too_many_parts=has_too_many_parts(explanation.audience),
    )


def add_nicknames(panel: Panel, session: Session, to: Connection, of_sandbox: Nicknames) -> Panel:
    """Tell beside each id what the address book of the connection, or the sandbox, calls it."""
    notes = dict(panel.notes)
    for named in list_named_ids(session, to, panel.meaning.payload, of_sandbox):
        note = Note(FACT, f"{named.nickname}, by {named.source}.")
        notes[named.field] = [*notes.get(named.field, ()), note]
    return replace(panel, notes=notes)


def find_public_url(to: Connection) -> str:
    """Tell where the API is for somebody outside this process."""
    return (
        f"{request.scheme}://{request.host}/sandbox{CAMPAIGNS_PATH}"
        if to.is_built_in
        else to.campaigns_url
    )


def _list_notes(explanation: Explanation, now: datetime) -> Mapping[str, Sequence[Note]]:
    notes: dict[str, list[Note]] = defaultdict(list)
    for problem in explanation.problems:
        changes = _list_changes(
            problem.field, _list_better(problem, explanation.values), explanation.values
        )
        notes[problem.field].append(Note(ERROR, describe_problem(problem), changes))
    for advice in explanation.advice:
        kind = STRONG if advice.is_strong else ADVICE
        better = (advice.better,) if advice.better else ()
        changes = _list_changes(advice.field, better, explanation.values)
        notes[advice.field].append(Note(kind, describe_advice(advice), changes))
    for name, kept in _list_kept(explanation).items():
        notes[name].append(Note(FACT, describe_kept(kept)))
    zone = explanation.values.get("timezone")
    if zone in ZONE_NAMES:
        sentence = f"{zone} is now at UTC{format_offset(find_offset(zone, now))}."
        notes["timezone"].append(Note(FACT, sentence))
    return notes


def _list_kept(explanation: Explanation) -> Mapping[str, Sequence[str]]:
    """Name what is not sent, by the question that was answered so that it is not."""
    kept: dict[str, list[str]] = defaultdict(list)
    for name in explanation.left_out:
        depends = FIELD[name].applies
        if isinstance(depends, When) and depends.field in explanation.values:
            kept[depends.field].append(name)
    return kept


def _list_better(problem: Problem, values: Values) -> Sequence[Any]:
    """Name the values that are probably meant by one that is not right."""
    return find_likely_zones(values[problem.field]) if problem.code is Code.NOT_A_ZONE else ()


def _list_changes(name: str, better: Sequence[Any], values: Values) -> tuple[FixButton, ...]:
    return tuple(describe_change(Fix(((name, value),)), values) for value in better)
