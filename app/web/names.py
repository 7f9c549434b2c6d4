"""What a campaign is called on the screen, also while it has no name."""


def named(name: str) -> str:
    """Give the name as it is, or words in place of one of which nothing can be seen."""
    can_be_seen = any(sign.isprintable() and not sign.isspace() for sign in name)
    return name if can_be_seen else "Unnamed campaign"
