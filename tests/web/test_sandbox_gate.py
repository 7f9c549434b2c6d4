"""Who may ask the built-in sandbox over HTTP."""

import json

from flask import Flask

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.remote.client import CampaignApi
from app.rights import Scope
from app.sandbox import TOKEN
from app.sandbox.ledger import Ledger
from tests.people.accounts import add_account
from tests.web.programs import PAYLOAD, make_token

ADDRESS = f"/sandbox{CAMPAIGNS_PATH}"


def ask(app: Flask, token: str, **environ: str) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = app.test_client()
    return client.post(
        ADDRESS, json=PAYLOAD, headers=headers, environ_overrides=environ
    ).status_code


def test_alone_this_machine_asks_with_the_token_that_the_page_names(app: Flask) -> None:
    assert ask(app, TOKEN) == 201
    assert ask(app, "other") == 401


def test_alone_nobody_elsewhere_is_answered(app: Flask, ledger: Ledger) -> None:
    assert ask(app, TOKEN, REMOTE_ADDR="192.0.2.7") == 403
    assert ask(app, TOKEN, HTTP_X_FORWARDED_FOR="192.0.2.7") == 403
    app.config["IS_REACHABLE"] = True
    assert ask(app, TOKEN) == 403
    assert ledger.read_page(1) == []


def test_once_people_have_accounts_a_program_needs_a_token_of_one_that_may_write(
    app: Flask, ledger: Ledger
) -> None:
    account = add_account(app)
    assert ask(app, TOKEN) == 401
    assert ask(app, "") == 401
    assert ask(app, make_token(app, account, Scope.READ)) == 401
    assert ledger.read_page(1) == []
    assert ask(app, make_token(app, account), REMOTE_ADDR="192.0.2.7") == 201
    assert len(ledger.read_page(2)) == 1


def test_what_is_refused_is_said_in_the_shape_of_the_api(app: Flask) -> None:
    add_account(app)
    answer = app.test_client().post(ADDRESS, json=PAYLOAD)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json == {
        "status": "error",
        "message": "Send a token of yours that may write, as “Authorization: Bearer cb_…”.",
    }


def test_the_reference_is_for_everybody(app: Flask) -> None:
    add_account(app)
    assert app.test_client().get("/sandbox/").status_code == 200


def test_the_app_itself_sends_to_it_once_people_have_accounts(app: Flask, api: CampaignApi) -> None:
    add_account(app)
    body = json.dumps(PAYLOAD).encode()
    assert api.create_campaign(body).campaign_id
