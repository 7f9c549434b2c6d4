"""What a campaign is called on the screen, also while it has no name."""


def named(name: str) -> str:
    """Give the name as it is, or words in place of one of which nothing can be seen."""
    return name if can_be_seen(name) else "Unnamed campaign"


def can_be_seen(name: str) -> bool:
    """Tell whether a name has any sign that leaves a mark."""
    return any(sign.isprintable() and not sign.isspace() for sign in name)
