"""The summary for the client is a page of its own, to print and to copy."""

from collections.abc import Callable
from datetime import time

from app.store.base import State
from tests.factories import outbound
from tests.pages import Page, Visitor, text


def test_the_review_leads_to_it_and_it_is_named_after_the_campaign(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    address = f"/drafts/{saved()}/summary"
    assert visitor.open(address.replace("summary", "review")).soup.select(f"a[href='{address}']")
    page = visitor.open(address)
    assert page.heading == "Q4 Outreach"
    assert "09:00 to 17:00" in page.text


def test_what_is_copied_is_plain_text_or_source(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    page = visitor.open(f"/drafts/{saved(outbound(name='<i>A</i>'))}/summary")
    assert text(page.soup.find(id="as-text")).startswith("<i>A</i>")
    assert text(page.soup.find(id="as-html")).startswith("<h1>&lt;i&gt;A&lt;/i&gt;</h1>")


def test_it_says_whose_campaign_it_is_where_its_leads_are_and_that_it_is_not_sent(
    visitor: Visitor, saved: Callable[..., str], made: Page
) -> None:
    key = made.path.rpartition("/")[2]
    page = visitor.open(f"/drafts/{saved(connection=key, audience='France, Spain')}/summary")
    assert page.soup.main
    facts = page.soup.select_one("main > dl.facts")
    assert facts
    words = [text(cell) for cell in facts.select("dt, dd")]
    assert words[:4] == ["Client", "Client A", "Leads", "France, Spain"]
    assert words[5].endswith(", version 1: not sent")
    for copied in ("as-text", "as-html"):
        assert "Leads: France, Spain" in text(page.soup.find(id=copied))


def test_an_incomplete_campaign_says_so(visitor: Visitor, saved: Callable[..., str]) -> None:
    page = visitor.open(f"/drafts/{saved(outbound(assistant_id=None))}/summary")
    assert "This campaign is not complete yet" in page.text


def test_it_is_there_when_the_campaign_was_created(
    visitor: Visitor, sent: Callable[[State], int]
) -> None:
    created = visitor.open(f"/submissions/{sent(State.CREATED)}")
    link = created.soup.select_one("a[href$='/summary']")
    assert link
    assert visitor.open(str(link["href"])).heading == "Q4 Outreach"


def test_it_says_that_rules_are_not_kept(visitor: Visitor, saved: Callable[..., str]) -> None:
    late = saved(outbound(daily_end_time=time(22)), audience="Florida", purpose="marketing")
    for copied in ("as-text", "as-html"):
        words = text(visitor.open(f"/drafts/{late}/summary").soup.find(id=copied))
        assert "not kept as it is planned now." in words
