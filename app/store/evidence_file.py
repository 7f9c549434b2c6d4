"""The evidence of one draft: everything that is known of it, in a form that proves itself.

The file holds the very texts that were hashed, the last seal that names the draft's chain,
and the seals since, none of which names it again: so it can be checked without the database,
and against any of those seals' hashes that was noted elsewhere.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import DutyAnswer, build_exemption_key
from app.campaign.compliance.rule_file import Exemption
from app.store import approvals, audit_trail, request_log, seals, submissions
from app.store.archive_file import Numbers
from app.store.audit_trail import (
    SEALED_AT_ONCE,
    EventKind,
    find_said_digest,
    name_batch_chain,
    name_draft_chain,
)
from app.store.binding import Bound
from app.store.chains import (
    HOW_TO_CHECK,
    NOTHING_BEFORE,
    check_seal,
    find_fault,
    hash_document,
    read_heads,
)
from app.store.models import Draft
from app.store.records import ChainHead
from app.store.replay import Replay

MOST_SEALS = 1000
"""Seals in one file; later ones are checked in the database alone."""


class _Wrong(Exception):
    """Something in the file is not what its hash says; the message is the sentence."""


def write_submissions(session: Session, draft: Draft) -> list[dict[str, Any]]:
    """Write out each submission of a draft with its call, the first one first."""
    written = []
    for submission in reversed(draft.submissions):
        call = request_log.find_of_submission(session, submission.id)
        document = request_log.write_document(call) if call else None
        written.append(submissions.write_document(submission) | {"call": document})
    return written


def write_trail(session: Session, draft_id: str) -> dict[str, Any]:
    """Write out a draft's chain, the seal that names it last, and those since."""
    events = [
        audit_trail.write_document(event)
        for event in audit_trail.read_draft_events(session, draft_id)
    ]
    head = session.get(ChainHead, name_draft_chain(draft_id))
    since = seals.read_since(session, head.seal, MOST_SEALS) if head and head.seal else []
    return {
        "events": events,
        "fault": find_fault(events),
        "sealed_events": head.sealed if head else 0,
        "seal": since[0] if since else None,
        "seals_since": since[1:],
        "archived_calls": _list_archived_calls(session, events),
        "seals_left_out": seals.count_seals(session) - since[-1]["number"] if since else 0,
        "how_to_check": HOW_TO_CHECK,
    }


def write_batches(session: Session, draft_id: str) -> list[dict[str, Any]]:
    """Write out the chains of the batches that a draft was sent or approved with."""
    sent = (
        audit_trail.read_details(event).get("batch")
        for event in audit_trail.read_draft_events(session, draft_id)
        if event.kind == EventKind.SENT
    )
    numbers = sorted({*filter(None, sent), *approvals.list_batches_of(session, draft_id)})
    return [
        {
            "id": number,
            "events": [
                audit_trail.write_document(event)
                for event in audit_trail.read_chain(session, name_batch_chain(number))
            ],
        }
        for number in numbers
    ]


