"""What a campaign is called on the screen, also while it has no name."""

from app.campaign.contract.visible import can_be_seen


def name_campaign(name: str) -> str:
    """Give the name as it is, or words in place of one of which nothing can be seen."""
    return name if can_be_seen(name) else "Unnamed campaign"
