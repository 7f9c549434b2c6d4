"""Connections: entered, tested, changed and disabled on these pages. A token is never shown."""

from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.visible import make_name_key
from app.connections import Connection
from app.forms.connection import SANDBOX, ConnectionForm
from app.forms.pace import PaceForm
from app.rights import Right
from app.sending.connection_test import begin_test, is_under_way, test_connection
from app.services import connections, find_services, store
from app.store import approvals, audit_trail, request_log, saved_connections, throttles
from app.store.audit_trail import name_connection_chain
from app.store.records import LoggedCall
from app.store.saved_connections import (
    ConnectionChanged,
    EnteredConnection,
    NameTaken,
    NoSuchConnection,
)
from app.store.throttles import Pace, Pause
from app.web.access import fresh, list_connections, may, needs
from app.web.connection_words import SHOWN, describe_connection_events
from app.web.event_words import HistoryEntry
from app.web.resuming import resume_sending
from app.web.row_numbers import read_number
from app.web.visit import name_person

bp = Blueprint("connections", __name__)

_MOST_EVENTS = 100


@bp.get("/connections")
@needs(Right.VIEW)
def index() -> str:
    with store().reading() as session:
        paused = throttles.list_paused(session)
    return render_template("connections/index.html", offered=list_connections(), paused=paused)


_CHANGED_MEANWHILE = (
    "Somebody has changed this connection since you opened this page. What you typed is below and "
    "not saved: open the connection anew to see what is there, or save yours in its place."
)


@bp.get("/connections/new")
@needs(Right.ADMINISTER)
@fresh
def new() -> str:
    return _draw_form(ConnectionForm())


@bp.post("/connections/new")
@needs(Right.ADMINISTER)
@fresh
def add() -> ResponseReturnValue:
    form = ConnectionForm(request.form, allowed=connections().network.allowed)
    if not form.validate() or not _is_free(form):
        return _draw_form(form), 422
    try:
        with store().writing() as session:
            made = saved_connections.add(session, _read_entered(form), who=name_person())
    except NameTaken:
        return _draw_form(_mark_taken(form)), 422
    flash(f"{made.name} was added. Test it before you send anything.")
    return redirect(url_for("connections.edit", key=made.id))


@bp.get("/connections/<key:key>")
@needs(Right.VIEW)
def edit(key: str) -> str:
    connection = connections().get(key)
    return _draw_form(ConnectionForm(before=connection), connection)


@bp.post("/connections/<key:key>")
@needs(Right.ADMINISTER)
@fresh
def change(key: str) -> ResponseReturnValue:
    connection = _find_changeable(key)
    form = ConnectionForm(request.form, before=connection, allowed=connections().network.allowed)
    version = request.form.get("version", type=read_number)
    if not form.validate() or not _is_free(form):
        return _draw_form(form, connection, shown_version=version), 422
    try:
        with store().writing() as session:
            saved_connections.change(
                session, key, _read_entered(form), expected_version=version, who=name_person()
            )
    except NameTaken:
        return _draw_form(_mark_taken(form), connection, shown_version=version), 422
    except ConnectionChanged:
        flash(_CHANGED_MEANWHILE)
        return _draw_form(form, connections().get(key)), 409
    flash("Saved. Drafts that go there have to be reviewed again.")
    return redirect(url_for("connections.edit", key=key))


@bp.post("/connections/<key:key>/enabled")
@needs(Right.ADMINISTER)
def enable(key: str) -> ResponseReturnValue:
    """Let campaigns be sent there, or no longer."""
    enabled = request.form.get("enabled") == "yes"
    with store().writing() as session:
        saved_connections.enable(
            session, _find_changeable(key).key, enabled=enabled, who=name_person()
        )
    flash("Campaigns can be sent there again." if enabled else "Nothing is sent there any more.")
    return redirect(url_for("connections.edit", key=key))


@bp.post("/connections/<key:key>/test")
@needs(Right.SEND, Right.ADMINISTER)
def test(key: str) -> ResponseReturnValue:
    """Call the API once, beside the request and in a way that can create nothing."""
    began = datetime.now(UTC)
    call_id = begin_test(connections(), connections().get(key), began, store())
    if call_id is not None:
        work = partial(test_connection, connections(), key, call_id, store())
        find_services().background.run(f"test {call_id}", work)
    return redirect(url_for("connections.edit", key=key))


@bp.get("/connections/<key:key>/test")
@needs(Right.VIEW)
def test_state(key: str) -> ResponseReturnValue:
    """Tell a script that waits whether the test is still under way."""
    test = _find_last_test(connections().get(key))
    return jsonify(pending=test is not None and is_under_way(test, connections()))


