"""The address book of a connection: its page, and what the form offers from it while one types."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.id_kinds import ID_FIELDS, IdKind
from app.campaign.contract.wording import join_words
from app.campaign.formatting import shorten
from app.connections import SANDBOX
from app.forms.connection import BookForm
from app.rights import Right
from app.services import connections, find_services, store
from app.store import address_book
from app.store.collation import has_words
from app.store.connection_models import BookEntry
from app.web.access import needs
from app.web.row_numbers import read_number

bp = Blueprint("book", __name__)

_NAMED = 3

MOST = 100
"""Entries on one page; who wants another one searches for it."""


@bp.get("/connections/<key:key>/book")
@needs(Right.VIEW)
def show(key: str) -> str:
    return _draw_page(key, BookForm())


@bp.post("/connections/<key:key>/book")
@needs(Right.EDIT)
def keep(key: str) -> ResponseReturnValue:
    """Write an id down, or give one that is there another nickname."""
    form = BookForm(request.form)
    if not form.validate():
        return _draw_page(key, form), 422
    with store().writing() as session:
        entry = address_book.keep(
            session,
            connections().get(key).key,
            IdKind(form.kind.data),
            form.value.data or "",
            form.nickname.data or "",
        )
        entry_id, others = entry.id, address_book.list_namesakes(session, entry)
    flash(f"{form.nickname.data} is in the address book.{_point_out(others)}")
    # A row that was renamed stays in sight, unless there is something to read above.
    is_row = "row" in request.form and not others
    return redirect(_lead_to(key, f"entry-{entry_id}" if is_row else None))


def _point_out(others: Sequence[str]) -> str:
    """Say which ids have the same nickname; a cookie carries it, so not all of many."""
    if not others:
        return ""
    names = [shorten(value, 60) for value in others[:_NAMED]]
    rest = [f"{len(others) - _NAMED} more"] if len(others) > _NAMED else []
    verb = "is" if len(others) == 1 else "are"
    return f" {join_words(names + rest)} {verb} called that, too: tell them apart."


@bp.post("/connections/<key:key>/book/forget")
@needs(Right.EDIT)
def forget(key: str) -> ResponseReturnValue:
    with store().writing() as session:
        address_book.forget(session, key, request.form.get("entry", 0, type=read_number))
    flash("Taken out of the address book. Drafts that have the id keep it.")
    return redirect(_lead_to(key, "b-known"))


def _lead_to(key: str, anchor: str | None) -> str:
    """Lead to a place in the book, as it was searched."""
    return url_for("book.show", key=key, search=_read_search() or None, _anchor=anchor)


def _read_search() -> str:
    return request.args.get("search", "").strip()


@bp.get("/connections/<key:key>/book.json")
@needs(Right.VIEW)
def offers(key: str) -> ResponseReturnValue:
    """Give, for each field of the form, the ids that it could have: kind, id and nickname."""
    with store().reading() as session:
        known = address_book.read_entries(session, key)
        offered: dict[str, list[Any]] = {
            field: [
                (entry.kind, entry.value, entry.nickname)
                for entry in known
                if IdKind(entry.kind) in kinds
            ]
            for field, kinds in ID_FIELDS.items()
        }
    if key == SANDBOX:
        _add_examples(offered)
    return jsonify(offered)


def _add_examples(offered: dict[str, list[Any]]) -> None:
    """Offer the sandbox's own ids, too, below what the book has, and name those that it has."""
    known = find_services().account.read_ids()
    names = {example.value: example.nickname for example in known}
    for field, kinds in ID_FIELDS.items():
        in_book = {value for _, value, _ in offered[field]}
        offered[field] = [
            *((kind, value, name or names.get(value, "")) for kind, value, name in offered[field]),
            *(
                example
                for example in known
                if example.kind in set(kinds) and example.value not in in_book
            ),
        ]


def _draw_page(key: str, form: BookForm) -> str:
    search = _read_search()
    with store().reading() as session:
        known = address_book.read_entries(session, key)
        matching = [entry for entry in known if _matches(entry, search)]
        return render_template(
            "connections/book.html",
            connection=connections().find(connections().get(key).key),
            count=len(known),
            more=len(matching[MOST:]),
            entries=matching[:MOST],
            search=search,
            form=form,
        )


def _matches(entry: BookEntry, search: str) -> bool:
    """Tell whether an entry has the words of a search, whatever their case and accents."""
    return has_words(f"{entry.nickname} {entry.value} {entry.kind}", search)
