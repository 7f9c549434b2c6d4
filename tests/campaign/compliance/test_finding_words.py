"""The sentences about findings: who, where, when, by how much, and what would keep the rule."""

import re
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.campaign.compliance.audience import Audience, read_audience
from app.campaign.compliance.audience_words import describe_audience
from app.campaign.compliance.evidence import Duty, Finding, OutsideHours, Severity
from app.campaign.compliance.finding_words import describe_evidence, describe_finding, format_period
from app.campaign.compliance.findings import check_rules
from app.campaign.compliance.fix_words import describe_fixes
from app.campaign.compliance.fixes import find_fixes
from app.campaign.compliance.hours_chart import Row
from app.campaign.compliance.hours_words import (
    describe_row,
    format_hours,
    format_short_hours,
    format_stretch,
)
from app.campaign.compliance.rule_file import Confidence, Force
from app.campaign.compliance.rule_words import find_caution
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.intervals import WHOLE_DAY, DayHours, Stretch, intersect, subtract
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedules import EVERY_DAY, usable

RULES = {rule.id: rule for rule in load_rulebook().rules}
HOUR = 3600
RETRIES = Limits(timedelta(minutes=60), 3, 12)
WEEKEND = usable(days_of_week=EVERY_DAY[5:])
DAILY = usable(days_of_week=EVERY_DAY, daily_start_time=time(8), daily_end_time=time(20))


def make_audience(audience: str, purpose: str = "marketing") -> Audience:
    return read_audience({"audience": audience, "purpose": purpose}, "America/New_York")


def one_finding(rule: str, schedule: Schedule, audience: str) -> Finding:
    findings = check_rules(schedule, RETRIES, make_audience(audience))
    return next(finding for finding in findings if finding.rule.id == rule)


def ways(rule: str, schedule: Schedule, audience: str) -> str:
    finding = one_finding(rule, schedule, audience)
    return describe_fixes(finding, find_fixes(finding, schedule, RETRIES, make_audience(audience)))


def test_calls_outside_hours_are_told_by_place_time_day_and_length() -> None:
    finding = one_finding("us-fcc-hours", usable(), "Hawaii")
    assert describe_finding(finding, usable()) == (
        "By the clock in Honolulu it calls from 04:00 to 08:00 on Monday to Friday; "
        "later, first on Mon 15 Mar 2027, from 03:00 to 08:00 on Monday to Friday, "
        "up to 5 hours outside the hours. "
        "First on Mon 4 Jan 2027, on 63 days in all."
    )


def test_a_season_in_which_other_hours_are_outside_is_told_apart() -> None:
    # In December it is 04:00 in Honolulu when it is 09:00 in New York, and 03:00 in summer.
    december = usable(start_date=date(2026, 12, 1), end_date=date(2027, 6, 30))
    sentence = describe_finding(one_finding("us-fcc-hours", december, "Hawaii"), december)
    assert (
        "it calls from 04:00 to 08:00 on Monday to Friday; later, first on Mon 15 Mar" in sentence
    )
    assert "First on Tue 1 Dec 2026" in sentence


def test_without_another_season_none_is_told() -> None:
    winter = usable(end_date=date(2027, 3, 12))
    sentence = describe_finding(one_finding("us-fcc-hours", winter, "Hawaii"), winter)
    assert "later" not in sentence


def test_a_first_day_that_is_another_zones_is_told_apart() -> None:
    # 13:00 in New York is 08:00 in Honolulu, and 07:00 from 14 March on.
    evening = usable(daily_start_time=time(13), daily_end_time=time(20, 30))
    finding = next(
        finding
        for finding in check_rules(evening, RETRIES, make_audience("Hawaii"))
        if finding.rule.id == "us-fcc-hours"
    )
    sentence = describe_finding(finding, evening)
    assert "it calls from 07:00 to 08:00" in sentence
    assert "First on Mon 15 Mar 2027, on 13 days" in sentence
    assert isinstance(finding.evidence, OutsideHours)
    both = replace(finding.evidence, since=date(2027, 3, 16))
    sentence = describe_finding(replace(finding, evidence=both), evening)
    assert "First on Mon 15 Mar 2027 (there on Tue 16 Mar 2027), on 13 days" in sentence


@pytest.mark.parametrize(
    ("leads", "words"),
    [
        ("Hawaii, California", ", and in Los Angeles. First"),
        (
            "Hawaii, California, Arizona, Colorado",
            ", and in Los Angeles, Phoenix and Denver. First",
        ),
        ("Hawaii, California, Arizona, Colorado, Idaho", ", and in 4 more zones. First"),
        ("Hawaii, California, Arizona, Colorado, Alaska", ", and in 10 more zones. First"),
    ],
)
def test_a_few_further_zones_are_named_and_more_are_counted(leads: str, words: str) -> None:
    finding = one_finding("us-fcc-hours", usable(), leads)
    assert words in describe_finding(finding, usable())


