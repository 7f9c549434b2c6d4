"""What a person does on the screen, by the words that stand on it."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator, Page, expect

from app.campaign.contract.wording import CHOICES, NOT_CHOSEN, WORDS


class Operator:
    """A person at one tab of a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def start(self, answers: Mapping[str, str | Sequence[str]] | None = None) -> None:
        """Open a new campaign, and answer these questions."""
        self.page.goto("/drafts/new")
        self.fill(answers or {})

    def open(self, draft_id: str) -> None:
        """Open a draft that is there already."""
        self.page.goto(f"/drafts/{draft_id}")

    def fill(self, answers: Mapping[str, str | Sequence[str]]) -> None:
        """Answer questions in the words that the form posts."""
        for name, answer in answers.items():
            self._unfold(name)
            if name in CHOICES:
                self._choose(name, [answer] if isinstance(answer, str) else answer)
            else:
                self.field(name).fill(str(answer))

    def _unfold(self, name: str) -> None:
        """Open the part of the form that this question is folded into, if it is."""
        folded = self.page.locator(f"details:not([open]):has([data-row={name}]) > summary")
        if folded.count():
            folded.click()

    def _choose(self, name: str, answers: Sequence[str]) -> None:
        for value, words in (CHOICES[name] | {"": NOT_CHOSEN.get(name, "")}).items():
            option = self.row(name).get_by_label(words[:3] if name == "days_of_week" else words)
            if value in answers:
                option.check()
            elif name == "days_of_week" and value:
                option.uncheck()

    def row(self, name: str) -> Locator:
        return self.page.locator(f"[data-row={name}]")

    def field(self, name: str) -> Locator:
        """Find the input of a question by its label, whichever the label is now."""
        words = WORDS[name]
        labels = [words.label, *words.variants.values()]
        controls = [self.row(name).get_by_label(label) for label in dict.fromkeys(labels)]
        return next((control for control in controls if control.count()), controls[0])

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).click()

    def finds_in_time(self, address: str, name: str) -> Locator:
        """Look at a list again until it has the campaign that is saved behind its back."""
        link = self.page.get_by_role("link", name=name, exact=True)
        for _ in range(20):
            self.page.goto(address)
            if link.count():
                break
        return link

    def leave(self, name: str) -> None:
        self.field(name).press("Tab")

    def sees(self, words: str) -> None:
        expect(
            self.page.get_by_role("main").get_by_text(words).filter(visible=True).first
        ).to_be_visible()

    def sees_in_the_panel(self, words: str) -> None:
        expect(self.page.get_by_role("complementary").get_by_text(words)).to_be_visible()

    def sees_heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def sees_error(self, name: str, words: str) -> None:
        expect(self.row(name).locator(".error:visible")).to_contain_text(words)

    def sees_no_error(self, name: str) -> None:
        expect(self.row(name).locator(".error:visible")).to_have_count(0)

    def json(self) -> Locator:
        return self.page.get_by_label("The JSON that is sent")

    def waits_until_saved(self) -> None:
        expect(self.page.locator("#saved")).to_contain_text("Saved at")
