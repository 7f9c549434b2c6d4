"""Timing that a noisy machine spoils least, and what a measurement is."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from werkzeug.test import Client, EnvironBuilder

Wsgi = Callable[..., Iterable[bytes]]

_BASE = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Figure:
    """One measured figure: what it is, ours, what it is held against, and the goal.

    *value* is what the goal is about, in *unit*; *floor* says what the value was divided
    by, where it is a ratio.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    most: bool = True
    ours: str = ""
    floor: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; `None` without one."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.most else self.value >= self.goal


def medians(*calls: Callable[[], object], rounds: int = 400, warm: int = 50) -> list[float]:
    """Time these calls in turn, so that all meet the same noise; their medians in seconds."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(warm + rounds):
        for call, taken in zip(calls, times, strict=True):
            start = perf_counter()
            call()
            if number >= warm:
                taken.append(perf_counter() - start)
    return [median(taken) for taken in times]


def p95(taken: list[float]) -> float:
    """Give the time that 95 of 100 stay below."""
    return quantiles(taken, n=20)[-1]


def environ(path: str, **options: Any) -> dict[str, Any]:
    """Make a WSGI request as the app's own address gets it."""
    builder = EnvironBuilder(path, base_url=_BASE, **options)
    made = builder.get_environ()
    builder.close()
    return made


def returning(application: Wsgi, path: str) -> dict[str, Any]:
    """Make the request of a browser that has been here, and so sends the cookie it was given."""
    cookies = Client(application).get(path, base_url=_BASE).headers.getlist("Set-Cookie")
    if not cookies:
        raise RuntimeError(f"{path}: no cookie, so its CSRF token is not real.")
    pairs = [cookie.partition(";")[0] for cookie in cookies]
    return environ(path, headers={"Cookie": "; ".join(pairs)})


def answer(application: Wsgi, request: dict[str, Any]) -> bytes:
    """Ask a WSGI application, all of it, and read its answer, which must be a success."""
    if "wsgi.input" in request and isinstance(request["wsgi.input"], io.BytesIO):
        request["wsgi.input"].seek(0)
    statuses: list[str] = []
    parts = application(dict(request), lambda status, *_: statuses.append(status))
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    if not statuses[0].startswith("200"):
        raise RuntimeError(f"{request['PATH_INFO']}: {statuses[0]}")
    return body


def ratio(name: str, ours: float, floor: float, against: str, goal: float) -> Figure:
    """Hold a time against its floor; both in seconds."""
    return Figure(
        name,
        ours / floor,
        "×",
        goal,
        True,
        _milliseconds(ours),
        f"{_milliseconds(floor)}, {against}",
    )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