@bp.post("/connections/<key:key>/pace")
@needs(Right.ADMINISTER)
def set_pace(key: str) -> ResponseReturnValue:
    """Set how fast campaigns go there."""
    connection, form = connections().get(key), PaceForm(request.form)
    if not form.validate():
        return _draw_form(ConnectionForm(before=connection), connection, form), 422
    usual = throttles.choose_usual(connection.is_built_in)
    subjects = (throttles.name_subject(key), name_connection_chain(key))
    with store().writing(*subjects) as session:
        throttle = throttles.find(session, key, usual)
        throttles.set_pace(session, throttle, form.read_pace(), name_person())
    find_services().doorbell.ring(key)
    flash("Saved. It applies from the next campaign on.")
    return redirect(url_for("connections.edit", key=key))


@bp.post("/connections/<key:key>/resume")
@needs(Right.SEND)
def resume(key: str) -> ResponseReturnValue:
    """Let campaigns go there again after a run of failures."""
    resume_sending(connections().get(key).key)
    flash("Campaigns go there again.")
    return redirect(url_for("connections.edit", key=key))


def _find_changeable(key: str) -> Connection:
    connection = connections().get(key)
    if connection.is_fixed:
        raise NoSuchConnection(key)
    return connection


def _read_entered(form: ConnectionForm) -> EnteredConnection:
    token = form.token.data if form.has_new_token else None
    return EnteredConnection(
        name=form.name.data or "",
        base_url=form.base_url.data or "",
        token=connections().vault.lock(token) if token else None,
        is_sandbox=form.kind.data == SANDBOX,
        colour=form.colour.data,
        notes=form.notes.data or "",
        dashboard_url=form.dashboard_url.data or "",
    )


def _is_free(form: ConnectionForm) -> bool:
    """Keep the names of the connections that nobody enters for those."""
    fixed = {
        make_name_key(connection.name)
        for connection in connections().list_all()
        if connection.is_fixed
    }
    if make_name_key(form.name.data or "") in fixed:
        _mark_taken(form)
        return False
    return True


def _mark_taken(form: ConnectionForm) -> ConnectionForm:
    form.name.errors = ["Another connection has this name. Choose one that tells them apart."]
    return form


def _draw_form(
    form: ConnectionForm,
    connection: Connection | None = None,
    pace: PaceForm | None = None,
    shown_version: int | None = None,
) -> str:
    """Draw the page; *shown_version* is the one that was looked at, if not the present one."""
    version = connection.version if connection else 0
    test = _find_last_test(connection) if connection else None
    return render_template(
        "connections/form.html",
        form=form,
        connection=connection,
        version=version if shown_version is None else shown_version,
        pace=pace or (PaceForm.of(_read_pace(connection)) if connection else None),
        pause=_find_pause(connection) if connection else None,
        approval=_read_approval(connection) if connection else None,
        token_end=connections().read_token_end(connection.key) if connection else "",
        events=_list_events(connection) if connection else [],
        is_tested_now=test is not None and is_under_way(test, connections()),
        tested=test,
        has_changed_since=connection is not None
        and test is not None
        and _has_changed_since(connection, test),
    )


def _read_pace(connection: Connection) -> Pace:
    with store().reading() as session:
        return throttles.read_pace(
            session, connection.key, throttles.choose_usual(connection.is_built_in)
        )


def _read_approval(connection: Connection) -> tuple[str | None, list[str]]:
    """Read of which group somebody has to approve ("" is of any, `None` nobody), and all groups."""
    with store().reading() as session:
        rule = approvals.find_rule(session, connection.key)
        return rule.group_name if rule else None, approvals.list_groups(session)


def _list_events(connection: Connection) -> list[HistoryEntry]:
    """List what was done to a connection lately, for who may change it."""
    if not may(Right.ADMINISTER, ""):
        return []
    with store().reading() as session:
        chain = name_connection_chain(connection.key)
        return describe_connection_events(
            audit_trail.read_last_events(session, chain, SHOWN, _MOST_EVENTS)
        )


def _find_pause(connection: Connection) -> Pause | None:
    with store().reading() as session:
        return throttles.find_pause(session, connection.key)


def _find_last_test(connection: Connection) -> LoggedCall | None:
    """Find the last test of a connection, also one of before its last change."""
    with store().reading() as session:
        return request_log.find_last_test(session, connection.key)


def _has_changed_since(connection: Connection, test: LoggedCall) -> bool:
    """Tell whether a connection was changed after a test of it had begun."""
    if connection.is_fixed:
        return False
    with store().reading() as session:
        return test.at <= saved_connections.find(session, connection.key).changed_at
