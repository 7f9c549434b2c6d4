"""Drafts are found by their words, ids, states and connections."""

from collections.abc import Callable

import pytest

from app.sandbox.ledger import Ledger
from app.store.base import State
from app.store.database import Store
from tests.factories import inbound, outbound
from tests.pages import Visitor
from tests.sending.presses import look_up
from tests.web.screens.draft_list import names


@pytest.mark.usefixtures("three")
def test_a_search_without_a_hit_leads_back_to_all(visitor: Visitor) -> None:
    page = visitor.open("/", search="nothing like it")
    assert "No campaign is like that." in page.text
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


@pytest.mark.parametrize("typed_word", ["Öl", "öl", "ÖL", "lv", "Ölv", "ÖLV"])
def test_a_word_is_found_whatever_its_case_however_short_it_is(
    visitor: Visitor, saved: Callable[..., str], typed_word: str
) -> None:
    saved(outbound(name="Herbst, ölverkauf"))
    saved(outbound(name="Another"))
    assert names(visitor.open("/", search=typed_word)) == ["Herbst, ölverkauf"]


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
