"""Many campaigns at once: chosen in the list, reviewed, confirmed, and followed to the end."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.formatting import write_plural
from app.rights import Right
from app.sending.approval import find_standing_of_batch
from app.sending.batch_check import NothingReady, check_anew, make_batch, sort_by_destination
from app.sending.batch_confirmation import BatchRequest, Discarded, NotChecked, confirm_batch
from app.sending.batch_queue import discard_batch, pause_batch, resume_batch, stop_batch
from app.sending.confirmation import NotConfirmed, StaleReview
from app.services import Services, connections, find_services, store
from app.store import batch_results, batches, drafts, queued, throttles
from app.store.batch_progress import measure_progress
from app.store.batches import MOST_ITEMS
from app.store.listing import read_ids
from app.store.search_words import NotSearchable
from app.web.access import find_keys, find_person, needs
from app.web.batch_page import draw_batch
from app.web.batch_results import FORMATS, write_results
from app.web.clients import ALL, find_client, map_clients
from app.web.downloads import send_download
from app.web.list_address import lead_to_list
from app.web.list_query import read_asked_client, read_query
from app.web.reasons import read_reason_without_approval
from app.web.resuming import resume_sending
from app.web.row_numbers import read_number
from app.web.visit import name_person, remember_who

bp = Blueprint("batches", __name__)

_CHANGED = (
    "The connection, or a campaign, has changed since the batch was checked, or that is a day ago. "
    "It is checked again: look again before you send."
)
_CONFIRMED = (
    "It is not discarded: somebody has confirmed it meanwhile. Stop it here if that is meant."
)
_NOTHING_TICKED = "Tick the campaigns that you want to send together."
_NOTHING_LEFT = "Nothing listed can be sent there as it was offered. Look at the list again."
_WITHHELD_ONE = " One that was ticked is left out: you may not send it."
_WITHHELD = " {} that were ticked are left out: you may not send them."
_ONE_EACH = "What you chose goes to {} clients, so there are as many batches: review and send each."
_NONE_IS_YOURS = "Nothing that is ticked is yours to send."
_DISCARDED = "Nothing is sent: somebody has discarded this batch meanwhile."
_STREAM_SECONDS = 30.0
_EVERY = 1.0
_RATE_OVER = timedelta(seconds=20)


@bp.get("/batches")
@needs(Right.VIEW)
def index() -> str:
    with store().reading() as session:
        asked = read_asked_client()
        client = find_client(asked)
        keys = frozenset({client.key}) if client else find_keys()
        before = request.args.get("before", type=read_number)
        newest, older = batches.list_newest(session, keys, before)
        progress = {batch.id: measure_progress(session, batch) for batch in newest}
        paused = throttles.list_paused(session)
        to = {batch.id: connections().find(batch.connection_key) for batch in newest}
        standings = {
            batch.id: find_standing_of_batch(session, batch, to[batch.id]) for batch in newest
        }
    return render_template(
        "batches/index.html",
        connection=client,
        batches=newest,
        to=to,
        newest=before and url_for("batches.index", client=asked or None),
        older=older and url_for("batches.index", client=asked or None, before=older),
        progress=progress,
        paused=paused,
        standings=standings,
    )


@bp.post("/batches")
@needs(Right.SEND)
def make() -> ResponseReturnValue:
    """Make a batch for each client of what is ticked, or one of all that can be sent to one."""
    client_key = request.form.get("all", "")
    try:
        chosen = _read_chosen(client_key)
    except NotSearchable as error:
        flash(str(error))
        return redirect(lead_to_list())
    with store().reading() as session:
        ids = drafts.select_ids(session, chosen, find_keys(Right.SEND))
    withheld = len(chosen) - len(ids)
    sorted_ids = sort_by_destination(ids, store(), connections())
    if client_key:  # Some may go to another one since they were found.
        sorted_ids = {key: there for key, there in sorted_ids.items() if key == client_key}
    if not sorted_ids:
        flash(_NOTHING_LEFT if client_key else _NONE_IS_YOURS if withheld else _NOTHING_TICKED)
        return redirect(lead_to_list())
    return _begin(sorted_ids, withheld)


def _begin(sorted_ids: Mapping[str, Sequence[str]], withheld: int = 0) -> ResponseReturnValue:
    """Make a batch for each connection, have it checked, and lead there."""
    is_one = len(sorted_ids) == 1
    for key, ids in sorted_ids.items():
        to, of_one = connections().find(key), withheld if is_one else 0
        batch_id = make_batch(ids, to, store(), who=name_person(), withheld=of_one)
        find_services().batch_work.start(batch_id)
    if is_one:
        return redirect(url_for("batches.show", batch_id=batch_id))
    rest = write_plural(withheld, _WITHHELD_ONE, _WITHHELD) if withheld else ""
    flash(_ONE_EACH.format(len(sorted_ids)) + rest)
    return redirect(url_for("batches.index", client=ALL))


def _read_chosen(client_key: str) -> list[str]:
    """Read the ids of what is ticked, or of all in the list that can be sent to a client.

    Raises `NotSearchable`.
    """
    if not client_key:
        return list(dict.fromkeys(request.form.getlist("draft")))
    keys = frozenset(key for key, to in map_clients().items() if to.key == client_key)
    query = replace(read_query(), keys=find_keys(Right.SEND), client=keys)
    with store().reading() as session:
        return list(read_ids(session, query, MOST_ITEMS, sendable_only=True))


@bp.get("/batches/<row:batch_id>")
@needs(Right.VIEW)
def show(batch_id: int) -> str:
    page = draw_batch(batch_id)
    find_services().batch_work.start(batch_id)  # Whatever kept it from going on may be over.
    return page


@bp.post("/batches/<row:batch_id>/check")
@needs(Right.SEND)
def check(batch_id: int) -> ResponseReturnValue:
    """Check all of it again, for the connection as it is now."""
    check_anew(batch_id, store(), connections())
    find_services().batch_work.start(batch_id)
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.get("/batches/<row:batch_id>/send")
@bp.get("/batches/<row:batch_id>/approval/ask")
@needs(Right.VIEW)
def return_to_batch(batch_id: int) -> ResponseReturnValue:
    """Lead to the batch from each address that it stands at as an answer to what was posted."""
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.post("/batches/<row:batch_id>/send")
@needs(Right.SEND)
def send(batch_id: int) -> ResponseReturnValue:
    """Send all that is ready, as it was reviewed."""
    with store().reading() as session:
        to = connections().find(batches.find(session, batch_id).connection_key)
    confirmed = BatchRequest(
        batch_id=batch_id,
        reviewed=request.form.get("reviewed", ""),
        to=to,
        stamp=request.form.get("stamp", ""),
        named=request.form.get("named", ""),
        counted=request.form.get("counted", ""),
        without_approval=read_reason_without_approval(to),
        mark=request.form.get("mark", ""),
        who=name_person(),
        person=find_person(),
    )
    try:
        confirm_batch(confirmed, store())
    except NotConfirmed as refusal:
        return draw_batch(batch_id, refusal), 422
    except Discarded:
        flash(_DISCARDED)
        return redirect(url_for("batches.show", batch_id=batch_id))
    except (StaleReview, NotChecked, NothingReady):
        check_anew(batch_id, store(), connections())
        find_services().batch_work.start(batch_id)
        flash(_CHANGED)
        return redirect(url_for("batches.show", batch_id=batch_id))
    find_services().batch_work.start(batch_id)
    return remember_who(redirect(url_for("batches.show", batch_id=batch_id)))


@bp.post("/batches/<row:batch_id>/<any(pause, resume, stop):change>")
@needs(Right.SEND)
def change(batch_id: int, change: str) -> ResponseReturnValue:
    """Hold the batch, let it go on, or stop it for good."""
    act = {"pause": pause_batch, "resume": resume_batch, "stop": stop_batch}[change]
    act(batch_id, store(), name_person())
    find_services().batch_work.start(batch_id)
    with store().reading() as session:
        find_services().doorbell.ring(batches.find(session, batch_id).connection_key)
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.post("/batches/<row:batch_id>/open")
@needs(Right.SEND)
def open_connection(batch_id: int) -> ResponseReturnValue:
    """Let campaigns go to the batch's connection again; a batch that is paused stays so."""
    with store().reading() as session:
        batch = batches.find(session, batch_id)
    resume_sending(batch.connection_key)
    flash(f"Campaigns go to {batch.connection} again.")
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.post("/batches/<row:batch_id>/discard")
@needs(Right.SEND)
def discard(batch_id: int) -> ResponseReturnValue:
    """Send nothing of a batch, unless somebody has confirmed it meanwhile."""
    if discard_batch(batch_id, store(), name_person()):
        find_services().batch_work.start(batch_id)
    else:
        flash(_CONFIRMED)
    return redirect(url_for("batches.show", batch_id=batch_id))


