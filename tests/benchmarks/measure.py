"""Timing that a noisy machine spoils least."""

import io
from collections.abc import Callable, Iterable
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from werkzeug.test import Client, EnvironBuilder

Wsgi = Callable[..., Iterable[bytes]]

_BASE = "http://127.0.0.1:8000"


def time_in_turn(*calls: Callable[[], object], rounds: int) -> list[list[float]]:
    """Time these calls in turn, so that all meet the same noise; the seconds of each."""
    warm = min(20, rounds)
    times: list[list[float]] = [[] for _ in calls]
    for number in range(warm + rounds):
        for call, taken in zip(calls, times, strict=True):
            start = perf_counter()
            call()
            if number >= warm:
                taken.append(perf_counter() - start)
    return times


def medians(*calls: Callable[[], object], rounds: int) -> list[float]:
    """Time these calls in turn, and give the median of each in seconds."""
    return [median(taken) for taken in time_in_turn(*calls, rounds=rounds)]


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
