"""Sign-in, by Flask-Security: passwords, passkeys, codes of an app, recovery codes, freshness.

Ours are three things that it does not do. Each sign-in is kept on the server (`sign_ins`), so
that it can be seen and ended. How often somebody may try is counted in the database, for all
machines together. And who signed in, and changed what about it, is in the event trail.

Its unified form, in which a code of six digits can stand in place of a password, is not used: a
code is a second step here. Nor are its tokens: who calls from a program has a token of ours.
"""

import base64
import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import Flask, g, request, session
from flask_login import current_user, user_logged_out
from flask_security import Security, signals
from flask_security.core import _user_loader
from sqlalchemy.exc import DatabaseError

from app.people.datastore import Datastore
from app.people.letters import write_password_change, write_second_step_change
from app.people.mail import Letter, Outbox
from app.people.passwords import SHORTEST, Passwords
from app.people.second_steps import Codes, Passkeys, RecoveryCodes
from app.store import accounts, audit_trail, sign_ins
from app.store.audit_trail import EventKind, name_account_chain
from app.store.database import Store
from app.store.people_models import Account, SignIn

KEY = "sign_in"
"""Where a session has the key of its sign-in."""

WITHOUT_ACCOUNT = frozenset({"static", "style", "about.tell_health", "about.tell_readiness"})
"""What is the same for everybody, and works without a database."""

FRESH = timedelta(minutes=15)
"""For how long somebody who has just proved who they are may do what is asked for anew."""

_WAYS = {
    "people.take_link": "link",
    "security.change_password": "new password",
    "security.login": "password",
    "security.mf_recovery": "password and recovery code",
    "security.two_factor_token_validation": "password and code",
    "security.wan_signin_response": "passkey",
}
"""By what somebody has signed in, by the view at which they did."""

_BY_ONE_FACTOR = frozenset({"people.take_link", "security.login"})
"""Views at which somebody signs in by one thing alone: a link, or a password."""

_ONE_FACTOR = "one_factor"
"""Where a session has whether its sign-in was by one thing alone."""

HASHING = {"argon2__time_cost": 3, "argon2__memory_cost": 65536, "argon2__parallelism": 4}
"""What a hash of a password costs: 64 MiB, three times over (RFC 9106, 4, the second choice)."""

_ADDRESSES = {
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "VERIFY_URL": "/sign-in/again",
    "CHANGE_URL": "/account/password",
    "TWO_FACTOR_SETUP_URL": "/account/codes",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "TWO_FACTOR_SELECT_URL": "/sign-in/step",
    "TWO_FACTOR_RESCUE_URL": "/sign-in/lost",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "WAN_REGISTER_URL": "/account/passkeys",
    "WAN_DELETE_URL": "/account/passkeys/delete",
    "WAN_SIGNIN_URL": "/sign-in/passkey",
    "WAN_VERIFY_URL": "/sign-in/again/passkey",
}
_TEMPLATES = {
    "LOGIN_USER_TEMPLATE": "people/sign_in.html",
    "VERIFY_TEMPLATE": "people/again.html",
    "CHANGE_PASSWORD_TEMPLATE": "people/password.html",
    "TWO_FACTOR_SETUP_TEMPLATE": "people/codes.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "people/code.html",
    "TWO_FACTOR_SELECT_TEMPLATE": "people/step.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "people/recovery_codes.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": "people/recovery_code.html",
    "WAN_REGISTER_TEMPLATE": "people/passkeys.html",
    "WAN_SIGNIN_TEMPLATE": "people/passkey.html",
    "WAN_VERIFY_TEMPLATE": "people/passkey_again.html",
}
_WORDS = {
    "GENERIC_AUTHN_FAILED": "The e-mail address or the password is wrong.",
    "UNAUTHENTICATED": "Sign in to go on.",
    "REAUTHENTICATION_REQUIRED": "This is asked for anew: prove that it is you.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. Go on where you were.",
    "PASSWORD_CHANGE": "Your password is changed. You were signed out everywhere else.",
    "PASSWORD_IS_THE_SAME": "Choose another password than the one you have.",
    "INVALID_PASSWORD": "The password is wrong.",
    "PASSWORD_NOT_PROVIDED": "Enter your password.",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords are not the same.",
    "TWO_FACTOR_INVALID_TOKEN": "The code is wrong or was used. Enter the one that is shown now.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "Signed in.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "From now on a code is asked for when you sign in.",
    "TWO_FACTOR_DISABLED": "No code is asked for any more when you sign in.",
    "INVALID_RECOVERY_CODE": "The recovery code is wrong or was used.",
    "EMAIL_NOT_PROVIDED": "Enter your e-mail address.",
    "INVALID_EMAIL_ADDRESS": "Enter an e-mail address, as name@example.com.",
    "WEBAUTHN_EXPIRED": "That took too long. Try again.",
    "WEBAUTHN_NAME_REQUIRED": "Enter a name for the passkey.",
    "WEBAUTHN_NAME_INUSE": "You have a passkey of this name. Choose another.",
    "WEBAUTHN_REGISTER_SUCCESSFUL": "The passkey is there. Use it the next time you sign in.",
    "WEBAUTHN_CREDENTIAL_DELETED": "The passkey is deleted.",
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": "This passkey is not known here.",
}