def _list_archived_calls(
    session: Session, events: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Name the calls that the events bind in and an archive has, each with the archive."""
    bound = Bound.of(events)
    calls = {number for kind, number in bound.digests if kind == "call"}
    archives = [
        (archive, Numbers(archive["calls"])) for archive in audit_trail.read_archived(session)
    ]
    return [
        {"id": number, "file": archive["file"], "sha256": archive["sha256"]}
        for archive, numbers in archives
        for number in sorted(calls)
        if number in numbers
    ]


def check_evidence(document: Any, noted: str = "") -> str:
    """Hold an evidence file to its hashes; gives what is wrong in a sentence, or nothing.

    *noted* is a seal's hash that was written down elsewhere and has to be in the file. Raises
    `ValueError` for what is no evidence.
    """
    try:
        records = document["trail"]
        events = records["events"]
        chain = name_draft_chain(document["draft"]["id"])
        _check_events(events, chain)
        archived = {call["id"] for call in records.get("archived_calls", ())}
        _check_documents(events, document["submissions"], archived)
        _check_answers(events, document["draft"])
        _check_statements(events, document["draft"], document.get("judged_now", {}))
        _check_seals(records, chain, noted)
        _check_batches(records, document.get("batches", ()))
        describe_archived(document)
    except _Wrong as error:
        return str(error)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError from error
    return ""


def describe_proof(document: Any, noted: str) -> str:
    """Say in a sentence what a noted seal proves of evidence that `check_evidence` found sound."""
    records = document["trail"]
    of = next(seal for seal in (records["seal"], *records["seals_since"]) if seal["hash"] == noted)
    number, _ = _read_heads(records["seal"])[name_draft_chain(document["draft"]["id"])]
    first, last = (records["events"][index]["number"] for index in (0, -1))
    return (
        f"The seal was made at {of['at']}: events {first} to {number} of {last} are "
        "what they were then, and nothing else of this draft was sent or answered."
    )


def describe_archived(document: Any) -> str:
    """Say in a sentence what the evidence leaves to archives; nothing if it leaves nothing."""
    records = document["trail"]
    names = [call["file"] for call in records.get("archived_calls", ())]
    first = records["events"][0] if records["events"] else None
    if first and first["kind"] == EventKind.SHORTENED:
        names.insert(0, json.loads(first["details"])["file"])
    if not names:
        return ""
    return (
        f"More of it is in archives, which have to hold as well: {', '.join(dict.fromkeys(names))}."
    )


def _check_events(events: list[Mapping[str, Any]], chain: str) -> None:
    if fault := find_fault(events):
        raise _Wrong(fault)
    if any(event["chain"] != chain for event in events):
        raise _Wrong("Events of another draft are in it.")


def _check_documents(
    events: list[Mapping[str, Any]], written: list[Mapping[str, Any]], archived: set[int]
) -> None:
    bound = Bound.of(events)
    documents = list(_iterate_documents(written))
    present = dict(documents)
    if any(("call", number) in present for number in archived):
        raise _Wrong("A call is in it that is said to be in an archive.")
    if len(present) < len(documents):
        raise _Wrong("A submission or a call is in it twice.")
    for kind, number in (*(("submission", sent) for sent in bound.sent), *bound.digests):
        if (kind, number) not in present and not (kind == "call" and number in archived):
            raise _Wrong(f"The {kind} {number} is missing.")
    for kind, number in bound.digests.keys() & present.keys():
        if not bound.is_as_told(kind, number, present[kind, number]):
            raise _Wrong(f"The {kind} {number} is not what the trail says.")
    for submission in written:
        call = submission["call"]
        if call and call["submission_id"] != submission["id"]:
            raise _Wrong(f"The call {call['id']} is of another submission.")
        for fault in bound.find_faults(submission["id"], submission, call):
            raise _Wrong(fault)


def _check_answers(events: list[Mapping[str, Any]], draft: Mapping[str, Any]) -> None:
    replay = Replay()
    for event in events:
        replay.read(event)
    if not replay.are_answers_as_told(draft["answers"]):
        raise _Wrong("The answers of the campaign are not what the trail says.")
    if replay.known.get("version") not in {None, draft["version"]}:
        raise _Wrong("The version of the campaign is not what the trail says.")


def _check_statements(
    events: list[Mapping[str, Any]], draft: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    """Hold what was said of findings to the last event that binds it; older events bind nothing."""
    kept = draft.get("accepted", {})
    expected = find_said_digest(events)
    if expected is None:
        return
    if hash_document(kept) != expected:
        raise _Wrong("What was said of findings is not what the trail says.")
    for finding in now.get("findings", ()):
        kept_statement, statement = _find_kept(finding, kept), finding["said"]
        if bool(statement) != bool(kept_statement) or (
            kept_statement and not kept_statement.items() <= statement.items()
        ):
            raise _Wrong(f"What was said of {finding['rule']} is not what the trail says.")


def _find_kept(finding: Mapping[str, Any], kept: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Find what is kept of a finding as it is now, or of the exemption that it says lifts it."""
    statement = kept.get(finding["rule"])
    if statement and statement["measure"] == finding["measure"]:
        return dict(statement)
    lifted_by = (finding["said"] or {}).get("lifted_by")
    of_all = kept.get(build_exemption_key(lifted_by)) if lifted_by else None
    if not of_all or of_all["answer"] != DutyAnswer.YES:
        return None
    if not _list_words(finding, str(lifted_by)) <= set(of_all["measure"].split()):
        return None
    return {name: of_all[name] for name in ("reason", "who", "at")}


def _list_words(finding: Mapping[str, Any], lifted_by: str) -> set[str]:
    """List what an answer of all leads has to be about; files of earlier versions name no leads."""
    words = {finding["rule"]}
    if "leads" in finding:
        words.add(f"leads:{finding['leads']}")
    if "times" in finding and lifted_by == Exemption.TIMES:
        words.add(f"times:{finding['times']}")
    return words


def _iterate_documents(written: list[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, int], Any]]:
    for submission in written:
        yield (
            ("submission", submission["id"]),
            {name: value for name, value in submission.items() if name != "call"},
        )
        if submission["call"]:
            yield ("call", submission["call"]["id"]), submission["call"]


