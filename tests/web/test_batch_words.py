"""What stands beside an item of a batch tells when it calls, so that two of one name differ."""

from datetime import UTC, date, datetime

import time_machine

from app.campaign.contract.payload import build_payload, encode_payload
from app.web.batch_words import describe_calling_time
from tests.factories import inbound, outbound

STARTS = date(2027, 1, 4)


def describe(at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        return describe_calling_time(encode_payload(build_payload(outbound(start_date=STARTS))))


def test_the_first_day_and_the_hours_are_told_and_whether_that_day_is_past() -> None:
    assert describe(datetime(2027, 1, 4, 23, tzinfo=UTC)) == (
        "Mon 4 Jan 2027, 09:00–17:00 New York, "
    )
    assert describe(datetime(2027, 1, 5, 1, tzinfo=UTC)) == (
        "Mon 4 Jan 2027 (in the past), 09:00–17:00 New York, "
    )


def test_one_that_is_rung_has_no_time() -> None:
    assert describe_calling_time(encode_payload(build_payload(inbound()))) == ""