@bp.post("/batches/<row:batch_id>/again")
@needs(Right.SEND)
def again(batch_id: int) -> ResponseReturnValue:
    """Make a batch of what was not created and may be sent again."""
    with store().reading() as session:
        batches.find(session, batch_id)
        left = batches.list_to_repeat(session, batch_id)
        ids = drafts.select_ids(session, left, find_keys(Right.SEND))
    sorted_ids = sort_by_destination(ids, store(), connections())
    if not sorted_ids:
        flash("Nothing of this batch can be sent again.")
        return redirect(url_for("batches.show", batch_id=batch_id))
    return _begin(sorted_ids)


@bp.get("/batches/<row:batch_id>/state")
@needs(Right.VIEW)
def state(batch_id: int) -> ResponseReturnValue:
    """Tell a script how far the batch is."""
    with store().reading() as session:
        return jsonify(_tell(session, batch_id))


@bp.get("/batches/<row:batch_id>/events")
@needs(Right.VIEW)
def events(batch_id: int) -> ResponseReturnValue:
    """Tell a script of each change, for as long as a thread can be spared."""
    with store().reading() as session:
        batches.find(session, batch_id)
    streams = find_services().streams
    if not streams.acquire(blocking=False):
        return "", 503, {"Retry-After": "5"}
    stream = _stream(find_services(), batch_id)
    response = Response(stream, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
    response.call_on_close(streams.release)
    return response


def _stream(its: Services, batch_id: int) -> Iterator[str]:
    ends, before = monotonic() + _STREAM_SECONDS, ""
    while monotonic() < ends:
        with its.store.reading() as session:
            progress = _tell(session, batch_id)
        if (line := json.dumps(progress)) != before:
            yield f"data: {line}\n\n"
            before = line
        if not progress["pending"]:
            return
        sleep(_EVERY)


@bp.get("/batches/<row:batch_id>/results.<any(csv, xlsx, jsonl):form>")
@needs(Right.VIEW)
def results(batch_id: int, form: str) -> ResponseReturnValue:
    """Give what became of each item, at any time."""
    with store().reading() as session:
        batches.find(session, batch_id)
        content = write_results(batch_results.iterate_results(session, batch_id), form)
    return send_download(content, f"batch-{batch_id}.{form}", FORMATS[form])


def _tell(session: Session, batch_id: int) -> dict[str, Any]:
    batch = batches.find(session, batch_id)
    progress = measure_progress(session, batch)
    is_pending = bool(progress.left) if batch.confirmed_at else bool(progress.unchecked)
    until = queued.find_end_of_wait(session, batch.connection_key, datetime.now(UTC))
    is_held = until is not None or throttles.is_paused(session, batch.connection_key)
    state = {"pending": is_pending, "held": is_held, "left": progress.left}
    return state | asdict(progress)
