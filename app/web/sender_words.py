"""What has to be typed before something goes to a live connection, or is put on record."""

from app.connections import Connection

NO_SENDER = "Enter your name: it is kept with what goes to a live connection."
NO_NAME = "Enter your name: it is kept with what you say."


def ask_for_name(to: Connection) -> str:
    """Say what to type where the name of a live connection was not typed."""
    return f"Type {to.name} exactly as it stands above."