def test_too_many_calls_are_told_by_their_times_in_the_campaigns_zone() -> None:
    sentence = describe_finding(one_finding("us-fl-attempts", DAILY, "Florida"), DAILY)
    assert sentence.startswith("One lead can get 6 calls in 24 hours, 3 more than allowed: ")
    assert sentence.count(" Jan 2027 ") == 6
    assert sentence.endswith(" 10:00.")


def test_days_in_a_row_are_those_of_a_clock_where_the_leads_are() -> None:
    sentence = describe_finding(one_finding("fr-attempts", DAILY, "France"), DAILY)
    assert sentence.startswith(
        "One lead can get 12 calls in 30 days by the clock in Paris, 8 more than allowed: "
    )
    assert sentence.endswith(" and 6 more.")


def test_holidays_are_told_by_day_and_name() -> None:
    finding = one_finding("fr-holidays", usable(), "France")
    assert describe_finding(finding, usable()) == (
        "It calls on 1 holiday: Mon 29 Mar 2027 (Easter Monday)."
    )


def test_many_holidays_are_cut_short() -> None:
    year = usable(end_date=date(2029, 1, 3))
    assert " more." in describe_finding(one_finding("es-holidays", year, "Spain"), year)


def test_a_duty_is_said_as_the_rule_has_it_and_nothing_mends_it(subtests: pytest.Subtests) -> None:
    for rule in filter(lambda rule: rule.is_duty, RULES.values()):
        with subtests.test(rule.id):
            duty = Finding(rule, Duty())
            assert describe_finding(duty, usable()) == rule.limit
            assert describe_fixes(duty, ()) == ""
            assert describe_evidence(duty).startswith(f"{rule.question} Leads: ")


@pytest.mark.parametrize(
    ("rule", "schedule", "audience", "sentence"),
    [
        (
            "us-fcc-hours",
            usable(),
            "California",
            (
                "To keep it, set the time zone to America/Los_Angeles, "
                "or the start of calling to 11:00."
            ),
        ),
        (
            "fr-hours",
            WEEKEND,
            "France",
            "No one window keeps it: choose other days, or split the campaign by place.",
        ),
        (
            "fr-holidays",
            usable(),
            "France",
            "The API has no field for holidays: split the campaign, or pause it by hand.",
        ),
    ],
)
def test_what_would_keep_a_rule_is_said_in_the_words_of_the_form(
    rule: str, schedule: Schedule, audience: str, sentence: str
) -> None:
    assert ways(rule, schedule, audience) == sentence


def test_calls_of_one_day_of_the_leads_are_told_by_the_clock_there() -> None:
    west = usable(timezone="America/Los_Angeles", daily_end_time=time(15))
    leads = read_audience({"audience": "UAE", "purpose": "marketing"}, None)
    findings = check_rules(west, Limits(timedelta(minutes=45), 10, 30), leads)
    (finding,) = [finding for finding in findings if finding.rule.id == "ae-attempts-day"]
    sentence = describe_finding(finding, west)
    assert sentence.startswith("One lead can get 9 calls in one calendar day by the clock in Dubai")
    assert len(set(re.findall(r"\w{3} \d+ \w{3} \d{4}", sentence))) == 1


def test_a_call_that_is_not_on_the_minute_is_told_to_the_second() -> None:
    odd = usable(daily_start_time=time(9, 0, 45), daily_end_time=time(17, 0, 30))
    leads = read_audience({"audience": "Florida", "purpose": "marketing"}, None)
    findings = check_rules(odd, Limits(timedelta(minutes=37), 20, 30), leads)
    (finding,) = [finding for finding in findings if finding.rule.id == "us-fl-attempts"]
    attempts = finding.evidence.attempts  # type: ignore[union-attr]
    wall = attempts[0].astimezone(ZoneInfo("America/New_York"))
    assert f"{wall:%H:%M:%S}" in describe_finding(finding, odd)


def test_a_campaign_without_a_last_day_is_told_how_far_it_was_looked_at() -> None:
    endless = usable(end_date=None, daily_end_time=time(21))
    sentence = describe_finding(one_finding("us-fl-hours", endless, "Florida"), endless)
    assert "First on Mon 4 Jan 2027, on 281 days until Mon 31 Jan 2028." in sentence


def test_what_a_whole_season_brings_is_told_before_the_one_day_of_a_clock_change() -> None:
    year = usable(start_date=date(2027, 4, 5), end_date=date(2028, 3, 30), days_of_week=EVERY_DAY)
    sentence = describe_finding(one_finding("au-hours", year, "Western Australia"), year)
    # New York falls back on 7 November, and goes ahead on 12 March.
    assert "; later, first on Sun 7 Nov 2027, from 00:00 to 06:00 and 22:00 to 24:00" in sentence
    assert "up to 9 hours outside" in sentence


