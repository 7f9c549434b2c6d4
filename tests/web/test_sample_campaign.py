"""The sample can be sent as it stands, in whatever week somebody tries it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.campaign.compliance.acceptance import tally
from app.campaign.explanation import explain
from app.sandbox.examples import EXAMPLES
from app.web.sample_campaign import write_sample, write_template

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
IDS = ("assistant_id", "tenant_voice_provider_id", "phone_number_id")


@pytest.mark.parametrize("weeks", range(0, 53, 2))
def test_nothing_is_missing_or_broken_in_any_week(weeks: int) -> None:
    now = NOW + timedelta(weeks=weeks)
    meaning = explain(write_sample(now), now)
    counts = tally(meaning.findings, {})
    assert (meaning.problems, counts["high"], counts["medium"]) == ([], 0, 0)


def test_its_ids_are_the_sandboxs_own() -> None:
    known = {example.value for example in EXAMPLES}
    assert {write_sample(NOW)[name] for name in IDS} <= known


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 11, 29, 12, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 3, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 12, tzinfo=UTC), date(2026, 12, 7)),
    ],
    ids=["Sunday", "Sunday there and Monday here", "Monday"],
)
def test_it_begins_on_the_next_monday_by_its_own_clock(now: datetime, first: date) -> None:
    assert write_sample(now)["start_date"] == first.isoformat()


def test_a_template_leaves_the_name_and_the_ids_to_be_entered() -> None:
    now = datetime.now(UTC)
    problems = explain(write_template(now), now).problems
    assert {problem.field for problem in problems} == {"name", *IDS[:2]}
