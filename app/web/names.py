"""What a campaign is called: on the screen, also while it has no name, and as a file."""

import re
from unicodedata import normalize

from app.campaign.contract.visible import can_be_seen


def name_campaign(name: str) -> str:
    """Give the name as it is, or words in place of one of which nothing can be seen."""
    return name if can_be_seen(name) else "Unnamed campaign"


_LONGEST_FILE_NAME = 60


def name_file(name: str, ending: str) -> str:
    """Name a file after a campaign, in small letters, digits and hyphens that any system takes."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_FILE_NAME].strip("-")
    return f"{words or 'campaign'}{ending}"