def test_of_zones_that_are_as_bad_on_one_day_the_one_that_is_so_for_longer_is_told() -> None:
    sentence = describe_finding(one_finding("us-fcc-hours", usable(), "48 states"), usable())
    assert sentence.startswith(
        "By the clock in Los Angeles it calls from 06:00 to 08:00 on Monday to Friday, up to"
    )


def test_holidays_are_counted_as_they_are_listed() -> None:
    year = usable(start_date=date(2027, 4, 5), end_date=date(2028, 3, 30), days_of_week=EVERY_DAY)
    sentence = describe_finding(one_finding("au-holidays", year, "Australia"), year)
    count, more = re.search(r"on (\d+) holidays: .* and (\d+) more\.", sentence).groups()  # type: ignore[union-attr]
    assert int(count) == int(more) + 6


def test_a_limit_of_contacts_is_not_called_broken_by_attempts_that_nobody_answers() -> None:
    leads = read_audience({"audience": "CA-ON", "purpose": "debt"}, None)
    limits = Limits(timedelta(hours=24), 1, 5)
    days = usable(timezone="America/Toronto")
    (finding,) = [
        finding
        for finding in check_rules(days, limits, leads)
        if finding.rule.id == "ca-on-debt-attempts"
    ]
    assert finding.severity is Severity.MEDIUM
    assert "5 calls in 7 days by the clock in Toronto, 2 more than allowed if each reaches" in (
        describe_finding(finding, days)
    )


def test_ways_to_fewer_attempts_are_offered_beside_one_another() -> None:
    sentence = ways("us-fl-attempts", DAILY, "Florida")
    assert sentence.startswith("To keep all limits of attempts, set ")
    assert sentence.count(", or ") == 2
    assert describe_fixes(one_finding("us-fl-attempts", DAILY, "Florida"), ()) == (
        "Ask for fewer attempts, or for a longer gap between them."
    )


def test_the_measure_names_every_zone_in_which_hours_are_broken() -> None:
    late = usable(daily_end_time=time(22))
    texan = describe_evidence(one_finding("us-fcc-hours", late, "America/New_York"))
    further = describe_evidence(
        one_finding("us-fcc-hours", late, "America/New_York, America/Detroit")
    )

    assert texan.endswith("in New York on 63 days")
    assert further.endswith(
        (
            "in New York, and for no longer in Detroit, on 63 days",
            "in Detroit, and for no longer in New York, on 63 days",
        )
    )


def test_the_measure_of_a_finding_changes_with_what_is_found() -> None:
    assert describe_evidence(one_finding("us-fl-attempts", DAILY, "Florida")) == "6 in 24 hours"
    assert describe_evidence(one_finding("fr-holidays", usable(), "France")) == "2027-03-29"
    for at, winter, summer in ((time(9), "04:00", "03:00"), (time(10), "05:00", "04:00")):
        finding = one_finding("us-fcc-hours", usable(daily_start_time=at), "Hawaii")
        assert describe_evidence(finding) == (
            f"from {winter} to 08:00 on Monday to Friday; "
            f"later from {summer} to 08:00 on Monday to Friday in Honolulu on 63 days"
        )


def test_the_measure_of_holidays_names_each_of_them_however_many() -> None:
    def measured(last: date) -> list[str]:
        schedule = usable(end_date=last, days_of_week=EVERY_DAY)
        return describe_evidence(one_finding("fr-holidays", schedule, "France")).split(", ")

    until_november = measured(date(2027, 11, 11))
    until_december = measured(date(2027, 12, 25))

    assert (len(until_november), until_november[-1]) == (9, "2027-11-11")
    assert until_december == [*until_november, "2027-12-25"]


def test_weak_rules_say_why_they_are(subtests: pytest.Subtests) -> None:
    for name, rule in RULES.items():
        with subtests.test(name):
            sentence = find_caution(rule, rule.checked_on + timedelta(days=180))
            assert ("Verify this one" in sentence) is (rule.confidence is Confidence.C)
            assert (f"It binds {rule.binds}." in sentence) is bool(rule.binds)
            assert ("binds" in sentence) is bool(rule.binds)
            assert ("not a law" in sentence) is (
                rule.force in {Force.CODE, Force.PLATFORM, Force.CAUTION}
            )
            assert "180 days" not in sentence
            later = find_caution(rule, rule.checked_on + timedelta(days=181))
            assert later == f"{sentence} Last checked more than 180 days ago.".strip()


