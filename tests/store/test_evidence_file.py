"""An evidence file proves itself, without the database that it comes from."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.payload import compute_digest as payload_digest
from app.settings import Keep
from app.store import drafts, seals
from app.store.acceptances import Reason, accept, judge
from app.store.base import State
from app.store.chains import NOTHING_BEFORE, hash_document, hash_event
from app.store.database import Store
from app.store.evidence_file import check_evidence, describe_archived, describe_proof
from app.store.models import Submission
from tests.factories import outbound, typed
from tests.fakes import FakeApi
from tests.sending.presses import destination, look_up, press, queue_and_claim
from tests.store.archives import archive, draft_of

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
    monkeypatch.setattr("app.store.evidence_file.MOST_SEALS", 3)  # A thousand take long.
    for _ in range(4):
        sent(State.CREATED)
    again = client.get(f"/drafts/{evidence['draft']['id']}/evidence.json").get_json()
    assert len(again["trail"]["seals_since"]) == 2
    assert again["trail"]["seals_left_out"] == 6
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
        ("trail.seal.heads", "[]", "Seal 2 was changed."),
        ("draft.answers.name", "Another", "The answers of the campaign are not what"),
        ("draft.answers.audience", "Nevada", "The answers of the campaign are not what"),
        ("draft.version", 9, "The version of the campaign is not what"),
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
    assert "was changed" in check_evidence(evidence)
    evidence["submissions"] = []
    evidence["trail"]["events"] = evidence["trail"]["events"][:1]
    assert "is of other events" in check_evidence(evidence)


def test_events_that_were_made_up_anew_are_not_those_of_the_seal(evidence: Evidence) -> None:
    events = evidence["trail"]["events"]
    first = events[0] | {"who": "Eve"}
    before = ""
    for number, event in enumerate([first, *events[1:]]):
        event["before"] = before or event["before"]
        event["hash"] = before = hash_event(event)
        events[number] = event
    assert "is of other events" in check_evidence(evidence)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("trail.archived_calls", [{"id": 99}]),
        ("trail.archived_calls", [{"id": 99, "file": 7}]),
        ("submissions", [7]),
    ],
)
def test_a_file_of_another_form_is_no_evidence(evidence: Evidence, part: str, value: Any) -> None:
    _change(part, value)(evidence)
    with pytest.raises(ValueError, match=r"^$"):
        check_evidence(evidence)


def test_an_endless_number_is_no_submission(evidence: Evidence) -> None:
    sent = next(event for event in evidence["trail"]["events"] if event["kind"] == "sent")
    sent["details"] = json.dumps(json.loads(sent["details"]) | {"submission": float("inf")})
    before = NOTHING_BEFORE
    for event in evidence["trail"]["events"]:
        event["before"] = before
        event["hash"] = before = hash_event(event)
    with pytest.raises(ValueError, match=r"^$"):
        check_evidence(evidence)


def test_a_further_submission_is_not_in_the_trail(evidence: Evidence) -> None:
    evidence["submissions"].append(evidence["submissions"][0] | {"id": 99, "call": None})
    assert check_evidence(evidence) == "The trail knows of no submission 99."


def test_no_later_event_binds_other_bytes(evidence: Evidence) -> None:
    """Put an event of a kind that is not sealed at once behind, with digests of what is forged."""
    forged = evidence["submissions"][0] | {"state": "REFUSED"}
    document = {name: value for name, value in forged.items() if name != "call"}
    last = evidence["trail"]["events"][-1]
    details = {"submission": 1, "submission_digest": hash_document(document)}
    event = last | {"kind": "reviewed", "number": last["number"] + 1, "before": last["hash"]}
    event["details"] = json.dumps(details)
    event["hash"] = hash_event(event)
    evidence["trail"]["events"].append(event)
    evidence["submissions"][0] = forged
    noted = evidence["trail"]["seal"]["hash"]
    assert "The submission 1 is not what the trail says." in check_evidence(evidence, noted)


@pytest.mark.parametrize("change", [{"state": "CREATED", "campaign_id": "x"}, {"url": "x"}])
def test_what_is_being_sent_is_held_to_the_press(
    client: FlaskClient, store: Store, saved: Callable[..., str], change: dict[str, str]
) -> None:
    draft_id = saved(outbound())
    reviewed, to = payload_digest(encode_payload(build_payload(outbound()))), destination(FakeApi())
    queue_and_claim(press(draft_id, reviewed=reviewed, to=to), store=store)
    document = client.get(f"/drafts/{draft_id}/evidence.json").get_json()
    assert check_evidence(document, document["trail"]["seal"]["hash"]) == ""
    document["submissions"][0] |= change
    assert check_evidence(document) == "The submission 1 was changed."


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
    message = check_evidence(between, noted["hash"])
    assert message == f"Seal {noted['number']} names events of the draft that are not in it."


def test_an_outcome_after_the_seal_was_made_up(corrected: tuple[Evidence, Evidence]) -> None:
    between, end = corrected
    end["trail"]["seal"] = between["trail"]["seal"]
    noted = between["trail"]["seal"]["hash"]
    assert "is of a kind that a seal would name" in check_evidence(end, noted)


def test_a_seal_that_is_not_in_it_is_told(evidence: Evidence) -> None:
    assert check_evidence(evidence, "0" * 64) == f"No seal in it has the hash {'0' * 64}."


@pytest.mark.parametrize("document", [{}, [], 7, None, {"trail": {"events": [{}]}}, {"trail": 1}])
def test_what_is_no_evidence_is_told_so(document: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  The command has the sentence.
        check_evidence(document)


def test_a_second_submission_of_the_same_number_is_found(evidence: Evidence) -> None:
    evidence["submissions"].insert(0, dict(evidence["submissions"][0]) | {"state": "REFUSED"})
    assert check_evidence(evidence) == "A submission or a call is in it twice."


class TestArchived:
    """Evidence of a draft whose earlier events, or whose calls, are in an archive."""

    @pytest.fixture
    def address(self, store: Store, sent: Callable[[State], int]) -> str:
        return f"/drafts/{draft_of(store, sent(State.REFUSED))}/evidence.json"

    def test_events_that_are_archived_are_bound_by_the_one_in_their_place(
        self, client: FlaskClient, store: Store, address: str
    ) -> None:
        archive(store, Keep(trail=1))
        evidence = client.get(address).get_json()
        seal = evidence["trail"]["seal"]["hash"]
        assert [event["number"] for event in evidence["trail"]["events"]] == [4]
        assert check_evidence(evidence, seal) == ""
        assert "events 4 to 4 of 4 are what they were" in describe_proof(evidence, seal)
        assert check_evidence(evidence | {"submissions": []}) == "The submission 1 is missing."
        evidence["submissions"][0]["answer"] = "forged"
        assert check_evidence(evidence) == "The submission 1 is not what the trail says."

    def test_what_was_said_of_findings_stays_bound(
        self, client: FlaskClient, store: Store, address: str
    ) -> None:
        archive(store, Keep(trail=1))
        evidence = client.get(address).get_json()
        evidence["draft"]["accepted"] = {"rule": {}}
        message = "What was said of findings is not what the trail says."
        assert check_evidence(evidence) == message

    def test_a_draft_that_is_made_anew_under_its_id_has_nothing_said(
        self, client: FlaskClient, store: Store, address: str
    ) -> None:
        draft_id = address.split("/")[2]
        with store.writing() as session:
            draft = drafts.find(session, draft_id)
            judgement = judge(draft.answers)
            rules = [finding.rule.id for finding in judgement.findings]
            assert accept(session, draft, judgement, Reason(rules, "Fine.", "Ada"))
            drafts.delete(session, draft_id)
        archive(store, Keep(trash=1))
        with store.writing() as session:
            drafts.save(session, draft_id, judge(typed(outbound())), expected_version=1)

        assert check_evidence(client.get(address).get_json()) == ""

    def test_no_more_can_be_passed_off_as_archived(
        self, client: FlaskClient, store: Store, address: str
    ) -> None:
        archive(store, Keep(trail=1))
        evidence = client.get(address).get_json()
        forged = json.loads(evidence["trail"]["events"][0]["details"]) | {"calls": []}
        evidence["trail"]["events"][0] |= {"details": json.dumps(forged)}
        assert "was changed" in check_evidence(evidence)
        evidence["trail"]["events"][0]["hash"] = hash_event(evidence["trail"]["events"][0])
        assert "is of other events" in check_evidence(evidence)

    def test_a_call_that_is_archived_is_named_with_its_archive(
        self, client: FlaskClient, store: Store, address: str
    ) -> None:
        before = client.get(address).get_json()
        (path,) = archive(store, Keep(log=1))
        evidence = client.get(address).get_json()
        (call,) = evidence["trail"]["archived_calls"]
        assert (call["id"], call["file"]) == (1, path.name)
        assert check_evidence(evidence) == ""
        assert describe_archived(before) == ""
        assert path.name in describe_archived(evidence)
        evidence["submissions"] = before["submissions"]
        assert "said to be in an archive" in check_evidence(evidence)
        evidence["trail"]["archived_calls"] = []
        assert check_evidence(evidence) == ""
        evidence["submissions"][0]["call"] = None
        assert check_evidence(evidence) == "The call 1 is missing."
