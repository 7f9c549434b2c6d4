"""What is true of every lead lifts the rules that say so, and stays on record."""

from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.rights import Role
from app.store import drafts
from app.store.acceptances import judge
from app.store.database import Store
from app.store.evidence_file import check_evidence
from tests.campaign.schedules import EVERY_DAY
from tests.factories import outbound, typed
from tests.pages import Page, Visitor, fields_of, text
from tests.people.accounts import add_account, make_client, sign_in

LATE = {"daily_end_time": time(22), "timezone": "America/Los_Angeles"}
CUSTOMERS, TIMES = "exemption-customers", "exemption-agreed-times"


def save(store: Store, audience: str, draft_id: str = "", version: int = 0, **changes: Any) -> str:
    draft_id = draft_id or drafts.make_id()
    answers = typed(outbound(**LATE | changes)) | {"audience": audience, "purpose": "marketing"}
    with store.writing() as session:
        drafts.save(session, draft_id, judge(answers), expected_version=version)
    return draft_id


@pytest.fixture
def oregon(store: Store) -> str:
    """Save a campaign that calls Oregon until 22:00, and give its id."""
    return save(store, "Oregon")


def answer(
    visitor: Visitor,
    draft_id: str,
    reason: str = "CRM, exported today",
    key: str = CUSTOMERS,
    **more: str,
) -> Page:
    page = visitor.open(f"/drafts/{draft_id}/review")
    answers = {f"answer-{key}": "yes", f"because-{key}": reason, "who": "Ada"}
    return visitor.press(page, "confirm", answers=answers | more)


def verdict(page: Page) -> str:
    return text(page.soup.select_one(".verdict"))


def question(page: Page, key: str = CUSTOMERS) -> str:
    return text(page.soup.find(id=f"duty-{key}"))


def test_an_exemption_is_asked_with_the_rules_and_the_conditions_it_has(
    visitor: Visitor, oregon: str
) -> None:
    asked = question(visitor.open(f"/drafts/{oregon}/review"))

    assert "Has every lead bought from this company in the last 12 months" in asked
    assert "Oregon calling hours: An established business relationship" in asked
    assert "18 months" in asked


def test_a_yes_lifts_these_rules_and_says_which(
    visitor: Visitor, client: FlaskClient, oregon: str
) -> None:
    before = verdict(visitor.open(f"/drafts/{oregon}/review"))
    page = answer(visitor, oregon)

    assert "3 laws are broken" in before
    assert "1 law is broken" in verdict(page)
    assert "3 lifted" in verdict(page)
    words = "every lead is a customer of the last 12 months, and none has asked not to be called"
    assert f"Lifted: {words}: CRM, exported today Ada, " in page.text
    assert "3 lifted" in visitor.open("/").text
    history = visitor.open(f"/drafts/{oregon}/history").text
    assert "yes (CRM, exported today), which lifts " in history
    assert "Oregon calling hours" in history
    judged = client.get(f"/drafts/{oregon}/evidence.json").get_json()["judged_now"]
    lifted = {
        finding["rule"]
        for finding in judged["findings"]
        if (finding["said"] or {}).get("lifted_by")
    }
    assert lifted == {"us-fcc-hours", "us-or-hours", "us-or-opt-out"}


def test_the_evidence_of_a_lifted_rule_cannot_be_changed(
    visitor: Visitor, client: FlaskClient, oregon: str
) -> None:
    answer(visitor, oregon)
    evidence = client.get(f"/drafts/{oregon}/evidence.json").get_json()
    assert check_evidence(evidence) == ""

    (lifted,) = (
        finding
        for finding in evidence["judged_now"]["findings"]
        if finding["rule"] == "us-or-hours"
    )
    lifted["said"]["reason"] = "Somebody said so."

    assert "What was said of us-or-hours is not" in check_evidence(evidence)


def test_evidence_lifts_nothing_by_an_answer_about_other_leads(
    visitor: Visitor, client: FlaskClient, store: Store, oregon: str
) -> None:
    answer(visitor, oregon)
    lifted = client.get(f"/drafts/{oregon}/evidence.json").get_json()["judged_now"]["findings"]
    statements = {finding["rule"]: finding["said"] for finding in lifted}
    save(store, "Oregon, Ohio", oregon, version=1)
    evidence = client.get(f"/drafts/{oregon}/evidence.json").get_json()
    assert check_evidence(evidence) == ""

    for finding in evidence["judged_now"]["findings"]:
        if finding["rule"] == "us-or-hours":
            finding["said"] = statements["us-or-hours"]

    assert "What was said of us-or-hours is not" in check_evidence(evidence)