@pytest.mark.parametrize(
    ("audience", "purpose", "sentence"),
    [
        ("France, Texas", "debt", "Held to the rules of France, Texas that are known here."),
        ("50 states", "other", "Held to the rules of the 50 states that are known here."),
        (
            "48 states, France",
            "other",
            "Held to the rules of the 48 states, France that are known here.",
        ),
        ("France", "marketing", "Held to the rules of France that are known here."),
        ("", "debt", "You have not said where the leads are, so the 50 states are assumed."),
    ],
)
def test_whom_the_rules_were_held_to_is_said(audience: str, purpose: str, sentence: str) -> None:
    assert describe_audience(make_audience(audience, purpose)) == sentence


def test_an_open_purpose_is_said_to_count_as_every_one() -> None:
    assert describe_audience(make_audience("France", "")).endswith(
        "the rules for every purpose count."
    )


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        ((), "never", "none"),
        (((10 * HOUR, 13 * HOUR),), "10:00 to 13:00", "10:00–13:00"),
        (
            ((0, HOUR), (2 * HOUR, WHOLE_DAY)),
            "00:00 to 01:00 and 02:00 to 24:00",
            "00:00–01:00, 02:00–24:00",
        ),
        (((30, 90),), "00:00:30 to 00:01:30", "00:00:30–00:01:30"),
    ],
)
def test_hours_are_written_long_and_short(day: DayHours, long: str, short: str) -> None:
    assert (format_hours(day), format_short_hours(day)) == (long, short)


@pytest.mark.parametrize(
    ("stretch", "sentence"),
    [
        ((-2 * HOUR, 4 * HOUR), "22:00 the day before–04:00"),
        ((20 * HOUR, 26 * HOUR), "20:00–02:00 next day"),
        ((0, WHOLE_DAY), "00:00–24:00"),
    ],
)
def test_a_stretch_over_midnight_says_on_which_day(stretch: Stretch, sentence: str) -> None:
    assert format_stretch(stretch) == sentence


def test_a_stretch_that_ends_with_the_day_may_begin_on_the_day_before() -> None:
    assert format_stretch((-HOUR, WHOLE_DAY)) == "23:00 the day before–24:00"


def make_row(allowed: DayHours, *zones: str, ahead: int = 0) -> Row:
    """Make a row for a window from 9:00 to 21:00, with all hours by the campaign's clock."""
    window = ((9 * HOUR, 21 * HOUR),)
    return Row(
        zones=zones or ("America/Los_Angeles",),
        there=(9 * HOUR + ahead, 21 * HOUR + ahead),
        allowed=allowed,
        inside=intersect(window, allowed),
        outside=subtract(window, allowed),
        ahead=ahead,
        allowed_there=tuple((start + ahead, end + ahead) for start, end in allowed),
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            make_row(((8 * HOUR, 21 * HOUR),), "America/New_York"),
            (
                "By the clock in New York it calls from 09:00 to 21:00. "
                "That is inside what is allowed: 08:00 to 21:00."
            ),
        ),
        (
            make_row(((11 * HOUR, 24 * HOUR),), ahead=-3 * HOUR),
            (
                "By the clock in Los Angeles it calls from 06:00 to 18:00. "
                "06:00 to 08:00 breaks a rule; allowed is 08:00 to 21:00."
            ),
        ),
        (
            make_row(((10 * HOUR, 20 * HOUR),), "America/Chicago", "America/Boise"),
            (
                "By the clock in Chicago and 1 more place it calls from 09:00 to 21:00. "
                "09:00 to 10:00 and 20:00 to 21:00 break a rule; allowed is 10:00 to 20:00."
            ),
        ),
        (
            make_row((), *["America/Denver"] * 3),
            (
                "By the clock in Denver and 2 more places it calls from 09:00 to 21:00. "
                "09:00 to 21:00 breaks a rule; no hour is allowed."
            ),
        ),
        (
            make_row(((0, 5 * HOUR),), "Pacific/Auckland", ahead=18 * HOUR),
            (
                "By the clock in Auckland it calls from 03:00 next day to 15:00 next day. "
                "03:00 next day to 15:00 next day breaks a rule; allowed is 18:00 to 23:00."
            ),
        ),
    ],
)
def test_a_row_of_the_chart_is_told_by_the_clock_of_its_places(row: Row, words: str) -> None:
    assert describe_row(row) == words


def test_the_period_of_a_limit_is_said() -> None:
    periods = {name: format_period(rule.attempts) for name, rule in RULES.items() if rule.attempts}
    assert periods["us-fl-attempts"] == "24 hours"
    assert periods["us-debt-attempts"] == "7 days"
    assert periods["fr-attempts"] == "30 days"
    assert periods["es-attempts"] == "one calendar month"
