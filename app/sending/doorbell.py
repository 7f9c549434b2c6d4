"""The bell that wakes a sender, in this process or on another machine: huey, and no more of it.

A message names a connection, and nothing hangs on it: what has to be sent stands in the
database, where one worker claims it. A message that is lost, late or repeated changes nothing
but when somebody looks; a sweep, every minute, looks for what nobody rang for. Whether a server
is there its own driver asks, which can be told how long to wait.
"""

import hmac
import logging
import sqlite3
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from threading import Condition, Event, Lock, Thread
from time import monotonic
from typing import Any

import psycopg
from huey import Huey, PostgresHuey, RedisHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from huey.storage import SqliteStorage
from redis import ConnectionPool, Redis, RedisError

from app.logs import describe_error
from app.private_files import make_database_private
from app.sending.background import Background

FILE = "queue.db"
"""The file of the messages in the instance folder, unless they are on a server."""

PATIENCE = 2
"""Whole seconds in which a server has to answer whether it is there; psycopg takes no fewer."""

_NAME = "campaign-builder"
_EVERY = 60.0
_POSTGRESQL = "postgresql://"
_OF_POSTGRESQL: Mapping[str, Any] = {
    "connect_timeout": PATIENCE,
    "tcp_user_timeout": 5000,
    "application_name": f"{_NAME} queue",
}
_OF_REDIS = {"socket_connect_timeout": PATIENCE, "socket_timeout": 5.0}
"""Longer than it is waited for a message."""

_UNTOLD = "Nobody was told that a campaign waits; it is found in a minute."
_log = logging.getLogger(__name__)


class Doorbell:
    """Rings for a connection, and calls *answer* with its key where somebody listens."""

    def __init__(
        self, url: str, instance: Path, secret: str, answer: Callable[[str], None]
    ) -> None:
        """Keep where messages go; *url* is a server of PostgreSQL or Redis, else it is a file.

        Without a server this process listens as soon as it rings. *secret* signs the messages.
        """
        self._url, self._file, self._secret = url, instance / FILE, secret
        self._answer = answer
        self.sweep: Callable[[], None] = lambda: None
        """What is done every minute where somebody listens; said later, as it rings itself."""
        self._lock = Lock()
        self._consumer: Consumer | None = None
        self._sweeping: Thread | None = None
        self._stopped = Event()
        self._ringing = Background()

    def ring(self, connection_key: str) -> None:
        """Say that something waits to be sent to a connection; who listens looks at once.

        Nobody waits for a server that is silent. Once stopped, a process without one says nothing:
        its next start looks by itself.
        """
        if self._url:
            try:
                self._ringing.run(connection_key, partial(self._tell_server, connection_key))
            except RuntimeError:  # There is no thread to be had.
                _log.exception(_UNTOLD)
        elif not self._stopped.is_set():
            self._tell_here(connection_key)

    def _tell_server(self, connection_key: str) -> None:
        try:
            self._messages[1](connection_key)
        except Exception:  # noqa: BLE001  It is one of many kinds, and the sweep rings again.
            _log.exception(_UNTOLD)

    def _tell_here(self, connection_key: str) -> None:
        try:
            self.listen()
            self._messages[1](connection_key)
        except Exception:  # noqa: BLE001  Who answers is here, whatever the messages lack.
            _log.exception("The file of the queue cannot be used; who sends is told without.")
            self._answer(connection_key)

    def listen(self) -> None:
        """Answer every message from now on, and sweep every minute; does so once.

        Where the messages cannot be used, it is tried again with each sweep. Raises `RuntimeError`
        if no thread can be started.
        """
        with self._lock:
            if self._stopped.is_set():
                return
            if self._sweeping is None:
                sweeping = Thread(target=self._sweep_every_minute, daemon=True)
                sweeping.start()
                self._sweeping = sweeping
            if self._consumer is None:
                self._consumer = self._start_consumer()

    def _start_consumer(self) -> Consumer | None:
        try:
            consumer = _Consumer(
                self._messages[0], workers=1, periodic=False, check_worker_health=False
            )
        except Exception:  # noqa: BLE001  It is one of many kinds.
            _log.exception("The queue cannot be used; what waits is found every minute.")
            return None
        try:
            consumer.start()
        except RuntimeError:  # There is no thread to be had; the next one tries again.
            consumer.stop()
            raise
        return consumer

    def stop(self) -> None:
        """Answer no further message, for good."""
        self._stopped.set()
        with self._lock:
            if self._consumer:
                self._consumer.stop()
                self._consumer.huey.storage.close()
                self._consumer = None

    def _sweep_every_minute(self) -> None:
        """Sweep for as long as somebody listens, whatever has become of the queue."""
        while not self._stopped.wait(_EVERY):
            try:
                self.listen()
                self.sweep()
            except Exception:  # noqa: BLE001  It is done again in a minute.
                _log.exception("The sweep failed")

    @property
    def has_server(self) -> bool:
        """Whether messages go over a server, which can be out of reach."""
        return bool(self._url)

    def is_reachable(self) -> bool:
        """Tell within `PATIENCE` whether the server of the messages lets this process in.

        It is asked over a connection of its own: others may be waiting for an answer.
        """
        try:
            if self._url.startswith(_POSTGRESQL):
                psycopg.connect(self._url, **_OF_POSTGRESQL).close()
            else:
                _ping_redis(self._url)
        except (psycopg.Error, RedisError, OSError, ValueError):
            return False
        return True

    @cached_property
    def _messages(self) -> tuple[Huey, Callable[[str], Any]]:
        """Open where messages go: that, and what sends one."""
        options = {"results": False, "serializer": _Signed(secret=self._secret)}
        make_huey = _open(self._url, self._file)
        try:
            huey = make_huey(_NAME, **options)
        except psycopg.errors.UniqueViolation:  # Another process made the tables meanwhile.
            huey = make_huey(_NAME, **options)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise
            self._file.unlink(missing_ok=True)  # Nothing hangs on what it held.
            make_database_private(self._file)
            huey = make_huey(_NAME, **options)
        return huey, huey.task(name="ring")(self._answer)


