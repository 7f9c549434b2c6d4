"""What can be said against a campaign, as codes; `wording` has the sentences."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Code(StrEnum):
    """The ways in which a value can break the contract, or an answer about leads be unreadable."""

    MISSING = auto()
    NOT_TEXT = auto()
    NOT_A_CHOICE = auto()
    NOT_DAYS = auto()
    NOT_A_DATE = auto()
    NOT_A_TIME = auto()
    NOT_A_WHOLE_NUMBER = auto()
    TOO_MANY_DIGITS = auto()
    NOT_YES_OR_NO = auto()
    NOT_A_ZONE = auto()
    NOT_A_URL = auto()
    TOO_SMALL = auto()
    NOT_AFTER = auto()
    UNKNOWN_FIELD = auto()
    TOO_LONG = auto()
    TOO_MUCH = auto()
    UNKNOWN_PLACE = auto()
    AMBIGUOUS_PLACE = auto()
    UNKNOWN_DATE = auto()
    SEVERAL_DATES = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer that has to be changed; a campaign with a problem cannot be sent.

    *detail* is the word that the sentence quotes, if it needs more than the field.
    """

    field: str
    code: Code
    detail: str = ""


class AdviceCode(StrEnum):
    """What is worth a second look."""

    NO_NUMBER = auto()
    NO_POOL = auto()
    NO_SUMMER_TIME = auto()
    NO_PLACE = auto()
    STARTS_IN_THE_PAST = auto()
    ENDED = auto()
    OUT_OF_SIGHT = auto()
    ENDS_AT_ONCE = auto()
    NO_CALLING_DAY = auto()
    WEEKEND_DAYS = auto()
    STARTS_ON_A_HOLIDAY = auto()
    CALLS_ON_HOLIDAYS = auto()
    DAILY_ABOVE_TOTAL = auto()
    GAP_ABOVE_WINDOW = auto()
    GAP_TOO_LONG = auto()
    GAP_BY_RULE = auto()
    DAY_TOO_SHORT = auto()
    NEVER_HAPPENS = auto()
    SAME_CLOCK_TIME = auto()
    OTHER_GLOBAL_ID = auto()
    NO_GLOBAL_ID = auto()
    NOT_HTTPS = auto()
    UNREACHABLE_HOST = auto()


NO_CALL_AT_ALL = {AdviceCode.ENDED, AdviceCode.NO_CALLING_DAY}


@dataclass(frozen=True, slots=True)
class Advice:
    """One field that is worth a second look; *detail* is what the sentence quotes.

    With *better* as its value, the field would need no advice.
    """

    field: str
    code: AdviceCode
    detail: str = ""
    better: int | str | None = None

    @property
    def is_strong(self) -> bool:
        """Whether no call would ever be made."""
        return self.code in NO_CALL_AT_ALL
