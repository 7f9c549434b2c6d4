"""The list of drafts: found, sorted, paged, copied, deleted and brought back."""

from collections.abc import Callable
from datetime import date

import pytest

from app.sandbox.ledger import Ledger
from app.store.base import State
from app.store.database import Store
from app.store.listing import PAGE
from app.store.models import Draft
from app.web.names import name_campaign
from tests.factories import inbound, outbound
from tests.pages import Page, Visitor, query_of, text
from tests.sending.presses import look_up


def names(page: Page) -> list[str]:
    return [text(row.find("strong")) for row in page.soup.select("tbody tr")]


@pytest.fixture
def three(saved: Callable[..., str]) -> None:
    saved(outbound(name="Beta roofing"))
    saved(outbound(name="Alpha dental", start_date=date(2026, 12, 1)))
    saved(inbound(name="Gamma solar"))


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
    cells = [row.select("td") for row in visitor.open("/").soup.select("tbody tr")]
    return {text(row[0].find("strong")): text(row[3]) for row in cells}


@pytest.mark.usefixtures("three")
def test_a_search_without_a_hit_leads_back_to_all(visitor: Visitor) -> None:
    page = visitor.open("/", search="nothing like it")
    assert "No draft is like that." in page.text
    assert names(visitor.open(str(page.soup.select_one("main .card a")["href"]))) != []  # type: ignore[index]


@pytest.mark.parametrize("typed", ["assistant_id", "phone_number_id", "tenant_voice_provider_id"])
def test_an_id_that_was_typed_finds_its_draft(
    visitor: Visitor, saved: Callable[..., str], typed: str
) -> None:
    saved(inbound(name="Wanted", **{typed: "its_own_7f3a"}))
    saved(inbound(name="Another"))
    assert names(visitor.open("/", search="own_7f3a")) == ["Wanted"]


def test_a_campaign_is_found_by_its_id_once_that_is_known(
    visitor: Visitor, saved: Callable[..., str], ledger: Ledger
) -> None:
    page = visitor.open(f"/drafts/{saved(outbound(name='Sent'))}/review")
    saved(outbound(name="Not sent"))
    visitor.press(page, "send")
    (campaign,) = ledger.read_page(1)
    assert names(visitor.open("/", search=campaign.campaign_id)) == ["Sent"]
    assert names(visitor.open("/", search=f"sent {campaign.campaign_id}")) == ["Sent"]
    assert names(visitor.open("/", search=f"nowhere {campaign.campaign_id}")) == []


