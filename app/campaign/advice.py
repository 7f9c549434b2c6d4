"""What an experienced operator would say: settings that the API accepts and that rarely are meant.

Advice never blocks. Each has a code and the field that it is best said at; `wording`
has the sentences.
"""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum, auto

from app.campaign.attempts import Attempts
from app.campaign.calendar import Overview
from app.campaign.contract import FIELD, FIELDS, DialerType, Values
from app.campaign.zones import ZONE_NAMES, offset_at


class AdviceCode(StrEnum):
    """What is worth a second look."""

    NO_NUMBER = auto()
    NO_POOL = auto()
    STARTS_IN_THE_PAST = auto()
    ENDED = auto()
    NO_CALLING_DAY = auto()
    DAILY_ABOVE_TOTAL = auto()
    GAP_TOO_LONG = auto()
    DAY_TOO_SHORT = auto()
    NEVER_HAPPENS = auto()
    OTHER_GLOBAL_ID = auto()
    NOT_HTTPS = auto()


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing worth a second look, at one field; *detail* is what the sentence needs."""

    field: str
    code: AdviceCode
    detail: str = ""


_GLOBAL_ID = re.compile(r"([A-Z][A-Za-z]+):\d+", re.ASCII)
_IDS = ("assistant_id", "phone_number_id", *(line.name for line in FIELDS if line.global_id))


def advise(
    values: Values, shown: Overview | None, retries: Attempts | None, now: datetime
) -> list[Advice]:
    """Find what is worth a second look at the (aware) instant *now*.

    *values* are those in use, *shown* is their calendar and *retries* what those reach, if
    there are any.
    """
    return [
        *_about_numbers(values),
        *_about_ids(values),
        *_about_dates(values, shown, now),
        *_about_attempts(values),
        *(_about_retries(retries) if retries else ()),
        *_about_events(values),
    ]


def global_id_type(text: str) -> str | None:
    """Name the type inside a Global ID, the base64 of ``Type:number``; `None` if it is none."""
    try:
        found = _GLOBAL_ID.fullmatch(b64decode(text, validate=True).decode("ascii"))
    except (Error, ValueError):
        return None
    return found[1] if found else None


def _about_numbers(values: Values) -> Iterator[Advice]:
    if values.get("dialer_type") is DialerType.SINGLE and not values.get("phone_number_id"):
        yield Advice("phone_number_id", AdviceCode.NO_NUMBER)
    if values.get("dialer_type") is DialerType.POOL and not values.get("phone_number_pool_id"):
        yield Advice("phone_number_pool_id", AdviceCode.NO_POOL)


def _about_ids(values: Values) -> Iterator[Advice]:
    for name in _IDS:
        found = global_id_type(values[name]) if values.get(name) else None
        if found and found != FIELD[name].global_id:
            yield Advice(name, AdviceCode.OTHER_GLOBAL_ID, found)


def _about_dates(values: Values, shown: Overview | None, now: datetime) -> Iterator[Advice]:
    today = _today(values, now)
    first, last = values.get("start_date"), values.get("end_date")
    if last and last < today:
        yield Advice("end_date", AdviceCode.ENDED)
    elif first and first < today:
        yield Advice("start_date", AdviceCode.STARTS_IN_THE_PAST)
    if shown is not None and not shown.calling_days:
        yield Advice("days_of_week", AdviceCode.NO_CALLING_DAY)


def _today(values: Values, now: datetime) -> date:
    zone = values.get("timezone")
    wall = now.astimezone(UTC)
    return (wall + offset_at(zone, now)).date() if zone in ZONE_NAMES else wall.date()


def _about_attempts(values: Values) -> Iterator[Advice]:
    total, daily = values.get("max_call_attempts"), values.get("max_daily_attempts")
    if total and daily and daily > total:
        yield Advice("max_daily_attempts", AdviceCode.DAILY_ABOVE_TOTAL)


def _about_retries(found: Attempts) -> Iterator[Advice]:
    if found.per_day < found.wanted_per_day:
        least = FIELD["min_gap_between_attempts"].minimum or 0
        if found.fitting_gap >= least:
            gap = str(found.fitting_gap)
            yield Advice("min_gap_between_attempts", AdviceCode.GAP_TOO_LONG, gap)
        else:
            yield Advice("daily_end_time", AdviceCode.DAY_TOO_SHORT)
    if found.possible and found.never:
        yield Advice("max_call_attempts", AdviceCode.NEVER_HAPPENS, str(found.possible))


def _about_events(values: Values) -> Iterator[Advice]:
    url = values.get("webhook_url")
    if url and not url.lower().startswith("https:"):
        yield Advice("webhook_url", AdviceCode.NOT_HTTPS)
