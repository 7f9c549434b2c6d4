"""People with accounts who work on the same campaigns, each at a browser of their own."""

from collections.abc import Collection, Mapping, Sequence

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.rights import Role
from app.services import find_services
from app.store import accounts, approvals, drafts
from app.store.base import State
from app.store.people_models import Account
from tests.factories import outbound, typed
from tests.pages import Page, drain
from tests.people.accounts import add_account, find_token, make_client, sign_in
from tests.sending.batch_of import check_all, make

AGREED = "The client has agreed."


class Team:
    """People with accounts, each at a browser of their own, and campaigns to the sandbox."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browsers: dict[str, FlaskClient] = {}

    def ask_for_approval(self, group: str | None) -> None:
        """Say of which group somebody has to approve what goes to the sandbox."""
        with find_services(self.app).store.writing() as session:
            approvals.set_rule(session, "sandbox", group, who="")

    def add(self, name: str, *roles: Role, group: str = "", at: str = "sandbox") -> FlaskClient:
        """Give the browser of a new person with these roles at a connection."""
        return self.add_at(name, {at: roles}, group)

    def add_at(
        self, name: str, roles: Mapping[str, Collection[Role]], group: str = ""
    ) -> FlaskClient:
        """Give the browser of a new person with these roles, by the keys of connections."""
        email = f"{name}@example.com"
        at_each = {key: frozenset(at_key) for key, at_key in roles.items()}
        account = add_account(self.app, email, at_each)
        with find_services(self.app).store.writing() as session:
            kept = accounts.find(session, account.id)
            accounts.set_groups(session, kept, {group} if group else set(), who="")
        self.browsers[name] = make_client(self.app)
        sign_in(self.browsers[name], email)
        return self.browsers[name]

    def give(self, name: str, roles: Mapping[str, Collection[Role]]) -> None:
        """Give somebody these roles and no others, with whom they sign in again."""
        with find_services(self.app).store.writing() as session:
            account = accounts.find(session, self.find_account(name).id)
            at_each = {key: frozenset(at_key) for key, at_key in roles.items()}
            accounts.set_roles(session, account, at_each, who="")
        sign_in(self.browsers[name], account.email)

    def find_account(self, name: str) -> Account:
        with find_services(self.app).store.reading() as session:
            account = accounts.find_by_email(session, f"{name}@example.com")
        assert account
        return account

    def write(self, who: str, draft_id: str = "", /, **changes: str) -> str:
        """Let somebody save a draft by the form, and give its id."""
        browser = self.browsers[who]
        if not draft_id:
            draft_id = drafts.make_id()
            version = "0"
            form = browser.get("/drafts/new", follow_redirects=True)
        else:
            form = browser.get(f"/drafts/{draft_id}")
            version = str(Page(form).soup.select_one("input[name=version]")["value"])  # type: ignore[index]
        answers = typed(outbound()) | changes
        posted = answers | {"csrf_token": find_token(form), "version": version, "then": "save"}
        assert browser.post(f"/drafts/{draft_id}", data=posted).status_code == 302
        return draft_id

    def press(self, who: str, address: str, page: str, /, **more: str) -> TestResponse:
        """Press a button of a page, with all that stands in its forms."""
        browser = self.browsers[who]
        opened = browser.get(page)
        assert opened.status_code == 200, opened.location
        offered = {str(field["name"]) for field in Page(opened).soup.select("main form [name]")}
        assert more.keys() <= offered, f"{more.keys() - offered} cannot be filled in there"
        return browser.post(address, data=read_fields(opened) | more)

    def force(self, who: str, address: str, page: str, /, **more: str) -> TestResponse:
        """Post what the forms of a page hold, and what they do not offer."""
        fields = read_fields(self.browsers[who].get(page))
        return self.browsers[who].post(address, data=fields | more)

    def ask(self, name: str, draft_id: str) -> TestResponse:
        page = f"/drafts/{draft_id}/review"
        return self.press(name, f"/drafts/{draft_id}/approval/ask", page)

    def comment(self, name: str, draft_id: str, *texts: str) -> None:
        page = f"/drafts/{draft_id}/comments"
        fields = read_fields(self.browsers[name].get(page))
        for text in texts:
            answer = self.browsers[name].post(page, data=fields | {"text": text})
            assert answer.status_code == 302

    def decide(
        self, name: str, draft_id: str, verdict: str, reason: str | None = None
    ) -> TestResponse:
        """Decide on a campaign; whoever approves it says why, as it may break a law."""
        if reason is None:
            reason = AGREED if verdict == "approve" else ""
        page = f"/drafts/{draft_id}/approval"
        return self.press(name, page, page, verdict=verdict, reason=reason)

    def send(self, name: str, draft_id: str, **more: str) -> TestResponse:
        """Send a campaign, and wait until its outcome is known."""
        page = f"/drafts/{draft_id}/review"
        sent = self.press(name, f"/drafts/{draft_id}/send", page, **more)
        drain(self.app)
        return sent

    def read(self, name: str, address: str) -> str:
        """Read a page as a person does."""
        return " ".join(Page(self.browsers[name].get(address)).soup.get_text(" ").split())

    def make_batch(self, draft_ids: Sequence[str]) -> int:
        """Make a batch, all of which is checked."""
        services = find_services(self.app)
        batch_id = make(services.store, services.connections, draft_ids)
        check_all(services.store, services.connections, batch_id)
        return batch_id

    def find_state(self, draft_id: str) -> State | None:
        with find_services(self.app).store.reading() as session:
            return drafts.find(session, draft_id).state


def read_fields(answer: TestResponse) -> dict[str, str]:
    """Read what stands in the forms of a page, but for what is ticked and what is pressed."""
    fields = Page(answer).soup.select("main form input[name]")
    return {
        str(field["name"]): str(field.get("value", ""))
        for field in fields
        if field.get("type") not in {"checkbox", "radio"}
    }


def make_team(app: Flask) -> Team:
    """Make a team that has nobody but an administrator, whom no test is about."""
    add_account(app)
    return Team(app)


def make_team_of_two(app: Flask) -> Team:
    """Make a team of which nobody has to approve anything: Edda edits, Ansel may approve."""
    team = make_team(app)
    team.add("edda", Role.EDITOR)
    team.add("ansel", Role.APPROVER)
    return team


def make_team_with_approval(app: Flask) -> Team:
    """Make a team whose campaigns anybody else has to approve: Edda edits, Ansel approves."""
    team = make_team_of_two(app)
    team.ask_for_approval("")
    team.add("selma", Role.SENDER)
    return team
