"""The create-campaign contract: every field, stated once.

Source: the vendor's reference, "Create Voice Campaign" and "Update Voice Campaign".
The form, the rules, the payload, the JSON Schema and with it the sandbox all read
this table; a limit, a choice or a required set that is written anywhere else is a bug.
Only the vendor's sample, in the sandbox, is written beside it, and tests hold the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cache
from typing import Any, TypeAlias

from app.campaign.contract.global_ids import GlobalIdType

Values: TypeAlias = Mapping[str, Any]
"""A campaign's typed values by field name; a field without a value is absent.

TEXT, URL and ZONE are `str`, CHOICE is a member of the field's enum, DAYS a tuple of
`Weekday` in the order of the week, DATE a `date`, TIME a naive `time`, COUNT an `int`
and FLAG a `bool`.
"""

TIME_PATTERN = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
"""A regular expression for a time of day as a whole, for Python and for JSON Schema."""

CAMPAIGNS_PATH = "/api/v2/voice-campaigns"


class CampaignType(StrEnum):
    """The direction of the calls."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class DialerType(StrEnum):
    """What the campaign calls from: one number, or a pool of them."""

    SINGLE = "SINGLE"
    POOL = "POOL"


class CallingEntity(StrEnum):
    """What `assistant_id` names; only with the Vapi provider."""

    ASSISTANT = "ASSISTANT"
    WORKFLOW = "WORKFLOW"
    SQUAD = "SQUAD"


class Purpose(StrEnum):
    """Why leads are called, as far as the rules of calling distinguish reasons."""

    MARKETING = "marketing"
    DEBT = "debt"
    RESEARCH = "research"
    OTHER = "other"


class Weekday(StrEnum):
    """The days of the week, in `date.weekday` order."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class ValueKind(Enum):
    """What a value is in Python, and so how it is written as JSON."""

    TEXT = auto()
    URL = auto()
    ZONE = auto()
    CHOICE = auto()
    DAYS = auto()
    DATE = auto()
    TIME = auto()
    COUNT = auto()
    FLAG = auto()


@dataclass(frozen=True)
class When:
    """A condition on one other field. The contract needs no other kind."""

    field: str
    value: StrEnum

    def holds(self, values: Values) -> bool:
        return values.get(self.field) == self.value


OUTBOUND = When("type", CampaignType.OUTBOUND)
SINGLE = When("dialer_type", DialerType.SINGLE)
POOL = When("dialer_type", DialerType.POOL)


@dataclass(frozen=True)
class Field:
    """One line of the contract.

    *applies* says when we send the field and *required* when the API insists on it.
    *after* names the field that it must be later than, *global_id* the type that its
    Global ID should carry, and *final* marks what the update call cannot change.
    """

    name: str
    kind: ValueKind
    required: bool | When = False
    applies: bool | When = True
    choices: type[StrEnum] | None = None
    minimum: int | None = None
    after: str | None = None
    global_id: GlobalIdType | None = None
    final: bool = False

    def is_required(self, values: Values) -> bool:
        return self.required if isinstance(self.required, bool) else self.required.holds(values)

    def is_used(self, values: Values) -> bool:
        return self.applies if isinstance(self.applies, bool) else self.applies.holds(values)


FIELDS = (
    Field("name", ValueKind.TEXT, required=True),
    Field("type", ValueKind.CHOICE, required=True, choices=CampaignType, final=True),
    Field("assistant_id", ValueKind.TEXT, required=True),
    Field(
        "tenant_voice_provider_id", ValueKind.TEXT, required=True, global_id=GlobalIdType.PROVIDER
    ),
    Field("dialer_type", ValueKind.CHOICE, required=True, choices=DialerType),
    Field("vapi_calling_entity", ValueKind.CHOICE, choices=CallingEntity, final=True),
    Field("phone_number_id", ValueKind.TEXT, applies=SINGLE),
    Field("phone_number_pool_id", ValueKind.TEXT, applies=POOL, global_id=GlobalIdType.POOL),
    Field("start_date", ValueKind.DATE, required=OUTBOUND, applies=OUTBOUND, final=True),
    Field("end_date", ValueKind.DATE, applies=OUTBOUND, after="start_date", final=True),
    Field("timezone", ValueKind.ZONE, required=OUTBOUND, applies=OUTBOUND),
    Field("days_of_week", ValueKind.DAYS, required=OUTBOUND, applies=OUTBOUND, choices=Weekday),
    Field("daily_start_time", ValueKind.TIME, required=OUTBOUND, applies=OUTBOUND),
    Field(
        "daily_end_time",
        ValueKind.TIME,
        required=OUTBOUND,
        applies=OUTBOUND,
        after="daily_start_time",
    ),
    Field("max_call_attempts", ValueKind.COUNT, required=OUTBOUND, applies=OUTBOUND, minimum=1),
    Field("max_daily_attempts", ValueKind.COUNT, required=OUTBOUND, applies=OUTBOUND, minimum=1),
    Field(
        "min_gap_between_attempts", ValueKind.COUNT, required=OUTBOUND, applies=OUTBOUND, minimum=3
    ),
    Field("consider_voicemail_as_answered", ValueKind.FLAG, applies=OUTBOUND),
    Field("webhook_url", ValueKind.URL),
)
FIELD = {field.name: field for field in FIELDS}

CONDITIONS = tuple(
    {
        condition: None
        for field in FIELDS
        for condition in (field.required, field.applies)
        if isinstance(condition, When)
    }
)


def list_used_fields(values: Values) -> tuple[Field, ...]:
    """List the fields that apply to this campaign, in the contract's order."""
    return _list_used_fields(tuple([condition.holds(values) for condition in CONDITIONS]))


@cache
def _list_used_fields(held: tuple[bool, ...]) -> tuple[Field, ...]:
    holds = dict(zip(CONDITIONS, held, strict=True))
    return tuple(
        field
        for field in FIELDS
        if (field.applies if isinstance(field.applies, bool) else holds[field.applies])
    )
