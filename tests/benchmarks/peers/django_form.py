"""The campaign as a form of Django, by its own fields, widgets and validators."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict

from app.campaign.contract.fields import FIELDS, OUTBOUND
from app.campaign.timezones.zones import ZONE_NAMES
from tests.benchmarks.peers import django_settings
from tests.benchmarks.peers.questions import AFTER, HINTS, LABELS, ZONES, as_posted, choices_of

django_settings.configure()

ONLY_OUTBOUND = [field.name for field in FIELDS if field.applies == OUTBOUND]
REQUIRED_IN_OUTBOUND = [field.name for field in FIELDS if field.required == OUTBOUND]


def be_a_zone(value: str) -> None:
    """Hold a text to the names of zones."""
    if value not in ZONE_NAMES:
        raise ValidationError("Choose a time zone.")


def asked(kind: Any, name: str, **options: Any) -> Any:
    """Make a field with the words that all peers have."""
    return kind(label=LABELS[name], help_text=HINTS[name], **options)


def text(name: str, *, required: bool = False) -> Any:
    return asked(forms.CharField, name, required=required)


def chosen(name: str, *, required: bool = False) -> Any:
    """Make radio buttons of a field's choices."""
    choices = choices_of(name).items()
    return asked(
        forms.ChoiceField, name, required=required, choices=choices, widget=forms.RadioSelect
    )


def day(name: str) -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return asked(forms.DateField, name, required=False, input_formats=["%Y-%m-%d"], widget=widget)


def clock(name: str) -> Any:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    formats = ["%H:%M", "%H:%M:%S"]
    return asked(forms.TimeField, name, required=False, input_formats=formats, widget=widget)


def counted(name: str, least: int) -> Any:
    return asked(forms.IntegerField, name, required=False, min_value=least)


class Campaign(forms.Form):
    """One field for each of the contract's, and what they ask of each other."""

    name = text("name", required=True)
    type = chosen("type", required=True)
    assistant_id = text("assistant_id", required=True)
    tenant_voice_provider_id = text("tenant_voice_provider_id", required=True)
    dialer_type = chosen("dialer_type", required=True)
    vapi_calling_entity = chosen("vapi_calling_entity")
    phone_number_id = text("phone_number_id")
    phone_number_pool_id = text("phone_number_pool_id")
    start_date = day("start_date")
    end_date = day("end_date")
    timezone = asked(
        forms.ChoiceField, "timezone", required=False, choices=[(zone, zone) for zone in ZONES]
    )
    days_of_week = asked(
        forms.MultipleChoiceField,
        "days_of_week",
        required=False,
        choices=choices_of("days_of_week").items(),
        widget=forms.CheckboxSelectMultiple,
    )
    daily_start_time = clock("daily_start_time")
    daily_end_time = clock("daily_end_time")
    max_call_attempts = counted("max_call_attempts", 1)
    max_daily_attempts = counted("max_daily_attempts", 1)
    min_gap_between_attempts = counted("min_gap_between_attempts", 3)
    consider_voicemail_as_answered = chosen("consider_voicemail_as_answered")
    webhook_url = asked(
        forms.URLField,
        "webhook_url",
        required=False,
        assume_scheme="https",
        validators=[URLValidator(["http", "https"])],
    )

    def clean(self) -> dict[str, Any]:
        """Judge the fields of an OUTBOUND campaign, and in an INBOUND one let them be."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("type") != "OUTBOUND":
            for name in ONLY_OUTBOUND:
                self.errors.pop(name, None)
            return values
        for name in REQUIRED_IN_OUTBOUND:
            if name not in self.errors and values.get(name) in (None, "", []):
                self.add_error(name, "Answer this.")
        for name, earlier in AFTER.items():
            if values.get(name) and values.get(earlier) and values[name] <= values[earlier]:
                self.add_error(name, "Choose a later one.")
        return values


class CampaignWithTypedZone(Campaign):
    """The zone as a text, which is looked up at once, in place of 598 options."""

    timezone = asked(forms.CharField, "timezone", required=False, validators=[be_a_zone])


def accepts(document: bytes) -> bool:
    """Tell whether the form accepts a JSON document."""
    posted = QueryDict(mutable=True)
    for name, texts in as_posted(json.loads(document)).items():
        posted.setlist(name, texts)
    return bool(CampaignWithTypedZone(posted).is_valid())
