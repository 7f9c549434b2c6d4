"""The campaign as a form of WTForms, by its own fields, widgets and validators.

The fields stand in a mixin, since the page's form is one of Flask-WTF, with a token, and what
checks a JSON document is a plain one.
"""

import json
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    URLField,
)
from wtforms.validators import (
    URL,
    AnyOf,
    DataRequired,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.campaign.timezones.zones import ZONE_NAMES
from tests.benchmarks.peers.questions import AFTER, HINTS, LABELS, ZONES, as_posted, choices_of


class IfOutbound:
    """Judge a field of an OUTBOUND campaign only, and there insist on it unless it is optional."""

    def __init__(self, *, is_optional: bool = False) -> None:
        self._judge = Optional() if is_optional else DataRequired()

    def __call__(self, form: Any, field: Any) -> None:
        if form.type.data != "OUTBOUND":
            field.errors = []
            raise StopValidation
        self._judge(form, field)


def be_later(form: Any, field: Any) -> None:
    """Hold a day or a time to the one that it has to come after."""
    earlier = form[AFTER[field.short_name]].data
    if None not in (earlier, field.data) and field.data <= earlier:
        raise ValidationError("Choose a later one.")


def flag(value: Any) -> Any:
    """Read yes or no as it is posted, or as it is kept."""
    return {"true": True, "false": False}.get(str(value).lower(), value)


def asked(kind: Any, name: str, *validators: Any, **options: Any) -> Any:
    """Make a field with the words that all peers have."""
    return kind(LABELS[name], validators, description=HINTS[name], **options)


def chosen(name: str, *validators: Any, coerce: Any = str) -> Any:
    """Make radio buttons of a field's choices."""
    return asked(RadioField, name, *validators, choices=choices_of(name), coerce=coerce, default="")


def counted(name: str, least: int) -> Any:
    """Make a field for a whole number."""
    return asked(IntegerField, name, IfOutbound(), NumberRange(min=least))


class Campaign:
    """One field for each of the contract's."""

    name = asked(StringField, "name", DataRequired())
    type = chosen("type", DataRequired())
    assistant_id = asked(StringField, "assistant_id", DataRequired())
    tenant_voice_provider_id = asked(StringField, "tenant_voice_provider_id", DataRequired())
    dialer_type = chosen("dialer_type", DataRequired())
    vapi_calling_entity = chosen("vapi_calling_entity", Optional())
    phone_number_id = asked(StringField, "phone_number_id", Optional())
    phone_number_pool_id = asked(StringField, "phone_number_pool_id", Optional())
    start_date = asked(DateField, "start_date", IfOutbound())
    end_date = asked(DateField, "end_date", IfOutbound(is_optional=True), be_later)
    timezone = asked(SelectField, "timezone", IfOutbound(), choices=list(ZONES))
    days_of_week = asked(
        SelectMultipleField,
        "days_of_week",
        IfOutbound(),
        choices=choices_of("days_of_week"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    daily_start_time = asked(TimeField, "daily_start_time", IfOutbound())
    daily_end_time = asked(TimeField, "daily_end_time", IfOutbound(), be_later)
    max_call_attempts = counted("max_call_attempts", 1)
    max_daily_attempts = counted("max_daily_attempts", 1)
    min_gap_between_attempts = counted("min_gap_between_attempts", 3)
    consider_voicemail_as_answered = chosen(
        "consider_voicemail_as_answered", IfOutbound(is_optional=True), coerce=flag
    )
    webhook_url = asked(URLField, "webhook_url", Optional(), URL(require_tld=False))


class TypedZone:
    """The zone as a text, which is looked up at once, in place of 598 options."""

    timezone = asked(StringField, "timezone", IfOutbound(), AnyOf(ZONE_NAMES))


class CampaignCheck(TypedZone, Campaign, Form):
    """The form without a page."""


def accepts(document: bytes) -> bool:
    """Tell whether the form accepts a JSON document."""
    return bool(CampaignCheck(MultiDict(as_posted(json.loads(document)))).validate())
