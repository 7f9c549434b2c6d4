from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from app.campaign.timezones.clock import Clock, count_seconds_to, read_clock
from app.campaign.timezones.zones import ZONE_NAMES, load_zone

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  It is a wall.
_MINUTES = timedelta(minutes=1)
a_zone = st.sampled_from(sorted(ZONE_NAMES))
a_wall = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31))  # noqa: DTZ001


def clock_of(zone: str, wall: datetime) -> Clock:
    return read_clock(zone, wall.year, wall.year)


@given(zone=a_zone, wall=a_wall)
def test_an_instant_shows_the_wall_and_the_date_that_datetime_says(
    zone: str, wall: datetime
) -> None:
    instant = int(wall.replace(tzinfo=UTC).timestamp())
    there = datetime.fromtimestamp(instant, load_zone(zone))
    offset = there.utcoffset()

    clock = clock_of(zone, wall)

    assert offset is not None
    assert clock.find_offset(instant) == offset.total_seconds()
    assert clock.find_day(instant) == there.date().toordinal()


@example(zone="Europe/Belgrade", wall=datetime(1999, 3, 28, 2, fold=1))  # noqa: DTZ001
@given(zone=a_zone, wall=a_wall)
def test_a_wall_is_shown_at_the_instant_that_datetime_says(zone: str, wall: datetime) -> None:
    wall = wall.replace(microsecond=0, fold=0)  # Of two instants the first is meant.
    expected = wall.replace(tzinfo=load_zone(zone)).timestamp()
    assert clock_of(zone, wall).find_instant((wall - _EPOCH) // timedelta(seconds=1)) == expected


def test_walls_around_a_change_are_read_as_datetime_reads_them() -> None:
    for day in (date(2027, 3, 14), date(2027, 11, 7)):
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
        for minute in range(0, 5 * 60, 10):
            wall = midnight + minute * _MINUTES
            expected = wall.replace(tzinfo=load_zone("America/New_York")).timestamp()
            seconds = count_seconds_to(day) + minute * 60
            assert clock_of("America/New_York", wall).find_instant(seconds) == expected


def test_a_clock_changes_at_the_instant_of_its_change_and_not_after_it() -> None:
    clock = read_clock("Europe/Berlin", 2027, 2027)
    spring = clock.changes.index(int(datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp()))
    change = clock.changes[spring]

    assert clock.find_offset(change - 1) == 3600
    assert clock.find_offset(change) == 7200
    assert list(clock.slice_changes(change, change + 1)) == [spring]
    assert list(clock.slice_changes(change + 1, change + 2)) == []
    assert list(clock.slice_changes(change - 1, change)) == []
