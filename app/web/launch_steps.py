"""What a campaign still lacks before it can call, once it was created as DRAFT.

The API has no call that reads a campaign (its reference names none), so only what was sent is
known here: leads and the launch stay to be looked up at VoiceAIWrapper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.campaign.contract.fields import CampaignType, DialerType


@dataclass(frozen=True)
class LaunchStep:
    """Something that has to be there before a call is made; `is_done` if it was sent along."""

    words: str
    is_done: bool


def list_launch_steps(
    payload: Mapping[str, Any], broken: int, *, is_known_as_draft: bool
) -> list[LaunchStep]:
    """List what has to be there, in the order in which it is done; *broken* counts laws.

    *is_known_as_draft* is false where a person found the campaign, and no answer says how it is.
    """
    created = "Created as DRAFT" if is_known_as_draft else "Look whether it is DRAFT"
    steps = [LaunchStep(created, is_done=is_known_as_draft), _check_number(payload)]
    if broken:
        laws = "a law" if broken == 1 else f"{broken} laws"
        steps.append(LaunchStep(f"Change it: it breaks {laws} of calling", is_done=False))
    if payload.get("type") == CampaignType.OUTBOUND:
        steps.append(LaunchStep("Add its leads", is_done=False))
    return [*steps, LaunchStep("Launch it", is_done=False)]


def _check_number(payload: Mapping[str, Any]) -> LaunchStep:
    if payload.get("dialer_type") == DialerType.POOL:
        pool = payload.get("phone_number_pool_id")
        return LaunchStep(
            f"Pool of numbers {pool}" if pool else "Give it a pool of numbers", bool(pool)
        )
    number = payload.get("phone_number_id")
    return LaunchStep(
        f"Phone number {number}" if number else "Give it a phone number", bool(number)
    )
