"""The pages: one module for each screen. A view reads the request, calls one thing, renders."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from flask_compress import Compress
from flask_wtf import CSRFProtect

from app.people import sign_in
from app.services import find_services
from app.store.database import Store
from app.web import (
    addresses,
    assets,
    attention,
    errors,
    gate,
    icons,
    request_bounds,
    security,
    template_globals,
)
from app.web.screens import (
    about,
    account,
    activity,
    answers,
    api,
    approvals,
    batches,
    book,
    calendars,
    clients,
    comments,
    comparisons,
    connections,
    drafts,
    duplicates,
    editing,
    finder,
    history,
    hooks,
    imports,
    joining,
    kept_presets,
    log,
    metrics,
    people,
    places,
    policy_reports,
    presets,
    preview,
    provider,
    recovery,
    review,
    rulebook,
    samples,
    sandbox,
    selection,
    submissions,
    summaries,
    versions,
    views,
    waiting,
    zones,
)

_SCREENS = (
    about,
    account,
    activity,
    answers,
    api,
    approvals,
    batches,
    book,
    calendars,
    clients,
    comments,
    comparisons,
    connections,
    drafts,
    duplicates,
    editing,
    finder,
    history,
    hooks,
    imports,
    joining,
    kept_presets,
    log,
    metrics,
    people,
    places,
    policy_reports,
    presets,
    preview,
    provider,
    recovery,
    review,
    rulebook,
    samples,
    sandbox,
    selection,
    submissions,
    summaries,
    versions,
    views,
    waiting,
    zones,
)


def install(app: Flask, store: Store, *, is_reachable: bool, wants_second_factor: bool) -> None:
    """Give the app its pages, and what all of them share.

    *is_reachable* from other machines is one that nobody may use without an account, and
    *wants_second_factor* one that nobody uses by a password alone.
    """
    request_bounds.install(app)
    addresses.install(app)
    assets.install(app)
    gate.install(app, is_reachable=is_reachable, wants_second_factor=wants_second_factor)
    attention.install(app)
    icons.install(app)
    security.install(app)
    errors.install(app)
    template_globals.install(app)
    Compress(app)
    app.after_request(_read_whole)
    _protect_forms(app)
    sign_in.install(app, store, find_services(app).outbox)
    for screen in _SCREENS:
        app.register_blueprint(screen.bp)


def _protect_forms(app: Flask) -> None:
    csrf = CSRFProtect(app)
    csrf.exempt(preview.bp)  # It looks at where a request comes from by itself.
    csrf.exempt(metrics.bp)  # It answers to what has no form, as if it were not there.
    csrf.exempt(api.bp)  # It takes no cookie, and from another site's page nothing at all.
    csrf.exempt(policy_reports.bp)  # Browsers post by themselves, and it changes nothing.


def _read_whole(response: Response) -> Response:
    """Give Flask-Compress a static file as bytes: a stream it leaves open, or uncompressed."""
    if response.direct_passthrough and response.status_code == HTTPStatus.OK:
        file: Any = response.response
        response.direct_passthrough = False
        response.set_data(response.get_data())
        file.close()
    return response
