"""The form of one campaign.

It declares what a person is asked, in the order of the screen. What is allowed is not
said here: every answer is held to its line of the contract, and a remark to what is
known of places and days.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.campaign.compliance.audience import find_unread, read_audience
from app.campaign.contract.fields import FIELD, FIELDS, ValueKind
from app.campaign.contract.problems import Code, Problem
from app.campaign.contract.reading import Answers
from app.campaign.contract.typed_length import ABOUT_LEADS, find_too_long
from app.forms.answer import Answer, Remark


class CampaignForm(Form):
    """One answer for each line of the contract, and the remarks about the leads."""

    type = Answer()
    name = Answer()

    vapi_calling_entity = Answer()
    assistant_id = Answer()
    tenant_voice_provider_id = Answer()
    dialer_type = Answer()
    phone_number_id = Answer()
    phone_number_pool_id = Answer()

    audience = Remark()
    purpose = Remark()
    own_dates = Remark()

    start_date = Answer()
    end_date = Answer()
    timezone = Answer()
    days_of_week = Answer()
    daily_start_time = Answer()
    daily_end_time = Answer()

    max_call_attempts = Answer()
    max_daily_attempts = Answer()
    min_gap_between_attempts = Answer()
    consider_voicemail_as_answered = Answer()

    webhook_url = Answer()

    too_long: Mapping[str, Code] = MappingProxyType({})
    unread: Sequence[Problem] = ()

    @classmethod
    def from_answers(cls, answers: Answers) -> "CampaignForm":
        """Make the form with these answers in it, as they were typed."""
        form = cls(MultiDict(answers))
        form.too_long = find_too_long(answers)
        form.unread = find_unread(read_audience(answers, None))
        return form

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The answers that could be read, as typed values."""
        return {
            name: value
            for name, value in self.data.items()
            if value is not None and name not in ABOUT_LEADS
        }


def read_typed_answers(posted: MultiDict[str, str]) -> dict[str, Any]:
    """Take from a posted form exactly what was typed into its fields, and where it is to go."""
    return {
        name: posted.getlist(name) if name in _LISTS else posted[name]
        for name in TYPED
        if name in posted
    }


TYPED = ("connection", *FIELD, *ABOUT_LEADS)
"""Everything that a draft keeps of what was typed."""

_LISTS = {line.name for line in FIELDS if line.kind is ValueKind.DAYS}
