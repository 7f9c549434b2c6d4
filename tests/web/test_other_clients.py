"""What somebody may do at one client is nothing that they may do at another."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from app.rights import Role
from app.services import find_services
from app.store import accounts, approvals, batches, drafts, presets
from app.store.acceptances import judge
from app.store.base import State
from app.store.batch_models import Batch
from app.store.models import Draft, Submission
from app.store.records import LoggedCall
from tests.factories import outbound, typed
from tests.pages import Page, drain
from tests.people.accounts import find_token, make_client, sign_in
from tests.web.teams import Team

EDITOR, SENDER, VIEWER, APPROVER = Role.EDITOR, Role.SENDER, Role.VIEWER, Role.APPROVER
SECRET = "Of the other client"


def hand_over(team: Team, draft_id: str, key: str, name: str = SECRET) -> None:
    """Let a draft go to another client since, under another name."""
    with find_services(team.app).store.writing() as session:
        answers = typed(outbound(name=name)) | {"connection": key}
        version = drafts.find(session, draft_id).version
        drafts.save(session, draft_id, judge(answers), expected_version=version, who="Anna")


def find_where(team: Team, draft_id: str) -> str:
    with find_services(team.app).store.reading() as session:
        return drafts.find(session, draft_id).connection_key


def list_batches(team: Team) -> list[tuple[str, int]]:
    """List to where each batch goes, and of how many campaigns it is."""
    with find_services(team.app).store.reading() as session:
        return [
            (batch.connection_key, sum(batches.count_items(session, batch.id).values()))
            for batch in session.scalars(select(Batch).order_by(Batch.id))
        ]


def list_options(page: Page, selector: str) -> list[str]:
    return [str(option["value"]) for option in page.soup.select(f"{selector} option")]


def send_as(app: Flask, sent: Callable[[State], int], state: State, key: str) -> int:
    """Let a campaign be sent to a client, with this outcome; gives the submission's number."""
    number = sent(state)
    with find_services(app).store.writing() as session:
        session.execute(
            update(Submission).where(Submission.id == number).values(connection_key=key)
        )
        of_it = update(LoggedCall).where(LoggedCall.submission_id == number)
        session.execute(of_it.values(connection_key=key))
    return number


def test_requests_name_a_campaign_as_it_was_sent_and_not_as_another_client_calls_it(
    app: Flask, team: Team, acme: str, sent: Callable[[State], int]
) -> None:
    number = send_as(app, sent, State.REFUSED, "sandbox")
    with find_services(app).store.reading() as session:
        submission = session.get_one(Submission, number)
        draft_id, name = submission.draft_id, submission.name
    hand_over(team, draft_id, acme)
    team.add("vera", VIEWER)
    for page in ("/requests", f"/requests/{number}"):
        assert name in team.read("vera", page)
        assert SECRET not in team.read("vera", page)


def test_who_approves_a_batch_reads_nothing_of_what_went_to_another_client_since(
    team: Team, acme: str
) -> None:
    team.ask_for_approval("")
    team.add("edda", EDITOR, SENDER)
    team.add("ansel", APPROVER)
    draft_id = team.write("edda", name="Recall")
    team.decide("ansel", draft_id, "approve")
    batch_id = team.make_batch([draft_id])
    hand_over(team, draft_id, acme)
    page = team.read("ansel", f"/batches/{batch_id}/approval")
    assert "Recall" in page
    assert "It goes elsewhere since, and is not sent with this batch." in page
    assert SECRET not in page


@pytest.mark.parametrize("state", [State.UNKNOWN, State.SENDING])
def test_no_page_names_what_is_open_at_another_client(
    app: Flask, team: Team, acme: str, sent: Callable[[State], int], state: State
) -> None:
    number = send_as(app, sent, state, acme)
    with find_services(app).store.reading() as session:
        name = session.get_one(Submission, number).name
    team.add("vera", VIEWER)
    team.add("adam", VIEWER, at=acme)
    assert name in team.read("adam", "/about")
    assert name not in team.read("vera", "/about")


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("fault", {"fault": "refused", "for": "all", "seconds": "5"}),
        ("insist", {"known": "only"}),
        ("ids", {"kind": "assistant_id", "value": "asst_of_mine"}),
    ],
)
def test_who_edits_elsewhere_changes_nothing_at_the_sandbox(
    app: Flask, team: Team, acme: str, address: str, fields: dict[str, str]
) -> None:
    services = find_services(app)
    team.add("adam", EDITOR, at=acme)

    def look() -> tuple[Any, ...]:
        account = services.account
        return services.faults.read_current(), account.insists(), account.read_ids()

    before = look()
    answer = team.force("adam", f"/sandbox-campaigns/{address}", "/drafts/import", **fields)
    assert answer.status_code == 403
    assert look() == before


def test_what_the_sandbox_got_is_for_who_may_look_there(team: Team, acme: str) -> None:
    adam, vera = team.add("adam", EDITOR, at=acme), team.add("vera", VIEWER)
    assert adam.get("/sandbox-campaigns").status_code == 404
    assert vera.get("/sandbox-campaigns").status_code == 200


