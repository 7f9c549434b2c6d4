"""What the list of drafts shows, and its links."""

from tests.pages import Page, Visitor, text


def names(page: Page) -> list[str]:
    return [text(row.find("strong")) for row in page.soup.select("tbody tr")]


def follow(visitor: Visitor, page: Page, words: str) -> Page:
    link = page.soup.find("a", string=words)
    assert link is not None
    return visitor.open(str(link["href"]))