def test_a_yes_wants_to_be_known_from_somewhere_and_loses_nothing(
    visitor: Visitor, oregon: str
) -> None:
    page = answer(visitor, oregon, reason=" ")

    assert page.status == 422
    assert "Write down how this is known." in question(page)
    assert dict(fields_of(page.form("confirm")))[f"answer-{CUSTOMERS}"] == "yes"
    assert "3 laws are broken" in verdict(page)


def test_a_no_opens_the_rules_again(visitor: Visitor, oregon: str) -> None:
    answer(visitor, oregon)
    page = answer(visitor, oregon, reason="", **{f"answer-{CUSTOMERS}": "no"})

    assert "3 laws are broken" in verdict(page)
    assert "lifted" not in verdict(page)


def test_a_rule_that_comes_later_is_not_lifted_by_an_earlier_yes(
    visitor: Visitor, store: Store
) -> None:
    oregon = save(store, "Oregon", daily_end_time=time(19))
    answer(visitor, oregon)
    save(store, "Oregon", oregon, version=1)
    page = visitor.open(f"/drafts/{oregon}/review")

    assert "3 laws are broken" in verdict(page)
    assert "It came later: answer again." in question(page)
    assert f"answer-{CUSTOMERS}" not in dict(fields_of(page.form("confirm")))
    assert "1 law is broken" in verdict(answer(visitor, oregon))


@pytest.mark.parametrize("purpose", ["marketing", "research"])
def test_a_yes_of_these_leads_is_none_of_others(
    visitor: Visitor, store: Store, oregon: str, purpose: str
) -> None:
    answer(visitor, oregon)
    where = "Oregon, Ohio" if purpose == "marketing" else "Oregon"
    answers = typed(outbound(**LATE)) | {"audience": where, "purpose": purpose}
    with store.writing() as session:
        drafts.save(session, oregon, judge(answers), expected_version=1)
    page = visitor.open(f"/drafts/{oregon}/review")

    assert "lifted" not in verdict(page)
    assert f"answer-{CUSTOMERS}" not in dict(fields_of(page.form("confirm")))


@pytest.mark.parametrize(
    "changes",
    [
        {"daily_start_time": time(3)},
        {"daily_end_time": time(23)},
        {"end_date": date(2029, 3, 31)},
        {"days_of_week": EVERY_DAY},
        {"timezone": "America/New_York"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_who_agreed_to_these_hours_has_not_agreed_to_others(
    visitor: Visitor, store: Store, changes: dict[str, Any]
) -> None:
    draft_id = save(store, "South Africa")
    assert "2 lifted" in verdict(answer(visitor, draft_id, key=TIMES))
    save(store, "South Africa", draft_id, version=1, **changes)
    page = visitor.open(f"/drafts/{draft_id}/review")

    assert "lifted" not in verdict(page)
    assert f"answer-{TIMES}" not in dict(fields_of(page.form("confirm")))


def test_agreed_hours_lift_hours_only_where_the_law_lets_them(
    visitor: Visitor, store: Store
) -> None:
    draft_id = save(store, "South Africa, Italy")
    asked = question(visitor.open(f"/drafts/{draft_id}/review"), TIMES)

    assert "South African calling hours" in asked
    assert "Italian" not in asked


def test_the_form_says_that_a_rule_can_be_lifted(visitor: Visitor, oregon: str) -> None:
    page = visitor.open(f"/drafts/{oregon}")

    assert (
        "FCC calling hours is lifted if every lead has agreed to automated calls, or " in page.text
    )
    assert "FTC calling hours is lifted if every lead has agreed to these days" in page.text
    answer(visitor, oregon)
    page = visitor.open(f"/drafts/{oregon}")
    assert page.text.count("is lifted if ") == 1
    assert "3 lifted" in verdict(page)


def test_a_yes_is_for_who_may_accept_what_breaks_a_rule(
    app: Flask, visitor: Visitor, oregon: str
) -> None:
    add_account(app)
    roles = {"edda": Role.EDITOR, "carl": Role.ACCEPTER}
    for name, role in roles.items():
        add_account(app, f"{name}@example.com", {"sandbox": frozenset({role})})
    pages = {}
    for name in roles:
        browser = make_client(app)
        sign_in(browser, f"{name}@example.com")
        pages[name] = answer(Visitor(browser), oregon)
        if name == "edda":
            assert "somebody who may accept what breaks one has to say it" in question(pages[name])
            assert dict(fields_of(pages[name].form("confirm")))[f"answer-{CUSTOMERS}"] == "yes"
            assert "3 laws are broken" in pages[name].text
    assert "1 law is broken" in pages["carl"].text
