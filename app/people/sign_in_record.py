"""What is written down of signing in: who did, where and by what, and who changed how they do."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from flask import Flask, g, request, session
from flask_login import user_logged_out
from flask_security import signals

from app.people.letters import write_password_change, write_second_step_change
from app.people.mail import Letter, Outbox
from app.people.second_steps import recovery_codes_made
from app.store import accounts, audit_trail, sign_ins
from app.store.audit_trail import EventKind, name_account_chain
from app.store.database import Store
from app.store.people_models import Account

KEY = "sign_in"
"""Where a session has the key of its sign-in."""

ONE_FACTOR = "one_factor"
"""Where a session has whether its sign-in was by one thing alone."""

_BY_ONE_FACTOR = frozenset({"joining.take_link", "security.login"})
"""Views at which somebody signs in by one thing alone: a link, or a password."""

_WAYS = {
    "joining.take_link": "link",
    "provider.back": "provider",
    "security.change_password": "new password",
    "security.login": "password",
    "security.mf_recovery": "password and recovery code",
    "security.two_factor_token_validation": "password and code",
    "security.wan_signin_response": "passkey",
}
"""By what somebody has signed in, by the view at which they did."""


class SignInRecord:
    """Writes down each sign-in, and each change of how somebody signs in, which they are told."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def connect(self, app: Flask) -> None:
        """Listen to what Flask-Security tells of this app."""
        note_step = partial(self._note, EventKind.SECOND_STEP_CHANGED, write_second_step_change)
        note_password = partial(self._note, EventKind.PASSWORD_SET, write_password_change)
        receivers = (
            (signals.user_authenticated, self._begin),
            (user_logged_out, self._end),
            (signals.password_changed, note_password()),
            (signals.tf_profile_changed, note_step(codes=True)),
            (signals.tf_disabled, self._forget_recovery_codes),
            (signals.tf_disabled, note_step(codes=False)),
            (recovery_codes_made, note_step(recovery_codes=True)),
            (signals.wan_registered, note_step(passkey="added")),
            (signals.wan_deleted, note_step(passkey="deleted")),
        )
        app.extensions["sign_in_record"] = receivers  # A signal alone keeps none, nor the app.
        for signal, receiver in receivers:
            signal.connect(receiver, app)

    def _begin(self, _app: Flask, user: Account, **_more: object) -> None:
        who = accounts.describe_person(user).label
        if request.endpoint != "security.change_password":  # Who changes it is signed in.
            session[ONE_FACTOR] = request.endpoint in _BY_ONE_FACTOR
        session.pop("csrf_token", None)  # What was there before the sign-in is not used after it.
        g.pop("csrf_token", None)
        with self._store.writing(name_account_chain(user.id)) as database:
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

    def _end(self, _app: Flask, user: Account, **_more: object) -> None:
        with self._store.writing(name_account_chain(user.id)) as database:
            if open_one := sign_ins.find(database, session.pop(KEY, ""), datetime.now(UTC)):
                who = accounts.describe_person(user).label
                sign_ins.end(database, user.id, open_one.id, who=who)

    @staticmethod
    def _forget_recovery_codes(_app: Flask, user: Account, **_more: object) -> None:
        """Let no recovery code be used that stood in for codes which are asked for no more.

        It is written with what has turned these off.
        """
        user.mf_recovery_codes = None

    def _note(
        self, kind: EventKind, write_letter: Callable[[str, str], Letter], **details: object
    ) -> Callable[..., None]:
        """Make what notes a change of this kind, with these details."""

        def note(app: Flask, user: Account, **_more: object) -> None:
            app.extensions["security"].datastore.commit()  # What is told has come about.
            chain = name_account_chain(user.id)
            with self._store.writing(chain) as database:
                if kind is EventKind.PASSWORD_SET:
                    accounts.delete_links(database, user.id)
                    sign_ins.end_all(database, user.id, but=session.get(KEY, ""))
                who = accounts.describe_person(user).label
                audit_trail.record(database, kind, chain, who=who, email=user.email, **details)
            self._outbox.post(partial(write_letter, user.email, user.name))

        return note
