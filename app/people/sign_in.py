"""Sign-in, by Flask-Security: passwords, passkeys, codes of an app, recovery codes, freshness.

Ours are three things that it does not do. Each sign-in is kept on the server (`sign_ins`), so
that it can be seen and ended. How often somebody may try is counted in the database, for all
machines together. And who signed in, and changed what about it, is in the event trail.

Its unified form, in which a code of six digits can stand in place of a password, is not used: a
code is a second step here. Nor are its tokens: who calls from a program has a token of ours.
"""

from contextlib import suppress
from datetime import UTC, datetime

from flask import Flask, g, request, session
from flask_login import current_user
from flask_security import Security
from flask_security.core import _user_loader
from sqlalchemy.exc import SQLAlchemyError

from app.people import code_setup
from app.people.datastore import Datastore
from app.people.mail import Outbox
from app.people.passwords import Passwords
from app.people.second_steps import Codes, Passkeys, RecoveryCodes
from app.people.sign_in_options import write_options
from app.people.sign_in_record import KEY, ONE_FACTOR, SignInRecord
from app.store import sign_ins
from app.store.audit_trail import name_account_chain
from app.store.database import Store
from app.store.people_models import Account, SignIn

WITHOUT_ACCOUNT = frozenset({"static", "style", "about.tell_health", "about.tell_readiness"})
"""What is the same for everybody, and works without a database."""


def install(app: Flask, store: Store, outbox: Outbox) -> None:
    """Let people sign in to an app; who has changed how is told by *outbox*."""
    options = write_options(str(app.config["SECRET_KEY"]))
    app.config.update({f"SECURITY_{name}": value for name, value in options.items()})
    security = Security(
        app,
        Datastore(store),
        password_util_cls=Passwords,
        totp_cls=Codes,
        mf_recovery_codes_util_cls=RecoveryCodes,
        webauthn_util_cls=Passkeys,
    )
    security.want_json(lambda _request: False)
    # A static file is the same for everybody: no cookie may tell one copy of it from another.
    security.principal.skip_static = True  # Nobody is looked up for a file of everybody's.
    security.login_manager.user_loader(lambda name: _load(store, name))
    security.login_manager.request_loader(lambda _request: None)
    code_setup.install(app)
    SignInRecord(store, outbox).connect(app)


def find_account() -> Account | None:
    """Find the account that is signed in with this request."""
    account = current_user._get_current_object() if current_user else None  # noqa: SLF001
    return account if isinstance(account, Account) else None


def find_sign_in() -> SignIn | None:
    """Find the sign-in of this request; there is none before somebody has signed in."""
    find_account()
    sign_in: SignIn | None = g.get("sign_in")
    return sign_in


def has_second_factor(account: Account) -> bool:
    """Tell whether somebody has proved by two things who they are, or will have to from now on.

    A passkey counts as two, as it asks for a fingerprint or a PIN. Who signs in by a provider is
    asked for no second one here.
    """
    return bool(account.tf_primary_method) or not session.get(ONE_FACTOR, True)


def renew_key(store: Store) -> None:
    """Give the browser another key, since whoever is at it has just proved who they are.

    Somebody who has a copy of the cookie of before gains nothing by it.
    """
    if (sign_in := find_sign_in()) is not None:
        with store.writing(name_account_chain(sign_in.account_id)) as database:
            session[KEY] = sign_ins.renew(database, sign_in.id)


def _load(store: Store, name: str) -> Account | None:
    """Give the account of a session whose sign-in goes on; without a database, none.

    The page that says so asks, too.
    """
    if request.endpoint in WITHOUT_ACCOUNT:
        return None
    with suppress(SQLAlchemyError):
        return _read(store, name)
    return None


def _read(store: Store, name: str) -> Account | None:
    now = datetime.now(UTC)
    with store.reading() as database:
        g.sign_in = sign_ins.find(database, session.get(KEY, ""), now)
    account: Account | None = (
        _user_loader(name) if g.sign_in else None  # type: ignore[no-untyped-call]
    )
    if account is None or g.sign_in.account_id != account.id:
        g.sign_in = None
        return None
    if now - g.sign_in.seen_at > sign_ins.SEEN_EVERY:
        with suppress(SQLAlchemyError), store.writing(name_account_chain(account.id)) as database:
            sign_ins.note_use(database, g.sign_in.id, now)
    return account
