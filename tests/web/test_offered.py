"""Nobody is offered what they may not do, nor led elsewhere without a word."""

from collections.abc import Callable

from flask import Flask

from app.rights import ALL, Role
from app.store.base import State
from tests.pages import Visitor
from tests.web.teams import make_team


def test_who_may_not_edit_where_a_campaign_was_begun_is_told_where_it_goes(
    app: Flask, add_connection: Callable[..., str]
) -> None:
    key, team = add_connection(), make_team(app)
    editor = Visitor(team.add("edda", Role.EDITOR))
    page = editor.open("/drafts/new", connection=key)
    assert page.typed("connection") == "sandbox"
    assert "this one goes to Sandbox" in page.flash()


def test_nobody_is_offered_what_they_may_not_do(
    app: Flask, sent: Callable[[State], int], saved: Callable[..., str]
) -> None:
    team = make_team(app)
    viewer = Visitor(team.add("vera", Role.VIEWER, at=ALL))
    pages = [f"/submissions/{sent(State.UNKNOWN)}", "/connections/sandbox"]
    pages.append(f"/batches/{team.make_batch([saved()])}")
    for address in pages:
        page = viewer.open(address)
        assert (page.status, page.soup.select("main form[method=post] button")) == (200, [])
