"""What happened to a campaign, on a page to read and in a file to keep."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.campaign.timezones.zones import ZONE_DATA_VERSION
from app.rights import Role
from app.store.base import State
from app.store.evidence_file import check_evidence
from app.version import VERSION
from tests.factories import inbound, outbound, typed
from tests.pages import Page, Visitor, text
from tests.people.accounts import add_account, make_client, sign_in
from tests.sending.presses import TOKEN

Saved = Callable[..., str]


def sent_by_ada(visitor: Visitor, draft_id: str) -> Page:
    page = visitor.open(f"/drafts/{draft_id}/review")
    return visitor.press(page, "send", {"who": "Ada"})


def evidence(client: FlaskClient, draft_id: str) -> dict[str, Any]:
    answer = client.get(f"/drafts/{draft_id}/evidence.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    return dict(json.loads(answer.text))


def test_the_whole_way_of_a_campaign_can_be_read(visitor: Visitor, saved: Saved) -> None:
    draft_id = saved(inbound())
    visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"name": "Night desk"})
    assert sent_by_ada(visitor, draft_id).heading == "Created: Night desk"

    page = visitor.open(f"/drafts/{draft_id}/history")
    entries = [item.strong.text for item in page.soup.select(".events > li")]  # type: ignore[union-attr]
    assert entries == [
        "Created",
        "Send pressed for version 2, to the sandbox",
        "Review opened, to be sent to Sandbox",
        "Edited",
        "Made",
    ]
    assert "Ada" in page.text


def test_what_a_draft_was_made_with_is_not_what_it_became(visitor: Visitor, saved: Saved) -> None:
    draft_id = saved(inbound())
    for name in ("Night", "Night desk"):
        visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"name": name})
    edited, made = visitor.open(f"/drafts/{draft_id}/history").soup.select(".events > li")
    assert "Campaign name: Front desk" in text(made)
    assert "Night" not in text(made)
    assert "Campaign name: Front desk Night desk" in text(edited)  # In one go.


def test_a_day_is_told_with_its_weekday_and_what_is_none_as_it_was_typed(
    visitor: Visitor, saved: Saved
) -> None:
    draft_id = saved(outbound(start_date=date(2027, 1, 4)))
    page = visitor.open(f"/drafts/{draft_id}")
    visitor.press(page, answers={"start_date": "2027-02-01", "end_date": "soon"})
    edited, made = visitor.open(f"/drafts/{draft_id}/history").soup.select(".events > li")
    assert "First day: Mon 4 Jan 2027 Mon 1 Feb 2027" in text(edited)
    assert "Wed 31 Mar 2027 soon" in text(edited)
    assert "First day: Mon 4 Jan 2027" in text(made)


def test_a_connection_is_told_by_the_name_that_it_had_then(visitor: Visitor) -> None:
    settings = {"kind": "live", "base_url": "https://api.example", "token": TOKEN, "colour": "blue"}
    client = visitor.press(
        visitor.open("/connections/new"), "new", settings | {"name": "Client Alpha"}
    )
    key = client.path.rpartition("/")[2]
    answers = typed(inbound()) | {"connection": key}
    draft = visitor.press(visitor.open("/drafts/new"), answers=answers)
    visitor.press(client, key, {"name": "Client Omega"})
    visitor.client.set_cookie("who", "Bo")  # Another person, so that both edits are told.
    visitor.press(visitor.open(draft.path), answers={"connection": "sandbox"})

    edited, made = map(text, visitor.open(f"{draft.path}/history").soup.select(".events > li"))
    assert "Client Alpha (now Client Omega)" in made
    assert "Client Omega" in edited
    assert "Client Alpha" not in edited


def test_looking_at_the_review_again_is_no_further_review(visitor: Visitor, saved: Saved) -> None:
    draft_id = saved()
    visitor.press(visitor.open(f"/drafts/{draft_id}"))  # The form adds where it goes.
    for who in ("Ada", "Bo", "Ada", "Bo"):  # Two people, each with a tab of their own.
        visitor.client.set_cookie("who", who)
        visitor.open(f"/drafts/{draft_id}/review")
        visitor.press(visitor.open(f"/drafts/{draft_id}"))  # Nothing has changed.
    assert (
        visitor.open(f"/drafts/{draft_id}/history").text.count("Review opened, to be sent to") == 2
    )


def test_a_duty_that_is_answered_is_no_further_review(visitor: Visitor, saved: Saved) -> None:
    draft_id = saved()
    for answer in ("yes", "no"):
        page = visitor.open(f"/drafts/{draft_id}/review")
        duty = str(page.soup.select_one("[name^=answer-]")["name"])  # type: ignore[index]
        visitor.press(page, "confirm", answers={duty: answer, "who": "Ada"})
    history = visitor.open(f"/drafts/{draft_id}/history").text
    assert history.count("Confirmed before sending") == 2
    assert history.count("Review opened, to be sent to") == 1


def test_edits_in_one_go_are_one_entry_with_all_their_numbers(
    visitor: Visitor, saved: Saved
) -> None:
    draft_id = saved(inbound())
    for name in ("North", "South"):
        visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"name": name})
    assert "no. 2–3" in visitor.open(f"/drafts/{draft_id}/history").text


def test_edits_of_different_people_are_told_apart(visitor: Visitor, saved: Saved) -> None:
    draft_id = saved(inbound())
    visitor.client.set_cookie("who", "Bo")
    visitor.press(visitor.open(f"/drafts/{draft_id}"), answers={"name": "Bo's"})
    page = visitor.open(f"/drafts/{draft_id}/history")
    assert "Campaign name: Front desk Bo's" in page.text


def test_a_persons_word_is_on_record_with_their_name(
    visitor: Visitor, client: FlaskClient, sent: Callable[[State], int]
) -> None:
    page = visitor.open(f"/submissions/{sent(State.UNKNOWN)}")
    visitor.press(page, "resolve", {"who": "Ada"}, found="surely not")
    draft = str(visitor.open("/").soup.select_one("tbody a")["href"])  # type: ignore[index]
    assert "Looked up: it is not there" in visitor.open(f"{draft}/history").text

    (submission,) = evidence(client, draft.rpartition("/")[2])["submissions"]
    assert submission["looked_up_by"] == "Ada"
    assert submission["looked_up_at"] is not None


def test_one_file_holds_all_the_evidence(
    app: Flask, visitor: Visitor, client: FlaskClient, saved: Saved
) -> None:
    draft_id = saved()
    created = sent_by_ada(visitor, draft_id)
    document = evidence(client, draft_id)

    (submission,) = document["submissions"]
    assert hashlib.sha256(submission["payload"].encode()).hexdigest() == submission["sha256"]
    assert submission["campaign_id"] in created.text
    assert submission["call"]["response_body"] == submission["answer"]
    judged = document["judged_now"]
    assert (judged["app"], judged["zone_data"]) == (VERSION, ZONE_DATA_VERSION)
    assert {"rule", "source", "checked_on", "law_as_of", "said"} <= judged["findings"][0].keys()
    assert [event["kind"] for event in document["trail"]["events"]] == [
        "created",
        "reviewed",
        "sent",
        "answered",
    ]
    assert document["trail"]["fault"] == ""
    assert check_evidence(document, document["trail"]["seal"]["hash"]) == ""


def test_the_hashes_in_the_file_can_be_checked_as_it_says(
    client: FlaskClient, saved: Saved
) -> None:
    trail = evidence(client, saved(inbound(name="Für Jürgen")))["trail"]
    (event,) = trail["events"]
    names = ("chain", "number", "at", "kind", "who", "details", "before")
    text = json.dumps([event[name] for name in names], ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == event["hash"]
    assert "SHA-256" in trail["how_to_check"]


def test_an_accepted_finding_is_on_record_with_its_reason(
    visitor: Visitor, client: FlaskClient, saved: Saved
) -> None:
    draft_id = saved()
    page = visitor.open(f"/drafts/{draft_id}/review")
    button = page.soup.select_one("button[name=rules]")
    assert button is not None
    rules = str(button["value"])
    answers = {f"reason-{rules.split(maxsplit=1)[0]}": "Checked with legal.", "who": "Ada"}
    visitor.press(page, "accept", answers, rules=rules)

    events = evidence(client, draft_id)["trail"]["events"]
    (accepted,) = [json.loads(event["details"]) for event in events if event["kind"] == "accepted"]
    assert accepted["reason"] == "Checked with legal."
    assert set(accepted["findings"]) == set(rules.split())


def test_evidence_that_tells_of_another_client_is_for_whoever_may_look_at_both(
    app: Flask, visitor: Visitor, made: Page, saved: Saved
) -> None:
    key = made.path.rpartition("/")[2]
    moved, stayed = saved(inbound(name="Moved"), connection=key), saved(inbound(name="Stayed"))
    visitor.press(visitor.open(f"/drafts/{moved}"), answers={"connection": "sandbox"})
    add_account(app, roles={"sandbox": frozenset({Role.EDITOR})})
    add_account(app, "both@example.com")
    first, second = make_client(app), make_client(app)
    sign_in(first)
    sign_in(second, "both@example.com")

    refused = first.get(f"/drafts/{moved}/evidence.json")
    assert refused.status_code == 403
    assert "This campaign went elsewhere before" in refused.text
    assert key not in refused.text
    assert first.get(f"/drafts/{stayed}/evidence.json").status_code == 200
    assert key in second.get(f"/drafts/{moved}/evidence.json").text


def test_evidence_on_what_never_went_elsewhere_is_for_who_may_look_at_its_connection_alone(
    app: Flask, visitor: Visitor, made: Page, saved: Saved
) -> None:
    key = made.path.rpartition("/")[2]
    draft_id = saved(inbound(), connection=key)
    add_account(app, "one@example.com", roles={key: frozenset({Role.EDITOR})})
    client = make_client(app)
    sign_in(client, "one@example.com")
    assert client.get(f"/drafts/{draft_id}/evidence.json").status_code == 200


def test_an_answer_that_is_called_like_a_connection_is_told_as_it_was_typed(
    visitor: Visitor, saved: Saved
) -> None:
    draft_id = saved(inbound(name="sandbox"), connection="sandbox")
    words = visitor.open(f"/drafts/{draft_id}/history").text
    assert "Campaign name: sandbox" in words
    assert "Send to: Sandbox" in words


def test_each_sending_leads_to_what_became_of_it(
    visitor: Visitor, saved: Callable[..., str]
) -> None:
    draft_id = saved(inbound())
    made = visitor.press(visitor.open(f"/drafts/{draft_id}/review"), "send")
    history = visitor.open(f"/drafts/{draft_id}/history")
    links = [link["href"] for link in history.soup.select(".events a") if "sending" in link.text]
    assert links == ["/submissions/1", "/submissions/1"]
    assert re.search(r"Version\s+1, SHA-256\s+[0-9a-f]{64}", made.soup.get_text(" "))
