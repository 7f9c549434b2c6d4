"""What people say to each other about a campaign, and what waits for whom."""

from dataclasses import replace

import pytest
from flask import Flask

from app.notices.items import hash_item
from app.rights import Role
from app.services import find_services
from app.store import accounts, comments
from app.store.base import State
from app.store.models import Draft
from app.web import waiting_list
from tests.pages import Page, text
from tests.people.accounts import find_token
from tests.web.teams import Team, make_team

EDITOR, SENDER, APPROVER, VIEWER = Role.EDITOR, Role.SENDER, Role.APPROVER, Role.VIEWER


@pytest.fixture
def team(app: Flask) -> Team:
    team = make_team(app)
    team.add("edda", EDITOR)
    team.add("ansel", APPROVER)
    return team


def comment(team: Team, who: str, draft_id: str, text: str) -> None:
    page = f"/drafts/{draft_id}/comments"
    assert team.press(who, page, page, text=text).status_code == 302


def test_a_comment_waits_for_whom_it_names_until_it_is_resolved(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    comment(team, "edda", draft_id, "Is Sunday meant, @Ansel? (Not you, @Anselm.)")

    assert "Waiting for me 1" in team.read("ansel", "/")
    assert "Recall to Sandbox Edda <edda@example.com>: Is Sunday meant" in team.read(
        "ansel", "/waiting"
    )
    assert "Nothing waits for you" in team.read("edda", "/waiting")
    assert "1 open comment" in team.read("ansel", f"/drafts/{draft_id}/review")

    page = f"/drafts/{draft_id}/comments"
    team.press("ansel", f"{page}/1/resolve", page)
    assert "by Ansel <ansel@example.com>" in team.read("edda", page)
    assert "Nothing waits for you" in team.read("ansel", "/waiting")
    assert "Is Sunday meant" in team.read("edda", f"/drafts/{draft_id}/history")


def test_a_comment_that_is_opened_again_waits_again(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    comment(team, "edda", draft_id, "Is Sunday meant, @Ansel?")
    page = f"/drafts/{draft_id}/comments"
    team.press("edda", f"{page}/1/resolve", page)
    assert "Nothing waits for you" in team.read("ansel", "/waiting")

    team.press("edda", f"{page}/1/reopen", page)
    assert "Resolved" not in team.read("edda", page)
    assert "Recall to Sandbox Edda <edda@example.com>: Is Sunday meant" in team.read(
        "ansel", "/waiting"
    )
    assert "A comment was opened again" in team.read("edda", f"/drafts/{draft_id}/history")


def test_what_waits_is_told_by_name_and_page_with_nothing_that_was_said(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    comment(team, "edda", draft_id, "The code is 1234, @Ansel.")
    services = find_services(team.app)
    with services.store.reading() as session:
        ansel = accounts.describe_person(team.find_account("ansel"))
        (item,) = services.teller.list_waiting(session, ansel)
    assert item[:2] == ("Answer a comment: Recall", f"/drafts/{draft_id}/comments#c1")


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("@Ansel", True),
        ("please, @ansel@example.com: look", True),
        ("@ANSEL.", True),
        ("Ansel", False),
        ("@Anselm", False),
        ("@ansel@example.community", False),
        ("me@ansel", False),
        ("@Ansel-Marie", False),
        ("@ansel.example", False),
        ("@Ansel Lee", False),
        ("@Ansel Lee and @Ansel", True),
    ],
)
def test_a_name_is_found_as_a_whole(team: Team, text: str, is_named: bool) -> None:
    with find_services(team.app).store.reading() as session:
        ansel = accounts.find_by_email(session, "ansel@example.com")
        assert ansel
        person = accounts.describe_person(ansel)
        people = [replace(person, name="Ansel Lee", email="lee@example.com"), person]
    assert (person in comments.find_mentioned(text, people).people) is is_named


def test_a_first_name_of_two_tells_nobody_and_says_so(team: Team) -> None:
    team.add("selma", VIEWER)
    draft_id = team.write("edda")
    with find_services(team.app).store.writing() as session:
        for name, whole in (("ansel", "Robin Approver"), ("selma", "Robin Sender")):
            accounts.find(session, team.find_account(name).id).name = whole
    comment(team, "edda", draft_id, "@Robin please look")
    seen = team.read("edda", f"/drafts/{draft_id}/comments")

    assert "@Robin can be several people, so nobody is told" in seen
    assert "names nobody" not in seen
    assert "Nothing waits for you" in team.read("ansel", "/waiting")


def test_people_of_one_name_are_told_apart_by_their_addresses(team: Team) -> None:
    team.add("selma", VIEWER)
    draft_id = team.write("edda")
    with find_services(team.app).store.writing() as session:
        for name in ("ansel", "selma"):
            accounts.find(session, team.find_account(name).id).name = "Robin"
    page = Page(team.browsers["edda"].get(f"/drafts/{draft_id}/comments"))
    options = {text(option) for option in page.soup.select("#assignee option")}

    assert {"Robin <ansel@example.com>", "Robin <selma@example.com>", "Edda"} <= options
    assert "@ansel@example.com, " in page.text


def test_of_a_deleted_campaign_nobody_is_said_to_find_anything_now(team: Team) -> None:
    draft_id = team.write("edda")
    team.force("edda", f"/drafts/{draft_id}/delete", "/")
    comment(team, "edda", draft_id, "@Ansel please look")
    seen = team.read("edda", f"/drafts/{draft_id}/comments")
    assert (
        "Ansel finds it under “Waiting for me” once the campaign is brought back: it is deleted."
        in seen
    )
    assert "Nothing waits for you" in team.read("ansel", "/waiting")


def test_a_first_name_will_do_where_one_alone_has_it_and_who_names_nobody_is_told(
    team: Team,
) -> None:
    team.add("selma", VIEWER)
    draft_id = team.write("edda")
    with find_services(team.app).store.writing() as session:
        accounts.find(session, team.find_account("ansel").id).name = "Ansel Approver"
        accounts.find(session, team.find_account("selma").id).name = "Selma Sender"
    comment(team, "edda", draft_id, "@Ansel please look, @Nobody and ask selma@example.com")
    seen = team.read("edda", f"/drafts/{draft_id}/comments")

    assert "Ansel Approver finds it under “Waiting for me”." in seen
    assert "Nobody with access to this campaign has a name that begins with @Nobody." in seen
    assert "@Nobody and ask" in team.read("ansel", "/waiting")
    assert "Nothing waits for you" in team.read("selma", "/waiting")


def test_a_name_is_found_in_any_case_even_where_that_has_other_letters(team: Team) -> None:
    with find_services(team.app).store.writing() as session:
        accounts.find(session, team.find_account("ansel").id).name = "Groß"
    draft_id = team.write("edda")
    comment(team, "edda", draft_id, "Hi @Groß, @GROSS and @Straße")
    seen = team.read("edda", f"/drafts/{draft_id}/comments")
    assert "Groß finds it under “Waiting for me”." in seen
    assert "Nobody with access to this campaign has a name that begins with @Straße." in seen
    assert "@GROSS names nobody" not in seen


def test_more_than_can_be_looked_at_is_said_to_be_there(team: Team) -> None:
    draft_id = team.write("edda", name="URGENT")
    for number in range(51):
        comment(team, "edda", draft_id, f"@Ansel {number}")
    page = team.read("ansel", "/waiting")
    assert "Waiting for me 50+" in page
    assert "More waits than is listed" in page
    assert "@Ansel 49" in page
    assert "@Ansel 50" not in page


def test_what_is_more_than_can_be_listed_is_told_all_the_same_and_once_under_any_name(
    team: Team,
) -> None:
    """By e-mail and to programs, of which nobody knows how many open the page."""
    draft_id = team.write("edda", name="Recall")
    for number in range(51):
        comment(team, "edda", draft_id, f"@Ansel {number}")
    services = find_services(team.app)

    def read() -> set[str]:
        with services.store.reading() as session:
            ansel = accounts.describe_person(accounts.find(session, team.find_account("ansel").id))
            return {hash_item(item) for item in services.teller.list_waiting(session, ansel)}

    before = read()
    assert len(before) == 51
    team.write("edda", draft_id, name="Renamed")
    assert read() == before


def test_nobody_is_named_who_may_not_look_there(team: Team) -> None:
    team.add("zoe", VIEWER, at="elsewhere")
    draft_id = team.write("edda")
    assert "Zoe" not in team.read("edda", f"/drafts/{draft_id}/comments")
    comment(team, "edda", draft_id, "@Zoe, look")
    assert "Nothing waits for you" in team.read("zoe", "/waiting")


def test_a_comment_that_is_empty_is_asked_for(team: Team) -> None:
    page = f"/drafts/{team.write('edda')}/comments"
    answer = team.press("edda", page, page, text=" \u3164\u200b ")
    assert answer.status_code == 422
    assert "Write something first" in answer.text


def test_a_comment_of_another_campaign_is_not_resolved_there(team: Team) -> None:
    first, second = team.write("edda"), team.write("edda")
    comment(team, "edda", first, "Open")
    posted = {"csrf_token": find_token(team.browsers["edda"].get(f"/drafts/{second}/comments"))}
    answer = team.browsers["edda"].post(f"/drafts/{second}/comments/1/resolve", data=posted)
    assert answer.status_code == 404
    assert "1 open comment" in team.read("edda", f"/drafts/{first}")


def test_who_looks_after_a_campaign_finds_it_until_it_is_created(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    ansel = team.find_account("ansel").id
    page = f"/drafts/{draft_id}/comments"
    team.press("edda", f"/drafts/{draft_id}/assignee", page, assignee=str(ansel))
    assert "Look after it Recall" in team.read("ansel", "/waiting")
    assert "Looked after by Ansel" in team.read("edda", f"/drafts/{draft_id}")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).state = State.CREATED
    assert "Nothing waits for you" in team.read("ansel", "/waiting")
    team.press("edda", f"/drafts/{draft_id}/assignee", page, assignee="")
    assert "Looked after by nobody" in team.read("edda", f"/drafts/{draft_id}/history")


def test_what_is_to_be_approved_sent_and_mended_waits_for_who_can_do_that(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    team.add("both", EDITOR, APPROVER)
    draft_id = team.write("edda", name="Recall")
    team.ask("edda", draft_id)
    assert "Approve or refuse Recall to Sandbox asked by Edda" in team.read("ansel", "/waiting")
    for who in ("edda", "selma"):
        assert "Nothing waits for you" in team.read(who, "/waiting")

    team.write("both", draft_id, name="Recall East")
    assert "Nothing waits for you" in team.read("both", "/waiting")
    team.decide("ansel", draft_id, "refuse", "Not on a Sunday.")
    assert "Change what was not approved Recall East to Sandbox Not on a Sunday." in team.read(
        "edda", "/waiting"
    )

    team.write("edda", draft_id, name="Recall West")
    assert "Nothing waits for you" in team.read("edda", "/waiting")
    team.decide("ansel", draft_id, "approve")
    assert "Send what is approved Recall West to Sandbox approved by Ansel" in team.read(
        "selma", "/waiting"
    )
    team.send("selma", draft_id)
    assert "Send what is approved" not in team.read("selma", "/waiting")


def test_a_batch_waits_to_be_approved(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    batch_id = team.make_batch([team.write("edda")])
    team.press("selma", f"/batches/{batch_id}/approval/ask", f"/batches/{batch_id}")
    assert f"Approve or refuse Batch {batch_id}" in team.read("ansel", "/waiting")


def test_nothing_waits_that_somebody_may_not_look_at_any_more(team: Team) -> None:
    draft_id = team.write("edda", name="Recall")
    comment(team, "edda", draft_id, "@Ansel, look")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).connection_key = "elsewhere"
    assert "Nothing waits for you" in team.read("ansel", "/waiting")


def test_who_else_has_a_campaign_open_is_told(team: Team) -> None:
    draft_id = team.write("edda")
    token = find_token(team.browsers["ansel"].get(f"/drafts/{draft_id}/comments"))
    ansel = team.browsers["ansel"].post(f"/drafts/{draft_id}/here", data={"csrf_token": token})
    assert ansel.json == {"others": []}
    assert "Also open at: Ansel" in team.read("edda", f"/drafts/{draft_id}")
    token = find_token(team.browsers["edda"].get(f"/drafts/{draft_id}/comments"))
    edda = team.browsers["edda"].post(f"/drafts/{draft_id}/here", data={"csrf_token": token})
    assert edda.json == {"others": ["Ansel"]}


def test_a_batch_that_is_refused_or_approved_waits_for_who_can_go_on(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    batch_id = team.make_batch([team.write("edda")])
    page = f"/batches/{batch_id}/approval"
    team.press("selma", f"{page}/ask", f"/batches/{batch_id}")
    team.press("ansel", page, page, verdict="refuse", reason="Not on a Sunday.")
    seen = team.read("selma", "/waiting")
    assert f"somebody else has to change it Batch {batch_id} to Sandbox Not on a Sunday." in seen
    team.press("ansel", page, page, verdict="approve")
    assert f"Send what is approved Batch {batch_id}" in team.read("selma", "/waiting")


def test_what_is_approved_no_more_does_not_wait_to_be_sent(team: Team) -> None:
    team.ask_for_approval("")
    team.add("selma", SENDER)
    draft_id = team.write("edda")
    team.decide("ansel", draft_id, "approve")
    assert "Send what is approved" in team.read("selma", "/waiting")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).accepted = {"said": "since"}
    assert "Nothing waits for you" in team.read("selma", "/waiting")
    with find_services(team.app).store.writing() as session:
        session.get_one(Draft, draft_id).accepted = {}
    for group in ("Compliance", None):
        team.ask_for_approval(group)
        assert "Nothing waits for you" in team.read("selma", "/waiting")


def test_what_others_asked_for_is_not_hidden_behind_ones_own(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_list, "MOST", 2)
    team.ask_for_approval("")
    team.add("both", EDITOR, APPROVER)
    for number in range(3):
        team.ask("both", team.write("both", name=f"Own {number}"))
    team.ask("edda", team.write("edda", name="Recall"))
    assert "Approve or refuse Recall" in team.read("both", "/waiting")


def test_who_was_to_look_after_a_campaign_and_may_not_look_there_is_named_still(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/comments"
    ansel = team.find_account("ansel").id
    team.press("edda", f"/drafts/{draft_id}/assignee", page, assignee=str(ansel))
    with find_services(team.app).store.writing() as session:
        accounts.set_roles(session, accounts.find(session, ansel), {}, who="")
    assert "Ansel, who may not look here any more" in team.read("edda", page)


def test_who_is_not_there_takes_nobodys_place(team: Team) -> None:
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/comments"
    team.force("edda", f"/drafts/{draft_id}/assignee", page, assignee="1")
    answer = team.force("edda", f"/drafts/{draft_id}/assignee", page, assignee="99999")
    assert answer.status_code == 302
    assert "may not look at this campaign any more" in team.read("edda", page)
    with find_services(team.app).store.reading() as session:
        assert comments.find_assignee(session, draft_id)


def test_a_comment_that_is_half_typed_outlives_a_change_of_who_looks_after_it(team: Team) -> None:
    draft_id = team.write("edda")
    page, ansel = f"/drafts/{draft_id}/comments", str(team.find_account("ansel").id)
    answer = team.press(
        "edda", f"/drafts/{draft_id}/assignee", page, assignee=ansel, text="Half a tho"
    )
    soup = Page(answer).soup
    assert soup.select_one("#text").string == "Half a tho"  # type: ignore[union-attr]
    assert soup.select_one("#assignee [selected]")["value"] == ansel  # type: ignore[index]
    assert "Ansel looks after it now." in answer.text


def test_who_is_chosen_beside_a_comment_looks_after_it_and_nobody_else_is_replaced(
    team: Team,
) -> None:
    draft_id = team.write("edda")
    page, ansel = f"/drafts/{draft_id}/comments", str(team.find_account("ansel").id)
    team.press("edda", page, page, text="Look at this.", assignee=ansel, assignee_was="")
    assert "Ansel looks after it now." in team.read("edda", page)
    # An old page shows that nobody looked after it; only the comment was meant.
    team.press("edda", page, page, text="And this.", assignee="", assignee_was="")
    assert "Look after it" in team.read("ansel", "/waiting")


def test_a_name_is_found_however_its_letters_are_composed(team: Team) -> None:
    team.add("zoë", VIEWER)
    draft_id = team.write("edda")
    comment(team, "edda", draft_id, "Is Sunday meant, @Zoe\u0308?")
    assert "Nothing waits for you" not in team.read("zoë", "/waiting")
