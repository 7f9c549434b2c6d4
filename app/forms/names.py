"""Names that people enter, by which one thing is told from another."""

from typing import Any

from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length, StopValidation

from app.campaign.contract.visible import is_plain, tidy

INVISIBLE = "Take the invisible characters out of the name."


def strip(typed: str | None) -> str:
    """Take the spaces off both ends."""
    return (typed or "").strip()


def tidy_name(typed: str | None) -> str:
    """Write a typed name in the one way by which it is compared."""
    return tidy(typed or "")


def make_name_field(missing: str, longest: int = 80, description: str = "") -> Any:
    """Make the field of a name; *missing* says what to enter, *longest* is in characters."""
    too_long = f"Choose a name of {longest} characters or fewer."
    return StringField(
        "Name",
        [DataRequired(missing), Length(max=longest, message=too_long), check_plain],
        filters=[tidy_name],
        description=description,
    )


def check_plain(_form: Form, field: Any) -> None:
    """Hold a name to what can be seen, and typed again."""
    if not is_plain(field.data):
        raise StopValidation(INVISIBLE)
