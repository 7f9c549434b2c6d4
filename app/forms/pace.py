"""The form about how fast campaigns go to a connection."""

from decimal import Decimal

from wtforms import DecimalField, Form, IntegerField
from wtforms.validators import InputRequired, NumberRange, StopValidation

from app.store.throttles import Pace

_FASTEST, _MOST = 1000, 64
_SLOWEST = Decimal("0.001")


class _Number(DecimalField):
    """A number, as text that was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            _check_signs(valuelist)
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a number, such as 2 or 0.5.") from error


class _WholeNumber(IntegerField):
    """A whole number, as text that was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            _check_signs(valuelist)
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a whole number.") from error


def _check_signs(typed: list[str]) -> None:
    """Hold a number to the signs of one: Python reads more, such as “1_0”, “٣” and “sNaN”."""
    if any(set(text.strip()) - set("0123456789.+-") for text in typed):
        raise ValueError(typed)


def _check_slow(_form: Form, field: DecimalField) -> None:
    """Hold a rate to what somebody can mean."""
    if field.data is not None and field.data.is_finite() and 0 < field.data < _SLOWEST:
        raise StopValidation(f"Enter 0, or {_SLOWEST} or more: that is one in about 17 minutes.")


class PaceForm(Form):
    """Campaigns a second, at once after a rest, and under way at once."""

    rate = _Number(
        "Campaigns a second",
        [
            InputRequired("Enter a number; 0 is no limit."),
            NumberRange(0, _FASTEST, f"Enter a number from 0 to {_FASTEST:,}."),
            _check_slow,
        ],
        places=None,
        description="On all machines together. 0 is no limit, and 0.5 is one in two seconds.",
    )
    burst = _WholeNumber(
        "At once after a rest",
        [
            InputRequired("Enter a whole number."),
            NumberRange(1, _FASTEST, f"Enter a whole number from 1 to {_FASTEST:,}."),
        ],
        description="So many may go before the limit holds.",
    )
    concurrency = _WholeNumber(
        "Under way at the same time",
        [
            InputRequired("Enter a whole number."),
            NumberRange(1, _MOST, f"Enter a whole number from 1 to {_MOST}."),
        ],
        description="Calls whose answer is awaited.",
    )

    @classmethod
    def of(cls, pace: Pace) -> "PaceForm":
        """Fill in the form."""
        return cls(data=pace._asdict() | {"rate": Decimal(f"{pace.rate:g}")})

    def read_pace(self) -> Pace:
        """Read what was entered into a valid form."""
        rate, burst, concurrency = self.rate.data, self.burst.data, self.concurrency.data
        return Pace(float(rate or 0), burst or 1, concurrency or 1)
