"""Odd things to write into every part of a request, and what each field of a form usually holds."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from urllib.parse import quote_from_bytes

from app.sandbox.faults import FAULT

NOWHERE = "http://127.0.0.1:9"
"""A base URL at which nothing listens, so that nothing leaves this machine."""

TEXTS: Sequence[str] = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\n",
        "a\r\nX-Odd: b",
        "\t\v\f",
        "\x1b[31m",
        "\x7f",
        "\ufeff",
        "\uffff",
    ),
    *(
        "\ud800",
        "a\udfffb",
        "\u202eabc",
        "e\u0301" * 50,
        "📞🎉",
        "Ñandú 電話",
        "ﷺ",
        "İ",
        "ß",
        "\u2028",
    ),
    *(
        "0",
        "-0",
        "-1",
        "1",
        "3",
        "1" + "0" * 30,
        "-1" + "0" * 30,
        str(2**63 - 1),
        str(2**63),
        "9" * 5000,
    ),
    *("1.5", "1e9", "1e999", "NaN", "inf", "-inf", "0x10", "1_000", "٣", "²", "+1", " 7 ", "007"),
    *("true", "false", "null", "None", "undefined", "on", "yes", "no", "mine", "theirs", "all"),
    *(
        "9999-12-31",
        "9999-12-30",
        "0000-00-00",
        "0001-01-01",
        "10000-01-01",
        "2027-02-30",
        "2027-W01-1",
    ),
    *("00:00", "23:59", "23:59:59", "24:00", "24:00:00", "09:00+02:00", "9", "12:60"),
    *(
        "UTC",
        "Europe/Paris",
        "Pacific/Apia",
        "Antarctica/Troll",
        "Africa/Monrovia",
        "Etc/GMT+12",
        "posix",
    ),
    *("48 states", "50 states", "Texas, France", "GB; Moon", "US-TX\nUS-FL", "everywhere", ",;,;"),
    *("2027-03-05 Founders' day", "9999-12-31 End, 0001-01-01 Begin", "2027-13-45 Never"),
    *(
        "marketing",
        "MONDAY",
        "monday",
        "SUNDAY",
        "INBOUND",
        "POOL",
        "SQUAD",
        "sandbox",
        "environment",
    ),
    *(
        "' OR 1=1 --",
        '"',
        "'",
        '""',
        'a"b" NOT OR *',
        "<script>alert(1)</script>",
        "</textarea>",
        "&amp;",
    ),
    *(
        "{{7*7}}",
        "{% raw %}",
        "%s%n%d",
        "%00",
        "{0.__class__}",
        "$(id)",
        "`id`",
        "\\",
        "../../etc/passwd",
    ),
    *(
        "[]",
        "{}",
        "[" * 2000,
        '["a", "b", "c"]',
        '["a", {"b": 1}, null]',
        '{"a": 1}',
        '[[1], 2, "3"]',
    ),
    *(
        "VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM=",
        "=",
        "====",
        "Vm9pY2U6",
        "://",
        "https://",
        "https://[::1",
    ),
    *(
        "https://a/\udfff",
        "javascript:alert(1)",
        "http://a b",
        "//",
        "https://é.example/ü?#",
        "urn:a:b",
    ),
)
_HUGE: Sequence[Callable[[], str]] = (
    lambda: "x" * 230_000,
    lambda: "é" * 35_000,
    lambda: "\n" * 70_000,
    lambda: "<" * 70_000,
    lambda: " ".join(f"word{number}" for number in range(1100)),
    lambda: '" ' * 1100,
    lambda: "ab " * 1100,
    lambda: ", ".join(f"2027-01-{number % 31 + 1:02} d{number}" for number in range(2000)),
    lambda: "US-TX, " * 3000,
)

USUAL: Mapping[str, Sequence[str]] = {
    "accepted": ('["us-hours", "1", "fine"]', '["us-hours", [1], {}]', "[1, 2]"),
    "base_url": (
        *(NOWHERE, f"{NOWHERE}/", f"{NOWHERE}/api/%00", "http://127.0.0.1:99999", "http://[::1"),
        *(f"{NOWHERE}?a#b", "http://user@127.0.0.1:9", f"{NOWHERE}\n", "ftp://127.0.0.1:9"),
        *(
            "http://127.0.0.1:٩",
            f"{NOWHERE}/{'x' * 3000}",
            "http://127.0.0.1:-1",
            "http://127.0.0.1:",
            "",
        ),
        *(
            f"{NOWHERE}/\udfff",
            "http://127.0.0.1:9/é",
            f"{NOWHERE}/../..",
            "http://%31:9",
            "http://[v1.a]",
        ),
    ),
    "clock": ("campaign", "UTC", "Asia/Kolkata"),
    "colour": ("blue", "green", "red", "grey"),
    "dates": ("move", "keep"),
    "enabled": ("yes", "no"),
    "entry": ("1", "2", "3"),
    "fault": ("400", "400", "", "no-such"),
    "for": ("next", "all"),
    "found": ("yes", "no"),
    "in_spite_of": ("1", "2", "3"),
    "keep": ("mine", "theirs"),
    "kind": ("live", "sandbox", "assistant", "workflow", "pool"),
    "fix": (
        *("daily_start_time=10%3A00", "days_of_week=MONDAY&days_of_week=FRIDAY", "name=%ED%A0%80"),
        *("x=1", "name", "&&&", "connection=nowhere&name=%00", "start_date=9999-12-31"),
    ),
    "preset": ("1", "2", "us-careful"),
    "replace": ("y", "on"),
    "rules": ("us-hours", "us-hours us-fl-hours", "x y z"),
    "seconds": ("1", "0.5", "120", "nan"),
    "show": ("all", "not_sent", "CREATED", "UNKNOWN", "deleted"),
    "sort": ("changed", "name", "first_day"),
    "then": ("review", "presets", ""),
    "type": ("INBOUND", "OUTBOUND"),
    "version": ("0", "1", "2", "3"),
    "weeks": ("0", "1", "-52", "1040", "99999"),
    "who": ("Ada", "Grace"),
}


def text(chance: Random) -> str:
    """Give an odd text; now and then one that nearly fills a request."""
    if chance.random() < 0.01:
        return chance.choice(_HUGE)()
    return chance.choice(TEXTS)


ADDRESSES = frozenset({"base_url", "url"})
"""Fields whose values are called: only addresses of this machine are written there."""


def value(chance: Random, name: str, offered: Sequence[str]) -> str:
    """Give what a field might hold: what its page *offered*, what is usual there, or anything."""
    if name in ADDRESSES:
        return chance.choice(USUAL["base_url"])
    usual = (*offered, *USUAL.get(name, ()))
    if usual and chance.random() < 0.5:
        return chance.choice(usual)
    odd = text(chance)
    return "400" if name == "fault" and odd in FAULT else odd


def in_path(chance: Random, longest: int = 4000) -> str:
    """Give an odd part of a path, percent-encoded, or plainly wrong."""
    if chance.random() < 0.1:
        return chance.choice(
            ("%", "%zz", "%ED%A0%80", "%FF%FE", "..", ".", "%2e%2e", "%2F", ";a=b", "~")
        )
    return encoded(text(chance)[:longest])


def encoded(raw: str) -> str:
    return quote_from_bytes(raw.encode("utf-8", "surrogatepass"), safe="")
