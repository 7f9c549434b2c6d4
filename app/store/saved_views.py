"""Views of the list that people keep under names, each for themselves."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.store.team_models import SavedView

MOST = 20
"""So many for each person."""

LONGEST_NAME = 40


class TooManyViews(Exception):
    """Somebody keeps `MOST` views already."""


def list_views(session: Session, account_id: int) -> list[SavedView]:
    """List a person's views by their names."""
    views = session.scalars(select(SavedView).where(SavedView.account_id == account_id))
    return sorted(views, key=lambda view: (view.name.casefold(), view.name))


def keep(session: Session, account_id: int, name: str, asked: Mapping[str, str]) -> SavedView:
    """Keep a view, in place of the one that is called so; raises `TooManyViews`."""
    views = list_views(session, account_id)
    for view in views:
        if view.name == name:
            view.asked = dict(asked)
            return view
    if len(views) >= MOST:
        raise TooManyViews
    view = SavedView(account_id=account_id, name=name, asked=dict(asked))
    session.add(view)
    session.flush()
    return view


def forget(session: Session, account_id: int, view_id: int) -> None:
    """Forget a person's view; one that is gone, or somebody else's, is left alone."""
    own = SavedView.id == view_id, SavedView.account_id == account_id
    session.execute(delete(SavedView).where(*own))