def _open(url: str, file: Path) -> Callable[..., Huey]:
    if url.startswith(_POSTGRESQL):
        return partial(PostgresHuey, dsn=psycopg.conninfo.make_conninfo(url, **_OF_POSTGRESQL))
    if url:
        return partial(RedisHuey, connection_pool=ConnectionPool.from_url(url, **_OF_REDIS))
    make_database_private(file)
    return partial(Huey, storage_class=_File, filename=str(file), fsync=False, cache_mb=0)


def _ping_redis(url: str) -> None:
    """Ask Redis once; raises `RedisError`, and `ValueError` for what is no URL of one."""
    patience = {"socket_connect_timeout": PATIENCE / 2, "socket_timeout": PATIENCE / 2}
    with Redis.from_url(url, **patience) as server:
        server.ping()


class _Signed(SignedSerializer):
    """Messages that are read only if they are signed: huey reads them by pickle.

    huey itself signs with SHA-1.
    """

    def _signature(self, message: bytes) -> bytes:
        key: bytes = self.salt + self.secret
        return hmac.digest(key, message, "sha256").hex().encode()


class _File(SqliteStorage):
    """Messages in a file; who waits in the same process is woken, and others look every second."""

    blocking = True

    def __init__(self, *args: Any, **options: Any) -> None:
        self._arrived, self._is_closed = Condition(), False
        super().__init__(*args, **options)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        with self._arrived:
            super().enqueue(data, priority)
            self._arrived.notify()

    def dequeue(self) -> bytes | None:
        with self._arrived:
            message: bytes | None = super().dequeue()
            if message is None:
                self._arrived.wait(1)
                message = None if self._is_closed else super().dequeue()
            return message

    def close(self) -> bool:
        with self._arrived:
            self._is_closed = True
            self._arrived.notify_all()
            return bool(super().close())


class _Calm(logging.Filter):
    """Lets huey say in one line, and once a minute, what it says at each try of a silent server."""

    def __init__(self) -> None:
        super().__init__()
        self._logged_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        message, now = record.getMessage(), monotonic()
        if now - self._logged_at.get(message, -_EVERY) < _EVERY:
            return False
        self._logged_at[message] = now
        if record.exc_info and record.exc_info[1]:
            record.msg, record.args = "%s: %s", (message, describe_error(record.exc_info[1]))
            record.exc_info = None
        return True


logging.getLogger("huey.consumer").addFilter(_Calm())


class _Consumer(Consumer):
    """A consumer in a process that handles signals by itself."""

    def _set_signal_handlers(self) -> None:
        pass
