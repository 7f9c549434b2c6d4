"""What a campaign is called on the screen, also while it has no name."""

import re

from app.campaign.contract.visible import can_be_seen

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of what follows: by them a name is read as another."""


def name_campaign(name: str) -> str:
    """Give the name as it is read, or words in place of one of which nothing can be seen."""
    return _TURNS.sub("", name) if can_be_seen(name) else "Unnamed campaign"
