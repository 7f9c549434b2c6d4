"""Accounts as Flask-Security reads and writes them, over our own two kinds of transaction.

It asks a session of SQLAlchemy's whenever it likes and commits at the end of a request. A
transaction that stayed open for so long would hold up everybody who writes on SQLite while a
password is hashed. So each question is a transaction of its own, and what was changed is written
in one at the commit. Who was overtaken meanwhile is refused by the version of the row: a
recovery code, for one, must not count twice.
"""

from typing import Any

from flask import current_app, g
from flask_security import RoleMixin, SQLAlchemyUserDatastore, UserMixin
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql import Executable

from app.store.accounts import ALL_ACCOUNTS
from app.store.database import Store
from app.store.people_models import Account, Passkey


class Datastore(SQLAlchemyUserDatastore):
    """The accounts and passkeys of a store."""

    def __init__(self, store: Store) -> None:
        self.session = _Changes(store)
        super().__init__(self, Account, RoleMixin, Passkey)

    def tf_set(
        self,
        user: UserMixin,
        primary_method: str,
        totp_secret: str | None = None,
        phone: str | None = None,
    ) -> None:
        """Keep how codes are made, which is done anew each time that a right one was given."""
        if totp_secret:
            codes = current_app.extensions["security"].totp_factory
            totp_secret = codes.lock_as_now(totp_secret)
        super().tf_set(user, primary_method, totp_secret, phone)


class _Changes:
    """What Flask-Security takes for a session: it gathers what is to be written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def scalar(self, statement: Executable) -> Any:
        with self._store.reading() as session:
            row = session.scalar(statement)
            session.expunge_all()
            return row

    def add(self, row: Account | Passkey) -> None:
        """Keep a row to be written; a new passkey comes with its account."""
        is_new_passkey = isinstance(row, Passkey) and row.id is None
        if row not in self._rows and not is_new_passkey:
            self._rows.append(row)

    def delete(self, row: Passkey) -> None:
        """Delete a passkey: its account gives it up."""
        self._gone.append(row.id)

    def commit(self) -> None:
        """Write what was gathered; raises `StaleDataError` if another request was quicker."""
        if not self._rows and not self._gone:
            return
        try:
            with self._store.writing(ALL_ACCOUNTS) as session:
                self._write(session)
        finally:  # What was overtaken is not tried again while the request ends.
            self._rows.clear()
            self._gone.clear()

    def _write(self, session: Session) -> None:
        for row in self._rows:
            written = session.merge(row)
            session.flush()
            if isinstance(written, Account):  # It can be written again within this request.
                set_committed_value(row, "version", written.version)
        for number in self._gone:
            if passkey := session.get(Passkey, number):
                session.delete(passkey)

    @property
    def _rows(self) -> list[Account | Passkey]:
        rows: list[Account | Passkey] = g.setdefault("changed_accounts", [])
        return rows

    @property
    def _gone(self) -> list[int]:
        numbers: list[int] = g.setdefault("gone_passkeys", [])
        return numbers
