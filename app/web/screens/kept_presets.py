"""Any campaign kept as a preset, and new campaigns that begin with one."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.visible import can_be_seen, is_plain, read_name, tidy
from app.campaign.contract.wording import WORDS
from app.forms.names import INVISIBLE
from app.rights import Right
from app.services import store
from app.store import drafts, presets
from app.store.collation import has_words
from app.store.presets import IDS_OF, LONGEST_NAME, NameTaken
from app.web.access import choose_connection, may, needs, require
from app.web.kept_presets import (
    FILLED,
    FORGOTTEN,
    describe_settings,
    is_visible,
    list_visible_presets,
    name_presets,
    read_beginning,
    select_settings,
)
from app.web.row_numbers import read_number
from app.web.saving import save_answers
from app.web.visit import find_connection

bp = Blueprint("kept_presets", __name__)

_NOTHING = "There is nothing to keep yet: fill in more than the name and the days."
_NAMELESS = "Enter a name for the preset."
_GIVEN = "A preset of the rules has this name. Choose another name."
_TAKEN = "A preset has this name. Choose another name, or {}."
_GONE = "This preset is gone."
_TAKEN_ALREADY = "Another preset has this name. Choose another name."
_REPLACE, _ASK = "replace what that preset holds", "ask an administrator to replace that preset"


@bp.get("/presets")
@needs(Right.EDIT)
def index() -> str:
    """List what new campaigns can begin with, and what the rules offer for one that is there."""
    return _draw_list()


def _draw_list(fault: str = "") -> str:
    """Draw the list, with why the one that is posted cannot have the name that was typed for it."""
    with store().reading() as session:
        visible, search = list_visible_presets(session), request.args.get("search", "").strip()
        kept = [preset for preset in visible if has_words(preset.name, search)]
        return render_template(
            "campaign/kept_presets.html",
            kept=[
                (preset, describe_settings(preset.settings), _name_rest(preset.settings))
                for preset in kept
            ],
            titles=name_presets(visible),
            count=len(visible),
            search=search,
            presets=load_rulebook().presets,
            fault=fault,
            typed=request.form,
        )


def _name_rest(settings: Mapping[str, Any]) -> list[str]:
    """Name what a preset holds besides when and how often to call."""
    return [WORDS[name].thing for name in settings if name in WORDS and name not in FILLED]


@bp.get("/presets/rename")
@needs(Right.EDIT)
def return_to_list() -> ResponseReturnValue:
    """Lead to the list from the address that it stands at as an answer to what was posted."""
    return redirect(url_for("kept_presets.index"))


@bp.post("/presets/rename")
@needs(Right.ADMINISTER)
def rename() -> ResponseReturnValue:
    preset_id, name = (
        request.form.get("preset", 0, type=read_number),
        tidy(request.form.get("name", "")),
    )
    if fault := _find_fault(name):
        return make_response(_draw_list(fault), 422)
    try:
        with store().writing() as session:
            is_there = presets.rename(session, preset_id, name)
    except NameTaken:
        return make_response(_draw_list(_TAKEN_ALREADY), 422)
    flash(f"The preset is called {name} now." if is_there else _GONE)
    return redirect(url_for("kept_presets.index", _anchor=f"preset-{preset_id}"))


@bp.post("/presets/forget")
@needs(Right.ADMINISTER)
def forget() -> ResponseReturnValue:
    with store().writing() as session:
        presets.forget(session, request.form.get("preset", 0, type=read_number))
    flash(FORGOTTEN)
    return redirect(url_for("kept_presets.index"))


@bp.get("/drafts/<draft:draft_id>/presets/keep")
@needs(Right.EDIT)
def ask(draft_id: str) -> str:
    return _draw_page(draft_id)


def _draw_page(draft_id: str, error: str = "", *, is_taken: bool = False) -> str:
    """Draw the page; a name that *is_taken* can be kept in place of the preset that has it."""
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        settings = select_settings(draft.answers)
        return render_template(
            "campaign/keep_preset.html",
            connection=find_connection(draft),
            draft=draft,
            schedule=describe_settings(draft.answers),
            rest=_name_rest(settings),
            typed=request.form,
            name=tidy(request.form.get("name", "")),
            error=error,
            is_taken=is_taken,
        )


@bp.post("/drafts/<draft:draft_id>/presets/keep")
@needs(Right.EDIT)
def keep(draft_id: str) -> ResponseReturnValue:
    """Keep a campaign's own settings under a name, with what is ticked."""
    name = tidy(request.form.get("name", ""))
    if fault := _find_fault(name):
        return make_response(_draw_page(draft_id, fault), 422)
    replaces = tidy(request.form.get("replace", "")) == name
    if replaces:
        require(Right.ADMINISTER, "")
    try:
        with store().writing() as session:
            draft = drafts.find(session, draft_id)
            settings = select_settings(
                draft.answers | {"connection": find_connection(draft).key},
                with_ids="ids" in request.form,
                with_connection="to" in request.form,
            )
            if settings:
                presets.keep(session, name, settings, replaces=replaces)
    except NameTaken:
        fault = _TAKEN.format(_REPLACE if may(Right.ADMINISTER, "") else _ASK)
        return make_response(_draw_page(draft_id, fault, is_taken=True), 422)
    if not settings:
        return make_response(_draw_page(draft_id, _NOTHING), 422)
    flash(f"{'Replaced' if replaces else 'Kept as'} the preset {name}.")
    return redirect(url_for("presets.choose", draft_id=draft_id))


def _find_fault(name: str) -> str:
    """Find why a preset cannot have a name; nothing if it can."""
    if not can_be_seen(name):
        return _NAMELESS
    if not is_plain(name):
        return INVISIBLE
    if len(name) > LONGEST_NAME:
        return f"Shorten the name to {LONGEST_NAME} characters."
    titles = {read_name(preset.title) for preset in load_rulebook().presets}
    return _GIVEN if read_name(name) in titles else ""


@bp.post("/presets/begin")
@needs(Right.EDIT)
def begin() -> ResponseReturnValue:
    """Make a new campaign with all that a preset holds."""
    with store().reading() as session:
        preset = presets.find(session, request.form.get("preset", 0, type=read_number))
    if preset is None or not is_visible(preset):
        flash(_GONE)
        return redirect(url_for("editing.new"))
    answers = read_beginning(preset)
    posted = preset.settings.get(IDS_OF, request.form.get("connection", ""))
    answers["connection"] = choose_connection(answers.get("connection", posted))
    draft = save_answers(drafts.make_id(), answers, expected_version=0)
    flash(f"Filled in from the preset {preset.name}. What it does not hold is left to enter.")
    return redirect(url_for("editing.edit", draft_id=draft.id))