def _check_seals(records: Mapping[str, Any], chain: str, noted: str) -> None:
    """Follow the seals from the one that names the draft last to the newest in the file."""
    seal, known = records["seal"], set()
    if seal:
        number, before = seal["number"], seal["before"]
        for later in (seal, *records["seals_since"]):
            if fault := check_seal(later, number, before):
                raise _Wrong(fault)
            if later is not seal and chain in _read_heads(later):
                raise _Wrong(f"Seal {number} names events of the draft that are not in it.")
            number, before = number + 1, later["hash"]
            known.add(before)
        _check_head(seal, records["events"], chain)
    if noted and noted not in known:
        raise _Wrong(f"No seal in it has the hash {noted}.")


def _check_batches(records: Mapping[str, Any], written: Sequence[Mapping[str, Any]]) -> None:
    """Hold the events of batches to their hashes, and to the last seal in the file that names them.

    Files of earlier versions have none.
    """
    seals_in_file = [records["seal"], *records["seals_since"]] if records["seal"] else []
    for batch in written:
        chain, events = name_batch_chain(batch["id"]), batch["events"]
        if fault := find_fault(events):
            raise _Wrong(fault)
        if any(event["chain"] != chain for event in events):
            raise _Wrong("Events of another batch are in it.")
        first = events[0]["number"] if events else 1
        naming = [
            seal
            for seal in seals_in_file
            if _read_heads(seal).get(chain, (0, NOTHING_BEFORE))[0] >= first
        ]
        if naming:  # Earlier seals are of events that are in an archive.
            _check_head(naming[-1], events, chain)


def _check_head(seal: Mapping[str, Any], events: list[Mapping[str, Any]], chain: str) -> None:
    """Hold the events to the seal: it names them, and presses and outcomes are sealed at once."""
    number, hashed = _read_heads(seal).get(chain, (0, NOTHING_BEFORE))
    sealed = [event for event in events if event["number"] <= number]
    if not sealed or (sealed[-1]["number"], sealed[-1]["hash"]) != (number, hashed):
        raise _Wrong(f"Seal {seal['number']} is of other events.")
    for event in events[len(sealed) :]:
        if event["kind"] in SEALED_AT_ONCE:
            raise _Wrong(f"Event {event['number']} is of a kind that a seal would name.")


def _read_heads(seal: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    return {named: (number, hashed) for named, number, hashed in read_heads(seal["heads"])}
