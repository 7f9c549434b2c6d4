"""For whom a program asks: the API is asked with a token, and no cookie counts there.

While there are no accounts there are no tokens either, and programs of this machine need none.
Browsers are such programs, too: a page of another site is not answered.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from app.rights import Person, Scope, make_local_person
from app.services import store
from app.store import accounts, api_tokens, sign_in_pace
from app.store.audit_trail import name_account_chain
from app.store.people_models import ApiToken
from app.store.sign_in_pace import SIGN_INS
from app.web.refusals import NotAllowed, NoToken, TooManyTries
from app.web.security import is_from_here

_ROOT = "/api/"


def is_for_api() -> bool:
    """Tell whether a program asks, which is answered in JSON whatever happens."""
    return request.path.startswith(_ROOT)


def find_program() -> Person:
    """Find for whom a program asks, with no more rights than its token has.

    Raises `NoToken`, `TooManyTries` for wrong ones, and `NotAllowed` for a page of another site.
    """
    authorization = request.authorization
    if authorization and authorization.type == "bearer":
        return _find_owner(authorization.token or "")
    with store().reading() as database:
        if accounts.is_any_active(database):
            raise NoToken
    if _is_of_another_site():
        raise NotAllowed("Pages of other sites are not answered here.")
    return make_local_person("")


def _find_owner(key: str) -> Person:
    now = datetime.now(UTC)
    with store().reading() as database:
        row = api_tokens.find(database, key, now)
    if row is None:
        _hold_back()
        raise NoToken(was_sent=True)
    token, account = row
    _note_use(token, now)
    return replace(accounts.describe_person(account), scope=Scope(token.scope))


def _note_use(token: ApiToken, now: datetime) -> None:
    """Write down that a token is used, every now and then; that it cannot be keeps nobody out."""
    if token.used_at and now - token.used_at <= api_tokens.USED_EVERY:
        return
    with (
        suppress(SQLAlchemyError),
        store().writing(name_account_chain(token.account_id)) as database,
    ):
        api_tokens.note_use(database, token.id, now)


def _hold_back() -> None:
    """Count a wrong token; raises `TooManyTries`. Who has a good one never waits."""
    with store().writing(SIGN_INS) as database:
        wait = sign_in_pace.try_token(database, request.remote_addr or "")
    if wait:
        raise TooManyTries(ceil(wait))


def _is_of_another_site() -> bool:
    """Tell whether a browser says that a page of another site asks."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    says_who = site not in {None, "none"} or origin is not None
    return says_who and not is_from_here()
