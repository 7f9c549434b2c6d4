"""The list of drafts: shown, sorted, and paged through."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.store import drafts
from app.store.acceptances import judge
from app.store.base import Readiness
from app.store.database import Store
from app.store.draft_query import PAGE
from app.store.models import Draft
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor, query_of, text
from tests.web.screens.draft_list import follow, names


def test_an_empty_app_invites_to_the_first_campaign(visitor: Visitor) -> None:
    page = visitor.open("/")
    assert "Set up your first campaign" in page.text
    assert page.soup.select_one("main a[href='/drafts/new']")


@pytest.mark.usefixtures("three")
def test_what_was_changed_last_is_on_top(visitor: Visitor) -> None:
    assert names(visitor.open("/")) == ["Gamma solar", "Alpha dental", "Beta roofing"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "roof"}, ["Beta roofing"]),
        ({"search": "new_york dental"}, ["Alpha dental"]),
        ({"type": "INBOUND"}, ["Gamma solar"]),
        ({"sort": "name"}, ["Alpha dental", "Beta roofing", "Gamma solar"]),
        ({"sort": "first_day"}, ["Alpha dental", "Beta roofing", "Gamma solar"]),
        ({"show": "CREATED"}, []),
        ({"cursor": "99999999999999999999"}, ["Gamma solar", "Alpha dental", "Beta roofing"]),
        (
            {"type": "SOMETHING", "sort": "up", "show": "me"},
            ["Gamma solar", "Alpha dental", "Beta roofing"],
        ),
    ],
)
def test_the_list_shows_what_was_asked_for(
    visitor: Visitor, query: dict[str, str], expected: list[str]
) -> None:
    assert names(visitor.open("/", **query)) == expected


def test_a_list_that_is_narrowed_down_says_so_and_leads_to_all(visitor: Visitor) -> None:
    visitor.press(visitor.open("/drafts/new"), answers={"name": "Kept"})
    assert "show all" not in visitor.open("/").text
    assert text(visitor.open("/", search="Kept").soup.select_one("h1 + [role=status]")) == (
        "1 campaign, show all"
    )
    assert visitor.open("/", show="deleted").heading == "Deleted campaigns"


def test_a_campaign_that_only_answers_has_no_first_day_though_one_was_typed(
    visitor: Visitor, saved: Callable[..., str], store: Store
) -> None:
    draft_id = saved(outbound(name="Turned", start_date=date(2026, 12, 1)))
    saved(outbound(name="Calls", start_date=date(2027, 1, 4)))
    visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"type": "INBOUND"})
    assert first_days(visitor) == {"Calls": "Mon 4 Jan 2027", "Turned": "–"}
    assert names(visitor.open("/", sort="first_day")) == ["Calls", "Turned"]

    with store.writing() as session:  # As an earlier version left it.
        session.get_one(Draft, draft_id).first_day = date(2026, 12, 1)
    assert first_days(visitor)["Turned"] == "–"
    visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"type": "OUTBOUND"})
    assert first_days(visitor)["Turned"] == "Tue 1 Dec 2026"


def first_days(visitor: Visitor) -> dict[str, str]:
    rows = visitor.open("/").soup.select("tbody tr")
    return {
        text(row.find("strong")): text(row.select_one(".day")).removeprefix("First day ")
        for row in rows
    }


def test_a_heading_sorts_and_once_more_turns_the_order_around(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE + 2):
        saved(inbound(name=f"Desk {number:02}"))
    page = follow(visitor, visitor.open("/", search="Desk"), "Name")
    assert names(page)[0] == "Desk 00"
    assert page.soup.select_one("th[aria-sort=ascending].name")

    turned = follow(visitor, page, "Name")
    assert names(turned)[0] == f"Desk {PAGE + 1:02}"
    assert turned.soup.select_one("th[aria-sort=descending].name")
    rest = follow(visitor, turned, "Next page")
    assert names(rest) == ["Desk 01", "Desk 00"]
    back = follow(visitor, rest, "Previous page")
    assert names(back) == names(turned)
    assert names(follow(visitor, back, "Show more")) == names(turned) + names(rest)
    by_change = follow(visitor, turned, "Changed")
    assert by_change.soup.select_one("th[aria-sort=descending].changed")
    assert query_of("?" + by_change.query) == {"search": "Desk", "sort": "changed"}


def test_every_heading_sorts_by_its_column(
    visitor: Visitor, saved: Callable[..., str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    saved(outbound(name="Old", start_date=date(2027, 2, 1)))
    saved(outbound(name="Early", daily_start_time="08:00", start_date=date(2027, 3, 1)))
    saved(outbound(name="Late", daily_start_time="10:00", start_date=None), connection=key)
    saved(inbound(name="Desk"))
    saved(outbound(name="Unfinished", assistant_id=""))
    page = visitor.open("/")
    headings = [text(heading) for heading in page.soup.select("thead th a")]
    assert headings == ["Name", "Type", "Client", "Readiness", "First day", "Hours", "Changed"]
    first = {heading: names(follow(visitor, page, heading))[0] for heading in headings}
    assert first == {
        "Name": "Desk",
        "Type": "Desk",
        "Client": "Late",
        "Readiness": "Unfinished",
        "First day": "Unfinished",
        "Hours": "Early",
        "Changed": "Old",  # As they are in that order already, it is turned around.
    }


@pytest.mark.parametrize(
    ("values", "words", "show"),
    [
        (inbound(), "Ready", Readiness.READY),
        (outbound(start_date=None, end_date=None), "1 answer missing", Readiness.INCOMPLETE),
        (outbound(max_call_attempts=0), "1 answer to change", Readiness.INCOMPLETE),
    ],
)
def test_a_row_says_one_thing_and_is_found_by_it(
    visitor: Visitor,
    saved: Callable[..., str],
    values: dict[str, Any],
    words: str,
    show: Readiness,
) -> None:
    saved(values)
    for readiness in Readiness:
        page = visitor.open("/", show=readiness)
        assert len(names(page)) == (readiness is show)
    pills = visitor.open("/").soup.select("tbody .tag")
    assert [text(pill).partition(",")[0] for pill in pills] == [words]


def test_a_row_is_not_green_where_nobody_has_looked_for_all_rules(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    saved(outbound(timezone="Africa/Ndjamena"), audience="Chad", purpose="research")
    pill = visitor.open("/", show=Readiness.READY).soup.select_one("tbody .tag")
    assert pill
    assert text(pill).startswith("Ready, not all known")
    assert "READY" not in pill["class"]


def test_a_row_that_an_older_version_has_counted_is_counted_anew(
    visitor: Visitor, saved: Callable[..., str], store: Store
) -> None:
    draft_id = saved(outbound(timezone="Africa/Ndjamena"), audience="Chad", purpose="research")
    with store.writing() as session:
        drafts.find(session, draft_id).findings = {}
    pill = visitor.open("/").soup.select_one("tbody .tag")
    assert pill
    assert text(pill).startswith("Ready, not all known")


def test_a_row_says_when_the_campaign_calls(visitor: Visitor, saved: Callable[..., str]) -> None:
    saved(outbound())
    row = visitor.open("/").soup.select_one("tbody tr")
    assert row is not None
    assert text(row.select_one(".hours")) == "09:00–17:00 New York"
    assert text(row.select_one(".changed [aria-hidden]")) == "just now"
    assert row.select_one(".changed time[data-moment]")


def test_pages_follow_each_other_until_all_was_seen(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE + 1):
        saved(inbound(name=f"Desk {number}"))
    first = visitor.open("/", search="Desk", sort="name")
    second = visitor.open(str(first.soup.find("a", string="Next page")["href"]))  # type: ignore[index]

    assert len(set(names(first) + names(second))) == PAGE + 1
    assert second.soup.find("a", string="Next page") is None
    assert f"Campaigns {PAGE + 1} campaigns, show all" in first.text


def test_pages_lead_back_to_where_one_came_from(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE * 2 + 1):
        saved(inbound(name=f"Desk {number}"))
    saved(inbound(name="Another"))
    pages = [visitor.open("/", search="Desk", sort="name")]
    for _ in range(2):
        pages.append(follow(visitor, pages[-1], "Next page"))
    second = follow(visitor, pages[2], "Previous page")
    first = follow(visitor, second, "Previous page")

    assert [names(second), names(first)] == [names(pages[1]), names(pages[0])]
    assert first.soup.find("a", string="Previous page") is None
    assert "Another" not in names(first) + names(second)


def test_every_filter_goes_along_from_page_to_page(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE + 1):
        saved(inbound(name=f"Desk {number}"))
    saved(outbound(name="Desk that calls"))
    asked = {"search": "Desk", "type": "INBOUND", "show": "not_sent", "sort": "name"}
    second = follow(visitor, visitor.open("/", **asked), "Next page")
    first = follow(visitor, second, "Previous page")
    for page in (second, first):
        assert asked.items() <= query_of("?" + page.query).items()
        assert "Desk that calls" not in names(page)
    assert len(names(first) + names(second)) == PAGE + 1


def test_an_odd_address_of_the_list_spoils_no_link(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Desk"))
    page = visitor.open("/", _anchor="x", _scheme="y", endpoint="z", draft_id="w")
    assert names(page) == ["Desk"]
    assert names(visitor.press(page, f"{draft_id}/delete")) == []


def test_more_is_shown_below_with_the_place_kept_in_the_address(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(45):
        saved(inbound(name=f"Line {number:02}"))
    first = visitor.open("/", sort="name")
    link = first.soup.find("a", string="Show more")
    assert link
    assert str(link["href"]).endswith("#row-21")
    both = follow(visitor, first, "Show more")
    assert names(both) == [f"Line {number:02}" for number in range(40)]
    assert text(both.soup.find(id="row-21")).startswith("Line 20")
    rest = follow(visitor, both, "Show more")
    assert names(rest)[40:] == [f"Line {number:02}" for number in range(40, 45)]
    assert rest.soup.find("a", string="Show more") is None
    onward = follow(visitor, both, "Next page")
    assert names(onward) == [f"Line {number:02}" for number in range(40, 45)]
    back = follow(visitor, onward, "Previous page")
    assert names(back) == names(both)  # As many rows as were shown before.
    assert names(follow(visitor, back, "Show more")) == names(rest)


@pytest.mark.parametrize(("rows", "count"), [("0", 20), ("x", 20), ("-5", 20), ("9" * 9, 200)])
def test_no_more_rows_are_shown_than_a_page_can_hold(
    visitor: Visitor, store: Store, rows: str, count: int
) -> None:
    judged = judge(typed(inbound()))
    with store.writing() as session:
        for number in range(201):
            drafts.save(session, f"{number:016x}", judged, expected_version=0)
    page = visitor.open("/", rows=rows)
    assert len(names(page)) == count
    assert bool(page.soup.find("a", string="Show more")) is (count == 20)


def test_no_sign_in_a_name_turns_what_stands_beside_it(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Front \u202egnp.desk"))
    page = visitor.open("/")
    assert ("Front gnp.desk" in page.text, "\u202e" in page.text) == (True, False)
    assert visitor.open(f"/drafts/{draft_id}/history").heading == "History of Front gnp.desk"
