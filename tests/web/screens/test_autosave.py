"""What the script is told when it saves what was typed."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.factories import inbound
from tests.pages import Page, Visitor


class TestAutosave:
    """What the script is told when it saves what was typed."""

    def save(
        self, client: FlaskClient, page: Page, **answers: str
    ) -> tuple[int, dict[str, object]]:
        data = {"csrf_token": page.typed("csrf_token"), "version": page.typed("version")} | answers
        response = client.post(
            f"{page.form().attrib['data-autosave']}",
            data=data,
            headers={"Accept": "application/json"},
        )
        return response.status_code, response.get_json()

    def test_the_version_to_save_over_next(self, client: FlaskClient, visitor: Visitor) -> None:
        page = visitor.open("/drafts/new")
        status, document = self.save(client, page, name="Typed")
        assert (status, document["version"]) == (200, 1)
        assert document["heading"] == "Typed"
        assert visitor.open(str(document["address"])).heading == "Typed"

    def test_that_saving_the_same_again_changes_nothing(
        self, client: FlaskClient, visitor: Visitor
    ) -> None:
        page = visitor.open("/drafts/new")
        self.save(client, page, name="Typed")
        assert self.save(client, page, name="Typed")[1]["version"] == 1

    def test_that_somebody_else_was_faster(self, client: FlaskClient, visitor: Visitor) -> None:
        page = visitor.open("/drafts/new")
        self.save(client, page, name="First")
        status, document = self.save(client, page, name="Second")
        assert (status, document["title"]) == (409, "This draft was changed elsewhere")

    def test_that_the_campaign_was_sent(
        self, client: FlaskClient, visitor: Visitor, saved: Callable[..., str]
    ) -> None:
        page = visitor.open(f"/drafts/{saved(inbound())}")
        visitor.press(visitor.open(f"{page.path}/review"), "send")
        status, document = self.save(client, page, name="Too late")
        assert (status, document["title"]) == (409, "This campaign was sent meanwhile")

    def test_that_the_page_is_from_an_older_visit(
        self, client: FlaskClient, visitor: Visitor
    ) -> None:
        page = visitor.open("/drafts/new")
        client.delete_cookie(client.application.config["SESSION_COOKIE_NAME"])
        status, document = self.save(client, page, name="Typed")
        assert status == 400
        assert "Try again." in str(document["advice"])
