"""Named settings for the schedule and the retries: see what one changes, then use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.compliance.audience import read_audience
from app.campaign.compliance.fitting import DoesNotFit, fit
from app.campaign.compliance.rule import Preset
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.fields import CampaignType, Values, Weekday
from app.campaign.contract.payload import write_values_as_answers
from app.campaign.contract.reading import Answers, read_answers
from app.campaign.contract.wording import WORDS
from app.campaign.schedule.windows import read_schedule
from app.campaign.timezones.zones import name_city
from app.rights import Right
from app.services import store
from app.store import drafts, presets
from app.store.audit_trail import find_changes
from app.store.drafts import StaleVersion
from app.store.models import KeptPreset
from app.web.access import needs
from app.web.conflict_words import DRAFT_CHANGED
from app.web.kept_presets import (
    FILLED,
    FORGOTTEN,
    list_visible_presets,
    name_presets,
    write_setting,
)
from app.web.row_numbers import read_number
from app.web.saving import save_answers
from app.web.undo import tell_with_undo
from app.web.visit import find_connection

bp = Blueprint("presets", __name__)

_NOT_HERE = "It says nothing of when and how often to call. A new campaign can begin with it."


@dataclass(frozen=True)
class Offer:
    """A preset: what it fills in, as it would be typed; `rule` is where a given one comes from.

    `fitting` says how its hours were fitted to the leads' clocks; with no settings, why not.
    """

    id: str
    title: str
    settings: Answers
    rule: Preset | None = None
    fitting: str = ""

    def list_changes(self, answers: Answers) -> Sequence[tuple[str, str, str]]:
        """Name each setting that would be another: its label, what it is now, what it would be."""
        now, then = read_answers(answers).values, read_answers(self.settings).values
        return [
            (WORDS[name].label, write_setting(name, now), write_setting(name, then))
            for name in FILLED
            if name in then and now.get(name) != then[name]
        ]


@bp.get("/drafts/<draft:draft_id>/presets")
@needs(Right.EDIT)
def choose(draft_id: str) -> ResponseReturnValue:
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked:
            return redirect(url_for("submissions.latest", draft_id=draft_id))
        if draft.deleted_at:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        return render_template(
            "campaign/presets.html",
            connection=find_connection(draft),
            draft=draft,
            offers=_list_offers(session, draft.answers),
        )


@bp.post("/drafts/<draft:draft_id>/presets/use")
@needs(Right.EDIT)
def use(draft_id: str) -> ResponseReturnValue:
    """Fill the draft with one preset; what it does not name stays as it is."""
    version = request.form.get("version", 0, type=read_number)
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        if draft.deleted_at:
            return redirect(url_for("editing.edit", draft_id=draft_id))
        answers = dict(draft.answers)
        offered = {offer.id: offer for offer in _list_offers(session, answers)}
    offer = offered.get(request.form.get("preset", ""))
    if offer is None or not offer.settings:
        flash(offer.fitting if offer else "This preset is gone.")
        return redirect(url_for("presets.choose", draft_id=draft_id))
    filled = {**answers, **offer.settings}
    try:
        draft = save_answers(draft_id, filled, expected_version=version)
    except StaleVersion:
        flash(DRAFT_CHANGED)
        return redirect(url_for("presets.choose", draft_id=draft_id))
    words = f"Filled in: {offer.title}."
    if changes := find_changes(answers, filled):
        tell_with_undo(words, draft, version, changes)
    else:
        flash(words)
    return redirect(url_for("editing.edit", draft_id=draft_id))


@bp.post("/drafts/<draft:draft_id>/presets/forget")
@needs(Right.ADMINISTER)
def forget(draft_id: str) -> ResponseReturnValue:
    with store().writing() as session:
        presets.forget(session, request.form.get("preset", 0, type=read_number))
    flash(FORGOTTEN)
    return redirect(url_for("presets.choose", draft_id=draft_id))


def _list_offers(session: Session, answers: Answers) -> list[Offer]:
    """List what can be filled in; where callers ring, new campaigns alone can begin with it."""
    is_rung = answers.get("type") == CampaignType.INBOUND
    visible = list_visible_presets(session)
    titles = name_presets(visible)
    own = [_offer_own(preset, titles[preset.id], is_rung=is_rung) for preset in visible]
    if is_rung:
        return own
    return own + [_offer_preset(preset, answers) for preset in load_rulebook().presets]


def _offer_own(preset: KeptPreset, title: str, *, is_rung: bool) -> Offer:
    filled = () if is_rung else FILLED
    settings = {name: preset.settings[name] for name in filled if name in preset.settings}
    return Offer(f"{preset.id}", title, settings, fitting="" if settings else _NOT_HERE)


def _offer_preset(preset: Preset, answers: Answers) -> Offer:
    """Offer a preset of the rules; hours on the leads' clocks are put on the campaign's."""
    if not preset.is_by_leads_clock:
        return Offer(preset.id, preset.title, write_values_as_answers(preset.settings), preset)
    hours = f"{write_setting('daily_start_time', preset.settings)} to "
    hours += write_setting("daily_end_time", preset.settings)
    explanation = f"{hours} are meant on the clock of every lead."
    schedule = read_schedule({**_OFFICE, **read_answers(answers).values})
    if schedule is None:
        fitting = f"{explanation} Enter the days and the time zone of the campaign first."
        return Offer(preset.id, preset.title, {}, preset, fitting)
    audience = read_audience(answers, schedule.zone)
    try:
        fitted = fit(preset, schedule, audience)
    except DoesNotFit:
        fitting = (
            f"{explanation} No one window does that for all of them: split the campaign by place."
        )
        return Offer(preset.id, preset.title, {}, preset, fitting)
    fitting = f"{explanation} What is filled in is by the clock in {name_city(schedule.zone)}."
    return Offer(preset.id, preset.title, write_values_as_answers(fitted), preset, fitting)


_OFFICE: Values = {
    "type": "OUTBOUND",
    "days_of_week": tuple(Weekday)[:5],
    "daily_start_time": time(9),
    "daily_end_time": time(17),
}
"""What a preset replaces, for a campaign in which it is not filled in yet."""
