"""The campaign as a schema of marshmallow."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.campaign.contract.fields import (
    FIELDS,
    OUTBOUND,
    CallingEntity,
    CampaignType,
    DialerType,
    Weekday,
)
from app.campaign.timezones.zones import ZONE_NAMES
from tests.benchmarks.peers.questions import AFTER

REQUIRED_IN_OUTBOUND = [field.name for field in FIELDS if field.required == OUTBOUND]


def text(*, required: bool = False) -> fields.String:
    return fields.String(
        required=required, allow_none=not required, validate=validate.Length(1 if required else 0)
    )


def counted(least: int) -> fields.Integer:
    return fields.Integer(strict=True, allow_none=True, validate=validate.Range(least))


def be_a_zone(value: str) -> None:
    """Hold a text to the names of zones."""
    if value not in ZONE_NAMES:
        raise ValidationError("Choose a time zone.")


class Campaign(Schema):
    """One field for each of the contract's, and what they ask of each other."""

    name = text(required=True)
    type = fields.Enum(CampaignType, by_value=True, required=True)
    assistant_id = text(required=True)
    tenant_voice_provider_id = text(required=True)
    dialer_type = fields.Enum(DialerType, by_value=True, required=True)
    vapi_calling_entity = fields.Enum(CallingEntity, by_value=True, allow_none=True)
    phone_number_id = text()
    phone_number_pool_id = text()
    start_date = fields.Date(allow_none=True)
    end_date = fields.Date(allow_none=True)
    timezone = fields.String(allow_none=True, validate=be_a_zone)
    days_of_week = fields.List(fields.Enum(Weekday, by_value=True), allow_none=True)
    daily_start_time = fields.Time(allow_none=True)
    daily_end_time = fields.Time(allow_none=True)
    max_call_attempts = counted(1)
    max_daily_attempts = counted(1)
    min_gap_between_attempts = counted(3)
    consider_voicemail_as_answered = fields.Boolean(allow_none=True)
    webhook_url = fields.Url(allow_none=True, require_tld=False, schemes={"http", "https"})

    @validates_schema
    def judge_outbound(self, data: dict[str, Any], **_: Any) -> None:
        """Hold an OUTBOUND campaign to what it needs, and each end to its start."""
        if data.get("type") is not CampaignType.OUTBOUND:
            return
        problems = {
            name: ["Answer this."] for name in REQUIRED_IN_OUTBOUND if data.get(name) in (None, [])
        }
        for name, earlier in AFTER.items():
            if data.get(name) and data.get(earlier) and data[name] <= data[earlier]:
                problems[name] = ["Choose a later one."]
        if problems:
            raise ValidationError(problems)


_SCHEMA = Campaign()


def accepts(document: bytes) -> bool:
    """Tell whether the schema accepts a JSON document."""
    try:
        _SCHEMA.loads(document)
    except ValidationError:
        return False
    return True