def install(app: Flask, store: Store, outbox: Outbox) -> None:
    """Let people sign in to an app; who has changed how is told by *outbox*."""
    secret = str(app.config["SECRET_KEY"])
    options = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": HASHING,
        "PASSWORD_SINGLE_HASH": True,  # argon2 salts each hash by itself.
        "PASSWORD_LENGTH_MIN": SHORTEST,
        "RETURN_GENERIC_RESPONSES": True,
        "API_ENABLED_METHODS": ["session"],
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TOTP_SECRETS": {"1": _derive(secret, "codes").decode()},
        "TOTP_ISSUER": "Campaign Builder",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derive(secret, "recovery codes")],
        "WEBAUTHN": True,
        "WAN_RP_NAME": "Campaign Builder",
        "WAN_ALLOW_USER_HINTS": False,  # They would tell whether an account exists.
        "WAN_ALLOW_AS_VERIFY": ["first"],
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "DATETIME_FACTORY": lambda: datetime.now(UTC),
        "ANONYMOUS_USER_DISABLED": True,
        "JOIN_USER_ROLES": False,
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": "/sign-in",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "WAN_POST_REGISTER_VIEW": "/account",
        "POST_CHANGE_VIEW": "/account",
        **_ADDRESSES,
        **_TEMPLATES,
        **{f"MSG_{name}": (words, "message") for name, words in _WORDS.items()},
    }
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
    _put_on_record(app, store, outbox)


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

    A passkey is two by itself, as it asks for a finger or a PIN. What a provider asks for is its.
    """
    return bool(account.tf_primary_method) or not session.get(_ONE_FACTOR, True)


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
    with suppress(DatabaseError):
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
        with suppress(DatabaseError), store.writing(name_account_chain(account.id)) as database:
            sign_ins.note_use(database, g.sign_in.id, now)
    return account


def _put_on_record(app: Flask, store: Store, outbox: Outbox) -> None:
    """Write down each sign-in, and each change of how somebody signs in, which they are told."""

    def begin(_app: Flask, user: Account, **_more: object) -> None:
        who = accounts.describe_person(user).label
        if request.endpoint != "security.change_password":  # Who changes it is signed in.
            session[_ONE_FACTOR] = request.endpoint in _BY_ONE_FACTOR
        session.pop("csrf_token", None)  # What was there before the sign-in is not used after it.
        g.pop("csrf_token", None)
        with store.writing(name_account_chain(user.id)) as database:
            if before := sign_ins.find(database, session.get(KEY, ""), datetime.now(UTC)):
                sign_ins.end(database, before.account_id, before.id, who=who)
            session[KEY] = sign_ins.begin(
                database,
                user,
                address=request.remote_addr or "",
                agent=request.user_agent.string,
                who=who,
                by=_WAYS.get(request.endpoint or "", ""),
            )

    def end(_app: Flask, user: Account, **_more: object) -> None:
        with store.writing(name_account_chain(user.id)) as database:
            if open_one := sign_ins.find(database, session.pop(KEY, ""), datetime.now(UTC)):
                who = accounts.describe_person(user).label
                sign_ins.end(database, user.id, open_one.id, who=who)

    def note(
        kind: EventKind, write_letter: Callable[[str, str], Letter], **details: object
    ) -> Callable[..., None]:
        def write(_app: Flask, user: Account, **_more: object) -> None:
            chain = name_account_chain(user.id)
            with store.writing(chain) as database:
                if kind is EventKind.PASSWORD_SET:
                    accounts.delete_links(database, user.id)
                    sign_ins.end_all(database, user.id, but=session.get(KEY, ""))
                who = accounts.describe_person(user).label
                audit_trail.record(database, kind, chain, who=who, email=user.email, **details)
            outbox.post(partial(write_letter, user.email, user.name))

        return write

    note_step = partial(note, EventKind.SECOND_STEP_CHANGED, write_second_step_change)
    receivers = (
        (signals.user_authenticated, begin),
        (user_logged_out, end),
        (signals.password_changed, note(EventKind.PASSWORD_SET, write_password_change)),
        (signals.tf_profile_changed, note_step(codes=True)),
        (signals.tf_disabled, note_step(codes=False)),
        (signals.wan_registered, note_step(passkey="added")),
        (signals.wan_deleted, note_step(passkey="deleted")),
    )
    app.extensions["sign_in_record"] = receivers  # A signal alone keeps none, nor the app.
    for signal, receiver in receivers:
        signal.connect(receiver, app)


def _derive(secret: str, purpose: str) -> bytes:
    """Derive a key for one purpose from the secret of the app."""
    digest = hashlib.sha256(f"{purpose} of Campaign Builder {secret}".encode()).digest()
    return base64.urlsafe_b64encode(digest)
