"""Campaigns that are valid by default; a test changes the one thing it is about."""

from datetime import date, time
from typing import Any

from app.campaign.contract.fields import CampaignType, DialerType, Weekday
from app.campaign.contract.payload import build_payload, write_answers

WORKDAYS = tuple(Weekday)[:5]


def inbound(**changes: Any) -> dict[str, Any]:
    """Typed values of a campaign that answers calls; a change to `None` leaves a field out."""
    return _changed(
        {
            "name": "Front desk",
            "type": CampaignType.INBOUND,
            "assistant_id": "asst_abc123",
            "tenant_voice_provider_id": "VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM=",
            "dialer_type": DialerType.SINGLE,
            "phone_number_id": "pn_abc123",
        },
        changes,
    )


def outbound(**changes: Any) -> dict[str, Any]:
    """Typed values of a campaign that calls leads; a change to `None` leaves a field out."""
    return _changed(
        inbound(
            name="Q4 Outreach",
            type=CampaignType.OUTBOUND,
            start_date=date(2027, 1, 4),
            end_date=date(2027, 3, 31),
            timezone="America/New_York",
            days_of_week=WORKDAYS,
            daily_start_time=time(9),
            daily_end_time=time(17),
            max_call_attempts=3,
            max_daily_attempts=1,
            min_gap_between_attempts=60,
            consider_voicemail_as_answered=True,
        ),
        changes,
    )


def typed(values: dict[str, Any]) -> dict[str, str | list[str]]:
    """Write these values as a person would type them into the form."""
    return write_answers(build_payload(values))


def _changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (values | changes).items() if value is not None}
