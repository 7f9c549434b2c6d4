"""Views of the list that people keep under names, each for themselves."""

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.store.team_models import SavedView

NOBODY = 0
"""In place of an account, of whom there is none."""

MOST = 20
"""So many for each person."""

LONGEST_NAME = 40


class TooManyViews(Exception):
    """Somebody keeps `MOST` views already."""


def list_views(session: Session, account_id: int) -> list[SavedView]:
    """List a person's views by their names."""
    views = session.scalars(select(SavedView).where(SavedView.account_id == account_id))
    return sorted(views, key=lambda view: (view.name.casefold(), view.name))


def find(session: Session, account_id: int, name: str) -> SavedView | None:
    """Find a person's view by its name, or else by that in another case."""
    views = list_views(session, account_id)
    alike = [view for view in views if view.name.casefold() == name.casefold()]
    return next((view for view in alike if view.name == name), alike[0] if alike else None)


def keep(session: Session, account_id: int, name: str, asked: Mapping[str, str]) -> SavedView:
    """Keep a view, in place of the one that is called so; raises `TooManyViews`."""
    if view := find(session, account_id, name):
        view.name, view.asked = name, dict(asked)
        return view
    if len(list_views(session, account_id)) >= MOST:
        raise TooManyViews
    view = SavedView(account_id=account_id, name=name, asked=dict(asked))
    session.add(view)
    session.flush()
    return view


def hand_over(session: Session, account_id: int) -> None:
    """Let the views of who worked here without an account be those of the first who has one.

    One that has the name of a view of theirs stays behind.
    """
    theirs = select(SavedView.name).where(SavedView.account_id == account_id)
    names = session.scalars(theirs).all()
    change = update(SavedView).where(SavedView.account_id == NOBODY, SavedView.name.not_in(names))
    session.execute(change.values(account_id=account_id))


def forget(session: Session, account_id: int, view_id: int) -> None:
    """Forget a person's view; one that is gone, or somebody else's, is left alone."""
    own = SavedView.id == view_id, SavedView.account_id == account_id
    session.execute(delete(SavedView).where(*own))
