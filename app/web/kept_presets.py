"""What a preset keeps of a campaign, and who is offered it.

The name and the days belong to one campaign and are never kept. Ids, and the connection with its
webhook address, are kept where somebody asks for it; who may not edit at their connection is not
offered such a preset.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.campaign.compliance.fix_words import format_value
from app.campaign.contract.fields import Values
from app.campaign.contract.id_kinds import ID_FIELDS
from app.campaign.contract.reading import Answers, read_answers
from app.campaign.contract.wording import WORDS
from app.forms.campaign import TYPED
from app.rights import Right
from app.services import connections
from app.store import presets
from app.store.models import KeptPreset
from app.store.presets import IDS_OF
from app.web.access import may

FILLED = (
    "days_of_week",
    "daily_start_time",
    "daily_end_time",
    "max_call_attempts",
    "max_daily_attempts",
    "min_gap_between_attempts",
)
"""The settings that a preset can fill into a campaign that is there already."""

FORGOTTEN = "The preset is deleted. Campaigns that began with it, or used it, stay as they are."

IDS = tuple(ID_FIELDS)
CONNECTION = ("connection", "webhook_url")
_OF_ONE_CAMPAIGN = ("name", "start_date", "end_date", "own_dates")


def select_settings(
    answers: Answers, *, with_ids: bool = False, with_connection: bool = False
) -> dict[str, Any]:
    """Select what a preset keeps of a campaign's answers."""
    left_out = {*_OF_ONE_CAMPAIGN, *(() if with_ids else IDS)}
    left_out |= set(() if with_connection else CONNECTION)
    kept = {name: answers[name] for name in TYPED if name not in left_out and answers.get(name)}
    connection = {"connection": str(answers.get("connection", ""))} if with_connection else {}
    has_ids = any(name in kept for name in IDS)
    return kept | connection | ({IDS_OF: str(answers.get("connection", ""))} if has_ids else {})


def read_beginning(preset: KeptPreset) -> dict[str, Any]:
    """Read the answers that a new campaign begins with."""
    return {name: value for name, value in preset.settings.items() if name in TYPED}


def is_visible(preset: KeptPreset) -> bool:
    """Tell whether who asks may edit where the ids and the connection belong that it holds."""
    keys = [preset.settings[name] for name in ("connection", IDS_OF) if name in preset.settings]
    return all(may(Right.EDIT, key) for key in keys)


def list_visible_presets(session: Session) -> Sequence[KeptPreset]:
    """List the presets that who asks is offered."""
    return [preset for preset in presets.read_presets(session) if is_visible(preset)]


def name_presets(offered: Sequence[KeptPreset]) -> dict[int, str]:
    """Name presets by their ids, with the connection where two have the same name."""
    names = Counter(preset.name for preset in offered)
    return {
        preset.id: f"{preset.name} ({connections().find(preset.connection_key).name})"
        if names[preset.name] > 1 and preset.connection_key
        else preset.name
        for preset in offered
    }


def describe_settings(answers: Answers) -> Sequence[tuple[str, str]]:
    """Name each setting of `FILLED` that a campaign has by its label, with its value."""
    values = read_answers(answers).values
    return [(WORDS[name].label, write_setting(name, values)) for name in FILLED if name in values]


def write_setting(name: str, values: Values) -> str:
    """Write one setting for a person; a dash where there is none."""
    return format_value(name, values.get(name))
