"""What campaigns mean, asked for shortly."""

from datetime import UTC, datetime
from typing import Any

from app.campaign.compliance.audience import read_audience
from app.campaign.contract.reading import Reading
from app.campaign.explanation import Explanation, explain_reading

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def meant(
    values: dict[str, Any] | Reading, now: datetime = NOW, told: dict[str, str] | None = None
) -> Explanation:
    """Say what these typed values mean; *told* is what is said of the audience."""
    reading = values if isinstance(values, Reading) else Reading(values, ())
    return explain_reading(reading, read_audience(told or {}, reading.values.get("timezone")), now)