def test_a_draft_is_found_by_the_id_in_its_address(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(outbound(name="Wanted"))
    saved(outbound(name="Another"))
    assert names(visitor.open("/", search=draft_id)) == ["Wanted"]
    assert names(visitor.open("/", search=f"{draft_id} q4")) == []
    assert names(visitor.open("/", search=f"wanted {draft_id}", sort="name")) == ["Wanted"]


def test_what_a_connection_is_called_inside_finds_nothing(
    visitor: Visitor, add_connection: Callable[..., str]
) -> None:
    key = add_connection("Client A")
    visitor.press(visitor.open("/drafts/new", connection=key), answers={"name": "Desk"})
    assert names(visitor.open("/", search=key)) == []


def test_an_id_that_a_person_looked_up_finds_its_draft(
    visitor: Visitor, sent: Callable[[State], int], store: Store
) -> None:
    look_up(store, sent(State.UNKNOWN), "Q2FtcGFpZ246OTk=")
    assert names(visitor.open("/", search="Q2FtcGFpZ246OTk=")) == ["Q4 Outreach"]


@pytest.mark.parametrize("sort", ["changed", "name", "first_day"])
def test_drafts_are_found_by_what_their_connection_is_called_now(
    visitor: Visitor, add_connection: Callable[..., str], sort: str
) -> None:
    for client in ("Client A", "Client B"):
        form = visitor.open("/drafts/new", connection=add_connection(client))
        visitor.press(form, answers={"name": f"Desk of {client[-1]}"})
    assert names(visitor.open("/", search="client", sort=sort)) in (
        ["Desk of A", "Desk of B"],
        ["Desk of B", "Desk of A"],
    )
    assert names(visitor.open("/", search="Client A", sort=sort)) == ["Desk of A"]
    assert names(visitor.open("/", search="desk client b", sort=sort)) == ["Desk of B"]

    page = visitor.open(str(visitor.open("/connections").soup.find("a", string="Client A")["href"]))  # type: ignore[index]
    visitor.press(page, page.path, {"name": "Acme"})
    assert names(visitor.open("/", search="acme", sort=sort)) == ["Desk of A"]
    assert names(visitor.open("/", search="Client", sort=sort)) == ["Desk of B"]


@pytest.mark.usefixtures("three")
def test_drafts_of_no_connection_are_found_by_the_one_they_go_to(visitor: Visitor) -> None:
    assert len(names(visitor.open("/", search="sandbox"))) == 3


@pytest.mark.parametrize("state", list(State))
def test_a_draft_that_was_sent_shows_its_state_and_is_found_by_it(
    visitor: Visitor, sent: Callable[[State], int], saved: Callable[..., str], state: State
) -> None:
    sent(state)
    saved(outbound(name="Not sent yet"))
    assert names(visitor.open("/", show=state)) == ["Q4 Outreach"]
    assert names(visitor.open("/", show="not_sent")) == ["Not sent yet"]


def test_pages_follow_each_other_until_all_was_seen(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE + 1):
        saved(inbound(name=f"Desk {number}"))
    first = visitor.open("/", search="Desk", sort="name")
    second = visitor.open(str(first.soup.find("a", string="Next page")["href"]))  # type: ignore[index]

    assert len(set(names(first) + names(second))) == PAGE + 1
    assert second.soup.find("a", string="Next page") is None
    assert f"{PAGE + 1} drafts" in first.text


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


def follow(visitor: Visitor, page: Page, words: str) -> Page:
    link = page.soup.find("a", string=words)
    assert link is not None
    return visitor.open(str(link["href"]))


def test_a_page_whose_last_draft_was_deleted_gives_way_to_the_one_before(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    oldest = saved(inbound(name="Desk 0"))
    for number in range(1, PAGE + 1):
        saved(inbound(name=f"Desk {number}"))
    second = follow(visitor, visitor.open("/"), "Next page")
    assert names(second) == ["Desk 0"]
    page = visitor.press(second, f"{oldest}/delete")
    assert len(names(page)) == PAGE
    assert page.soup.find("a", string="Next page") is None


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


def test_deleting_and_undoing_stay_on_the_page_that_one_came_back_to(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for number in range(PAGE * 3):
        saved(inbound(name=f"Desk {number:02}"))
    third = visitor.open("/", sort="name")
    for _ in range(2):
        third = follow(visitor, third, "Next page")
    second = follow(visitor, third, "Previous page")
    listed = names(second)
    assert listed[0] == f"Desk {PAGE:02}"
    deleted = visitor.press(second, "delete")
    assert set(listed[1:]) <= set(names(deleted))
    assert names(visitor.press(deleted, "restore")) == listed


def test_a_draft_that_is_brought_back_leaves_the_list_of_deleted_ones_open(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    for name in ("Desk one", "Desk two"):
        draft_id = saved(inbound(name=name))
        visitor.press(visitor.open("/"), f"{draft_id}/delete")
    page = visitor.open("/", show="deleted", search="Desk")
    back = visitor.press(page, "restore")
    assert names(back) == names(page)[1:]
    assert query_of("?" + back.query) == {"show": "deleted", "search": "Desk"}


def test_a_deleted_draft_comes_back_by_undo(visitor: Visitor, saved: Callable[..., str]) -> None:
    draft_id = saved(inbound(name="By mistake"))
    page = visitor.press(visitor.open("/"), f"{draft_id}/delete")
    assert names(page) == []
    assert "Deleted: By mistake." in page.flash()

    back = visitor.press(page, f"{draft_id}/restore")
    assert names(back) == ["By mistake"]
    assert "The draft is back." in back.flash()


@pytest.mark.usefixtures("three")
def test_what_was_looked_for_stays_through_deleting_and_undoing(visitor: Visitor) -> None:
    asked = {"search": "solar", "type": "INBOUND", "show": "not_sent", "sort": "name"}
    page = visitor.open("/", **asked)
    deleted = visitor.press(page, "delete")
    assert (names(deleted), query_of("?" + deleted.query)) == ([], asked)
    back = visitor.press(deleted, "restore")
    assert (names(back), query_of("?" + back.query)) == (["Gamma solar"], asked)


def test_an_odd_address_of_the_list_spoils_no_link(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Desk"))
    page = visitor.open("/", _anchor="x", _scheme="y", endpoint="z", draft_id="w")
    assert names(page) == ["Desk"]
    assert names(visitor.press(page, f"{draft_id}/delete")) == []


@pytest.mark.parametrize("name", ["", "\N{ZERO WIDTH SPACE}", "Ж" * 1000])
def test_whatever_a_draft_is_called_the_message_tells_it_from_others(
    visitor: Visitor, saved: Callable[..., str], name: str
) -> None:
    draft_id = saved(inbound(name=name))
    page = visitor.press(visitor.open("/"), f"{draft_id}/delete")
    display_name = name_campaign(name)
    assert f"Deleted: {display_name}." in page.flash()
    assert f"Undo deleting {display_name}" in page.flash()
    assert visitor.open(f"/drafts/{draft_id}").heading == f"Deleted: {display_name}"


def test_a_deleted_draft_can_be_brought_back_later(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound(name="Later"))
    visitor.press(visitor.open("/"), f"{draft_id}/delete")
    assert names(visitor.open("/", show="deleted")) == ["Later"]
    page = visitor.open(f"/drafts/{draft_id}")
    assert page.heading == "Deleted: Later"
    assert visitor.press(page, "restore").heading == "Later"


def test_what_may_exist_at_the_api_cannot_be_deleted(
    visitor: Visitor, sent: Callable[[State], int], saved: Callable[..., str]
) -> None:
    sent(State.UNKNOWN)
    draft_id = saved(inbound())
    page = visitor.open("/")
    assert len(page.soup.select("form[action$='/delete']")) == 1

    visitor.press(visitor.open(f"/drafts/{draft_id}/review"), "send")
    late = visitor.press(page, "delete")
    assert "This draft was sent, and its record is kept." in late.flash()