def test_who_looks_after_nobody_replaces_no_preset_by_force(team: Team) -> None:
    team.add("edda", EDITOR)
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/presets/keep"
    team.press("edda", page, page, name="Mornings")

    def read() -> list[dict[str, Any]]:
        with find_services(team.app).store.reading() as session:
            return [dict(preset.settings) for preset in presets.read_presets(session)]

    before = read()
    team.write("edda", draft_id, daily_start_time="11:00")
    answer = team.force("edda", page, page, name="Mornings", replace="Mornings")
    assert answer.status_code == 403
    assert read() == before


def test_a_preset_with_the_ids_of_a_client_is_not_for_who_may_only_look_there(
    team: Team, acme: str
) -> None:
    team.add_at("edda", {acme: [EDITOR]})
    team.add_at("mara", {"sandbox": [EDITOR], acme: [VIEWER]})
    draft_id = team.write("edda", connection=acme)
    page = f"/drafts/{draft_id}/presets/keep"
    team.press("edda", page, page, name="Acme mornings")
    assert "Acme mornings" in team.read("edda", "/presets")
    team.force("edda", page, page, name="Acme with ids", ids="on")
    assert "Acme with ids" in team.read("edda", "/presets")
    assert "Acme mornings" in team.read("mara", "/presets")
    assert "Acme with ids" not in team.read("mara", "/presets")


def test_a_batch_has_nothing_of_a_client_to_whom_somebody_may_not_send(
    team: Team, acme: str
) -> None:
    team.add_at("edda", {"sandbox": [EDITOR], acme: [EDITOR]})
    team.add_at("selma", {"sandbox": [SENDER], acme: [VIEWER]})
    ids = [team.write("edda"), team.write("edda", connection=acme)]
    selma = team.browsers["selma"]
    ticked = {"csrf_token": find_token(selma.get("/")), "all": "", "draft": ids}
    answer = selma.post("/batches", data=ticked)
    assert answer.status_code == 302
    assert list_batches(team) == [("sandbox", 1)]


def test_what_went_to_another_client_since_is_not_in_the_batch_made_again(
    team: Team, acme: str
) -> None:
    team.add("edda", EDITOR)
    team.add_at("selma", {"sandbox": [SENDER], acme: [VIEWER]})
    unfit = [team.write("edda", max_call_attempts="", name=name) for name in ("One", "Two")]
    fit = team.write("edda")
    batch_id = team.make_batch([*unfit, fit])
    address = f"/batches/{batch_id}"
    team.press("selma", f"{address}/send", address)
    drain(team.app)
    hand_over(team, unfit[0], acme)
    team.write("edda", unfit[1], name="Whole")
    team.force("selma", f"{address}/again", address)
    assert list_batches(team) == [("sandbox", 3), ("sandbox", 1)]


def test_nothing_is_moved_back_to_a_client_where_somebody_may_not_edit_any_more(
    team: Team, acme: str
) -> None:
    team.add_at("edda", {"sandbox": [EDITOR], acme: [EDITOR]})
    draft_id = team.write("edda", connection=acme)
    moved = {"draft": draft_id, "connection": "sandbox"}
    team.force("edda", "/drafts/move-ticked", "/drafts/import", **moved)
    assert find_where(team, draft_id) == "sandbox"
    team.give("edda", {"sandbox": [EDITOR]})
    back = {"draft": draft_id, "connection": "sandbox"}
    team.force("edda", "/drafts/move-ticked-back", "/drafts/import", **back)
    assert find_where(team, draft_id) == "sandbox"


def test_who_may_only_look_comments_and_chooses_nobody(team: Team) -> None:
    team.add("edda", EDITOR)
    team.add("vera", VIEWER)
    draft_id = team.write("edda", name="Recall")
    page = f"/drafts/{draft_id}/comments"
    edda = str(team.find_account("edda").id)
    team.force("vera", page, page, text="Is this right?", assignee=edda, assignee_was="")
    assert "Is this right?" in team.read("edda", page)
    assert "Recall" not in team.read("edda", "/waiting")


def test_a_right_to_go_without_approval_at_one_client_is_none_at_another(
    team: Team, acme: str
) -> None:
    team.ask_for_approval("")
    team.add("edda", EDITOR)
    team.add_at("olga", {"sandbox": [SENDER], acme: [SENDER, Role.OVERRIDER]})
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/review"
    reason = "The client is on the phone."
    answer = team.force("olga", f"/drafts/{draft_id}/send", page, without_approval=reason)
    assert answer.status_code == 403
    assert team.find_state(draft_id) is None
    address = f"/batches/{team.make_batch([draft_id])}"
    answer = team.force("olga", f"{address}/send", address, without_approval=reason)
    assert answer.status_code == 403
    assert team.find_state(draft_id) is None


