"""What can be wrong with a campaign, as codes; `wording` has the sentences."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Code(StrEnum):
    """The ways in which a value can break the contract."""

    MISSING = auto()
    NOT_TEXT = auto()
    NOT_A_CHOICE = auto()
    NOT_DAYS = auto()
    NOT_A_DATE = auto()
    NOT_A_TIME = auto()
    NOT_A_WHOLE_NUMBER = auto()
    NOT_YES_OR_NO = auto()
    NOT_A_ZONE = auto()
    NOT_A_URL = auto()
    TOO_SMALL = auto()
    NOT_AFTER = auto()
    UNKNOWN_FIELD = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken line of the contract; a campaign with a problem cannot be sent."""

    field: str
    code: Code
