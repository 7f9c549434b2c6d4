"""All rules that are known, and for which places nobody has looked, on one page."""

from flask import Flask

from app.campaign.compliance.rulebook import load_rulebook
from tests.pages import Page, Visitor, text


def row(page: Page, place: str) -> list[str]:
    heading = page.soup.find("a", string=place)
    assert heading is not None
    line = heading.find_parent("tr")
    assert line is not None
    return [text(cell) for cell in line.find_all("td")]


def test_each_place_says_for_what_its_law_was_read(visitor: Visitor) -> None:
    page = visitor.open("/rules")
    assert row(page, "Germany") == ["none found", "not read", "not read", "2 rules"]
    assert row(page, "France") == ["1 rule", "1 rule", "1 rule", "4 rules"]
    assert row(page, "Pennsylvania")[2] == "not read"


def test_every_rule_is_on_it_with_its_source(visitor: Visitor) -> None:
    page = visitor.open("/rules")
    for rule in load_rulebook().rules:
        source = page.soup.find(id=f"source-{rule.id}")
        assert rule.limit in text(source)
        assert rule.source_kind in text(source)
    words = page.text
    assert "Human callers only: not applied" in words
    assert "from Sun 2 Aug 2026" in words


def test_the_panel_leads_to_it(visitor: Visitor) -> None:
    assert visitor.open("/about").soup.select_one("main a[href='/rules']") is not None


def test_a_command_lists_the_same(app: Flask) -> None:
    output = app.test_cli_runner().invoke(args=["rules"]).output
    assert "Germany (DE): hours: none found, days: not read, attempts: not read" in output
    assert all(f"  {rule.id}: " in output for rule in load_rulebook().rules)