def test_the_default_connection_is_no_client_of_who_may_not_look_there(
    team: Team, acme: str
) -> None:
    team.add_at("adam", {acme: [EDITOR]})
    team.write("adam", connection=acme)
    assert "Sandbox" not in team.read("adam", "/activity")
    assert "Sandbox" not in team.read("adam", "/")


def test_where_somebody_may_only_look_is_not_offered_to_edit_or_to_send(
    team: Team, acme: str
) -> None:
    team.add_at("mara", {"sandbox": [EDITOR, SENDER], acme: [VIEWER]})
    team.add_at("edda", {acme: [EDITOR]})
    draft_id = team.write("mara", timezone="Asia/Tokyo")
    other = team.write("edda", connection=acme, timezone="Asia/Tokyo")
    form = Page(team.browsers["mara"].get(f"/drafts/{draft_id}"))
    assert list_options(form, "select[name=connection]") == ["sandbox"]
    assert list_options(Page(team.browsers["mara"].get("/drafts/import")), "select") == ["sandbox"]
    listed = Page(team.browsers["mara"].get("/"))
    assert f'value="{other}"' in str(listed.soup)
    assert acme not in list_options(listed, "select[name=connection]")
    assert [str(button["value"]) for button in listed.soup.select("button[name=all]")] == [
        "sandbox"
    ]


@pytest.mark.parametrize("to", ["chosen", "in the file"])
def test_nothing_is_imported_to_a_client_where_somebody_may_only_look(
    team: Team, acme: str, to: str
) -> None:
    mara = team.add_at("mara", {"sandbox": [EDITOR], acme: [VIEWER]})
    content = b'{"name": "Recall"}'
    if to == "in the file":
        content = b'{"name": "Recall", "connection": "Acme Dental"}'
    mara.post(
        "/drafts/import",
        data={
            "csrf_token": find_token(mara.get("/drafts/import")),
            "connection": acme if to == "chosen" else "sandbox",
            "file": FileStorage(io.BytesIO(content), "campaigns.json"),
        },
    )
    with find_services(team.app).store.reading() as session:
        assert list(session.scalars(select(Draft))) == []


def test_a_changed_batch_is_to_be_checked_by_who_may_still_send_it(team: Team) -> None:
    team.ask_for_approval("")
    team.add("edda", EDITOR)
    team.add("selma", SENDER)
    draft_id = team.write("edda", name="Recall")
    batch_id = team.make_batch([draft_id])
    team.press("selma", f"/batches/{batch_id}/approval/ask", f"/batches/{batch_id}")
    team.write("edda", draft_id, name="Changed")
    assert "Check again" in team.read("selma", "/waiting")
    team.give("selma", {"sandbox": [VIEWER]})
    assert "Check again" not in team.read("selma", "/waiting")


def test_the_list_of_batches_says_which_go_to_a_live_client(team: Team, acme: str) -> None:
    team.add_at("edda", {"sandbox": [EDITOR], acme: [EDITOR]})
    for key in ("sandbox", acme):
        team.make_batch([team.write("edda", connection=key)])
    assert "Batch 1 Sandbox to be" in team.read("edda", "/batches")
    assert "Batch 2 Acme Dental LIVE to be" in team.read("edda", "/batches")


def test_who_is_closed_is_neither_mentioned_nor_offered_to_look_after_anything(
    team: Team,
) -> None:
    team.add("edda", EDITOR)
    team.add("ben", EDITOR)
    draft_id = team.write("edda")
    page = f"/drafts/{draft_id}/comments"
    assert "Ben" in team.read("edda", page)
    with find_services(team.app).store.writing() as session:
        ben = accounts.find(session, team.find_account("ben").id)
        accounts.set_active(session, ben, active=False, who="")
    assert "Ben" not in team.read("edda", page)
    team.force("edda", page, page, text="@Ben, look")
    assert "Nobody with access to this campaign has a name that begins with @Ben" in team.read(
        "edda", page
    )


def test_the_end_of_a_token_is_for_who_looks_after_connections(team: Team, acme: str) -> None:
    team.add("edda", EDITOR, at=acme)
    boss = make_client(team.app)
    sign_in(boss)
    address = f"/connections/{acme}"
    assert "ends in" in boss.get(address).text
    assert "ends in" not in team.browsers["edda"].get(address).text


def test_the_page_of_a_batch_tells_nothing_that_was_decided_at_another_client_since(
    team: Team, acme: str
) -> None:
    team.ask_for_approval("")
    team.add("edda", EDITOR)
    team.add("vera", VIEWER)
    batch_id = team.make_batch([draft_id := team.write("edda", name="Recall")])
    hand_over(team, draft_id, acme)
    with find_services(team.app).store.writing() as session:
        approvals.set_rule(session, acme, "", who="")
    team.add("ada", APPROVER, at=acme)
    team.decide("ada", draft_id, "refuse", "A secret of Acme.")
    page = team.read("vera", f"/batches/{batch_id}")
    assert "It goes elsewhere since, and is not sent with this batch." in page
    assert "A secret of Acme." not in page
