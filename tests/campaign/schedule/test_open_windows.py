from datetime import date

from hypothesis import given

from app.campaign.schedule.open_windows import open_calendar
from app.campaign.schedule.windows import DAY, Schedule, find_windows_on
from tests.campaign.schedules import schedules, usable


@given(schedule=schedules())
def test_the_windows_of_every_day_are_the_exact_ones_in_plain_numbers(schedule: Schedule) -> None:
    find_windows = open_calendar(schedule)
    day = schedule.first - DAY
    while day <= schedule.last + DAY:
        exact = find_windows_on(schedule, day) if schedule.calls_on(day) else []
        assert [tuple(window) for window in find_windows(day.toordinal())] == [
            (window.date, window.start.timestamp(), window.end.timestamp()) for window in exact
        ]
        day += DAY


def test_there_are_no_windows_on_a_day_without_calls() -> None:
    saturday = date(2027, 1, 9)
    assert open_calendar(usable())(saturday.toordinal()) == ()
