"""The request log: every call to an API, found again, looked at, and taken away."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from app.rights import Right
from app.services import connections, store
from app.store import request_log, submissions
from app.store.request_log import LogQuery
from app.store.search_words import NotSearchable
from app.web.access import find_keys, list_connections, needs
from app.web.clients import ALL, find_client, name_client
from app.web.downloads import JSON_LINES, send_download
from app.web.panel.highlight import mark_up
from app.web.row_numbers import read_number

bp = Blueprint("log", __name__)


@bp.get("/requests")
@needs(Right.VIEW)
def index() -> str:
    query, problem = _read_query(), ""
    with store().reading() as session:
        try:
            calls, after, before = request_log.read_page(session, query)
        except NotSearchable as error:
            calls, after, before, problem = [], None, None, str(error)
        return render_template(
            "log/index.html",
            connection=find_client(query.connection_key) if query.connection_key else None,
            query=query,
            problem=problem,
            calls=calls,
            campaigns=submissions.name_campaigns(session, [call.submission_id for call in calls]),
            offered=list_connections(),
            newer=_link("log.index", query, after=after) if after else None,
            older=_link("log.index", query, before=before) if before else None,
            export=_link("log.export", query),
        )


@bp.get("/requests/<row:exchange_id>")
@needs(Right.VIEW)
def show(exchange_id: int) -> str:
    with store().reading() as session:
        call = request_log.find(session, exchange_id)
        return render_template(
            "log/show.html",
            connection=replace(connections().find(call.connection_key), name=call.connection),
            call=call,
            campaign=submissions.name_campaigns(session, [call.submission_id]).get(
                call.submission_id or 0
            ),
            sent=mark_up(call.request_body),
        )


@bp.get("/requests.jsonl")
@needs(Right.VIEW)
def export() -> ResponseReturnValue:
    """Give every call that matches, one JSON object to a line, the newest first."""
    try:
        request_log.check_query(_read_query())
    except NotSearchable as error:
        return Response(f"{error}\n", 422, mimetype="text/plain")
    lines = stream_with_context(_write_lines(_read_query()))
    return send_download(lines, "requests.jsonl", JSON_LINES)


def _write_lines(query: LogQuery) -> Iterator[str]:
    with store().reading() as session:
        for call in request_log.iterate_documents(session, query):
            yield json.dumps(call, ensure_ascii=False) + "\n"


def _read_query() -> LogQuery:
    asked = request.args
    return LogQuery(
        search=asked.get("search", "").strip(),
        connection_key=_find_asked_key(),
        keys=find_keys(),
        before=asked.get("before", type=read_number),
        after=asked.get("after", type=read_number),
    )


def _find_asked_key() -> str:
    """Give the key that is asked for, else the client's that is worked on; empty is all."""
    asked, client = request.args.get("connection", ""), find_client()
    if asked == ALL:
        return ""
    return asked or (client.key if client else "")


def _link(endpoint: str, query: LogQuery, **turn: Any) -> str:
    return url_for(
        endpoint,
        search=query.search or None,
        connection=query.connection_key or name_client(request.args.get("connection", "")) or None,
        **turn,
    )
