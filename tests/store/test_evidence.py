"""An evidence file proves itself, without the database that it comes from."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.store import seals
from app.store.base import State
from app.store.database import Store
from app.store.evidence import check_evidence
from app.store.models import Submission
from tests.sending import look_up

Evidence = dict[str, Any]


@pytest.fixture
def evidence(client: FlaskClient, store: Store, sent: Callable[[State], int]) -> Evidence:
    number = sent(State.CREATED)
    with store.reading() as session:
        draft_id = session.get_one(Submission, number).draft_id
    return dict(client.get(f"/drafts/{draft_id}/evidence.json").get_json())


def test_an_untouched_file_holds_also_against_its_seal(evidence: Evidence) -> None:
    assert check_evidence(evidence) == ""
    assert check_evidence(evidence, evidence["trail"]["seal"]["hash"]) == ""
    assert check_evidence(json.loads(json.dumps(evidence))) == ""


def test_a_later_seal_is_in_it_too(
    evidence: Evidence, client: FlaskClient, store: Store, sent: Callable[[State], int]
) -> None:
    sent(State.REFUSED)
    with store.writing() as session:
        noted = seals.seal(session)
    again = client.get(f"/drafts/{evidence['draft']['id']}/evidence.json").get_json()
    assert check_evidence(again, noted) == ""
    again["trail"]["seals_since"][0]["before"] = "0" * 64
    assert "does not follow the one before it" in check_evidence(again, noted)


def test_however_many_seals_come_after_the_file_stays_small(
    evidence: Evidence,
    client: FlaskClient,
    sent: Callable[[State], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.store.evidence.MOST_SEALS", 3)  # A thousand take long.
    for _ in range(4):
        sent(State.CREATED)
    again = client.get(f"/drafts/{evidence['draft']['id']}/evidence.json").get_json()
    assert len(again["trail"]["seals_since"]) == 2
    assert again["trail"]["seals_left_out"] == 2
    assert check_evidence(again) == ""


def _change(part: str, value: Any) -> Callable[[Evidence], None]:
    *path, last = part.split(".")

    def change(evidence: Evidence) -> None:
        at: Any = evidence
        for step in path:
            at = at[int(step) if step.isdigit() else step]
        at[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("part", "value", "fault"),
    [
        ("submissions.0.payload", "{}", "is not what"),
        ("submissions.0.state", "REFUSED", "The submission 1 is not what the trail says."),
        ("submissions.0.campaign_id", "x", "The submission 1 is not what the trail says."),
        ("submissions.0.call.response_body", "forged", "The call 1 is not what the trail says."),
        ("submissions.0.call", None, "The call 1 is missing."),
        ("submissions", [], "The submission 1 is missing."),
        ("trail.events.0.who", "Eve", "was changed."),
        ("trail.events.1.number", 7, "is missing."),
        ("trail.seal.heads", "[]", "Seal 1 was changed."),
        ("draft.id", "another", "Events of another draft are in it."),
    ],
)
def test_any_change_of_the_file_shows(
    evidence: Evidence, part: str, value: Any, fault: str
) -> None:
    _change(part, value)(evidence)
    assert fault in check_evidence(evidence)


def test_the_last_events_cannot_be_left_out(evidence: Evidence) -> None:
    evidence["trail"]["events"].pop()
    assert "is of other events" in check_evidence(evidence)


@pytest.fixture
def corrected(
    client: FlaskClient, store: Store, sent: Callable[[State], int]
) -> tuple[Evidence, Evidence]:
    """Look a submission up, then correct that: its evidence from between and from the end."""
    number = sent(State.UNKNOWN)
    with store.reading() as session:
        address = f"/drafts/{session.get_one(Submission, number).draft_id}/evidence.json"
    look_up(store, number)
    between = client.get(address).get_json()
    look_up(store, number, "Vm9pY2VDYW1wYWlnbjo3")
    return between, client.get(address).get_json()


def test_an_older_seal_does_not_hide_what_was_cut_off_after_it(
    corrected: tuple[Evidence, Evidence],
) -> None:
    between, end = corrected
    noted = end["trail"]["seal"]
    between["trail"]["seals_since"] = [noted]
    told = check_evidence(between, noted["hash"])
    assert told == f"Seal {noted['number']} names events of the draft that are not in it."


def test_an_outcome_after_the_seal_was_made_up(corrected: tuple[Evidence, Evidence]) -> None:
    between, end = corrected
    end["trail"]["seal"] = between["trail"]["seal"]
    noted = between["trail"]["seal"]["hash"]
    assert "is an outcome that no seal names" in check_evidence(end, noted)


def test_a_seal_that_is_not_in_it_is_told(evidence: Evidence) -> None:
    assert check_evidence(evidence, "0" * 64) == f"No seal in it has the hash {'0' * 64}."


@pytest.mark.parametrize("document", [{}, [], 7, None, {"trail": {"events": [{}]}}, {"trail": 1}])
def test_what_is_no_evidence_is_told_so(document: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  The command has the sentence.
        check_evidence(document)


def test_a_second_submission_of_the_same_number_is_found(evidence: Evidence) -> None:
    evidence["submissions"].insert(0, dict(evidence["submissions"][0]) | {"state": "REFUSED"})
    assert check_evidence(evidence) == "A submission or a call is in it twice."
