"""Explanations of campaigns from their typed values, for tests."""

from datetime import UTC, datetime
from typing import Any

from app.campaign.compliance.audience import read_audience
from app.campaign.contract.reading import Reading
from app.campaign.explanation import Explanation, explain_reading

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def explain_values(
    values: dict[str, Any] | Reading, now: datetime = NOW, remarks: dict[str, str] | None = None
) -> Explanation:
    """Explain these typed values; *remarks* are the answers about the audience."""
    reading = values if isinstance(values, Reading) else Reading(values, ())
    return explain_reading(
        reading, read_audience(remarks or {}, reading.values.get("timezone")), now
    )
