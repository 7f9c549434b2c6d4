"""What people say to each other about a campaign, and who looks after it."""

from dataclasses import replace

import pytest
from flask import Flask

from app.rights import Role
from app.services import find_services
from app.store import accounts, comments
from tests.pages import Page, text
from tests.people.accounts import find_token
from tests.web.teams import Team, make_team_of_two

EDITOR, SENDER, APPROVER, VIEWER = Role.EDITOR, Role.SENDER, Role.APPROVER, Role.VIEWER


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team_of_two(app)


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
    team.comment("edda", draft_id, "@Robin please look")
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
    team.comment("edda", draft_id, "@Ansel please look")
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
    team.comment("edda", draft_id, "@Ansel please look, @Nobody and ask selma@example.com")
    seen = team.read("edda", f"/drafts/{draft_id}/comments")

    assert "Ansel Approver finds it under “Waiting for me”." in seen
    assert "Nobody with access to this campaign has a name that begins with @Nobody." in seen
    assert "@Nobody and ask" in team.read("ansel", "/waiting")
    assert "Nothing waits for you" in team.read("selma", "/waiting")


def test_a_name_is_found_in_any_case_even_where_that_has_other_letters(team: Team) -> None:
    with find_services(team.app).store.writing() as session:
        accounts.find(session, team.find_account("ansel").id).name = "Groß"
    draft_id = team.write("edda")
    team.comment("edda", draft_id, "Hi @Groß, @GROSS and @Straße")
    seen = team.read("edda", f"/drafts/{draft_id}/comments")
    assert "Groß finds it under “Waiting for me”." in seen
    assert "Nobody with access to this campaign has a name that begins with @Straße." in seen
    assert "@GROSS names nobody" not in seen


def test_nobody_is_named_who_may_not_look_there(team: Team) -> None:
    team.add("zoe", VIEWER, at="elsewhere")
    draft_id = team.write("edda")
    assert "Zoe" not in team.read("edda", f"/drafts/{draft_id}/comments")
    team.comment("edda", draft_id, "@Zoe, look")
    assert "Nothing waits for you" in team.read("zoe", "/waiting")


def test_a_comment_that_is_empty_is_asked_for(team: Team) -> None:
    page = f"/drafts/{team.write('edda')}/comments"
    answer = team.press("edda", page, page, text=" \u3164\u200b ")
    assert answer.status_code == 422
    assert "Write something first" in answer.text


def test_a_comment_of_another_campaign_is_not_resolved_there(team: Team) -> None:
    first, second = team.write("edda"), team.write("edda")
    team.comment("edda", first, "Open")
    posted = {"csrf_token": find_token(team.browsers["edda"].get(f"/drafts/{second}/comments"))}
    answer = team.browsers["edda"].post(f"/drafts/{second}/comments/1/resolve", data=posted)
    assert answer.status_code == 404
    assert "1 open comment" in team.read("edda", f"/drafts/{first}")


def test_who_else_has_a_campaign_open_is_told(team: Team) -> None:
    draft_id = team.write("edda")
    token = find_token(team.browsers["ansel"].get(f"/drafts/{draft_id}/comments"))
    ansel = team.browsers["ansel"].post(f"/drafts/{draft_id}/here", data={"csrf_token": token})
    assert ansel.json == {"others": []}
    assert "Also open at: Ansel" in team.read("edda", f"/drafts/{draft_id}")
    token = find_token(team.browsers["edda"].get(f"/drafts/{draft_id}/comments"))
    edda = team.browsers["edda"].post(f"/drafts/{draft_id}/here", data={"csrf_token": token})
    assert edda.json == {"others": ["Ansel"]}


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
    team.comment("edda", draft_id, "Is Sunday meant, @Zoe\u0308?")
    assert "Nothing waits for you" not in team.read("zoë", "/waiting")
