"""The campaign as a model of pydantic, which reads the JSON by itself."""

from datetime import date, time
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

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


def be_a_zone(value: str) -> str:
    """Hold a text to the names of zones."""
    if value not in ZONE_NAMES:
        raise ValueError("Choose a time zone.")
    return value


Text = Annotated[str, Field(min_length=1)]
Zone = Annotated[str, AfterValidator(be_a_zone)]
Count = Annotated[int, Field(ge=1)]
Gap = Annotated[int, Field(ge=3)]


class Campaign(BaseModel):
    """One field for each of the contract's, and what they ask of each other."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: Text
    type: CampaignType
    assistant_id: Text
    tenant_voice_provider_id: Text
    dialer_type: DialerType
    vapi_calling_entity: CallingEntity | None = None
    phone_number_id: str | None = None
    phone_number_pool_id: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    timezone: Zone | None = None
    days_of_week: tuple[Weekday, ...] | None = None
    daily_start_time: time | None = None
    daily_end_time: time | None = None
    max_call_attempts: Count | None = None
    max_daily_attempts: Count | None = None
    min_gap_between_attempts: Gap | None = None
    consider_voicemail_as_answered: bool | None = None
    webhook_url: AnyHttpUrl | None = None

    @model_validator(mode="after")
    def judge_outbound(self) -> Self:
        """Hold an OUTBOUND campaign to what it needs, and each end to its start."""
        if self.type is not CampaignType.OUTBOUND:
            return self
        missing = [name for name in REQUIRED_IN_OUTBOUND if getattr(self, name) in (None, ())]
        if missing:
            raise ValueError(f"Answer these: {', '.join(missing)}.")
        for name, earlier in AFTER.items():
            later, first = getattr(self, name), getattr(self, earlier)
            if later is not None and later <= first:
                raise ValueError(f"{name}: choose a later one.")
        return self


def accepts(document: bytes) -> bool:
    """Tell whether the model accepts a JSON document."""
    try:
        Campaign.model_validate_json(document)
    except ValidationError:
        return False
    return True
