"""What the guide to security says in numbers and tables is what the code does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.people import passwords, sign_in_options
from app.remote import call
from app.remote.connection import LONGEST_URL
from app.secret_sources import SECONDS
from app.sending import confirmation, doorbell, sender
from app.settings_table import SETTINGS
from app.store import (
    api_tokens,
    batches,
    join_links,
    search_words,
    sign_in_pace,
    sign_ins,
    throttles,
)
from app.store.base import Base
from app.store.dialects import postgresql
from app.store.sign_in_pace import Limit
from app.web import security_lines
from app.web.gate import MAKES_SURE
from app.web.request_bounds import LARGEST_REQUEST
from tests.web.screens.test_policy_reports import REFUSED

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "security.md").read_text()
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
TEXT = " ".join(GUIDE.split())
"""The guide, whatever its lines."""


def read_table(first: str, section: str = "") -> list[list[str]]:
    """Read the rows of the table whose head begins with these cells."""
    part = GUIDE.partition(f"## {section}\n")[2] if section else GUIDE
    body = part.partition(f"| {first} ")[2].partition("\n\n")[0]
    lines = body.splitlines()[1:]  # Without what is left of the head.
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    assert rows, first
    return rows


def hours(period: timedelta) -> int:
    return period // timedelta(hours=1)


def minutes(period: timedelta) -> int:
    return period // timedelta(minutes=1)


DEFAULTS = {row.name: row.default for row in SETTINGS}
FACTS = [
    f"{passwords.SHORTEST} to {passwords.LONGEST} characters",
    f"({passwords._LEAST_SCORE} of 4 or better)",  # noqa: SLF001
    f"after {hours(sign_ins.IDLE)} hours without use and after {sign_ins.LONGEST.days} days",
    f"sign-ins: {sign_ins._KEPT.days} days",  # noqa: SLF001
    f"asked for anew after {minutes(sign_in_options.FRESH)} minutes",
    f"within {join_links.HOURS} hours",
    "after {}, {}, {} or {} days".format(*api_tokens.DAYS),
    f"{call.CONNECT_TIMEOUT:.0f} seconds to connect",
    f"{call.LARGEST_ANSWER // 1_000_000} MB of an answer",
    f"`DEADLINE` ({DEFAULTS['DEADLINE']})",
    f"{sender.MOST_THREADS} in all",
    f"{throttles.MOST_FAILURES} failures in a row pause",
    f"{postgresql._MOST_OPEN} connections of a process",  # noqa: SLF001
    f"{postgresql.PATIENCE:.0f} seconds for a connection or a lock",
    f"{postgresql._LONGEST_STATEMENT:.0f} for a statement",  # noqa: SLF001
    f"{doorbell.PATIENCE} seconds to tell",
    f"a sweep looks every {doorbell._EVERY:.0f} seconds",  # noqa: SLF001
    f"{SECONDS} seconds | the app does not start",
    f"addresses {LONGEST_URL:,}",
    f"{batches.MOST_ITEMS:,} campaigns at most",
    f"within {hours(confirmation.REPEATED_WITHIN)} hours, and the typed name",
    f"{search_words.MOST_WORDS} words; indexes",
]


@pytest.mark.parametrize("fact", FACTS)
def test_a_number_is_that_of_the_code(fact: str) -> None:
    assert fact in TEXT


def test_each_table_of_the_database_is_of_a_class() -> None:
    named = {
        name for _, cell in read_table("class | tables") for name in re.findall("`(.+?)`", cell)
    }
    assert named == Base.metadata.tables.keys()
    kept = {row[0] for row in read_table("class | what")}
    assert kept == {row[0] for row in read_table("class | tables")}


def test_how_often_somebody_may_try_is_what_is_counted() -> None:
    limits = (
        sign_in_pace.OF_NETWORK,
        sign_in_pace.OF_ACCOUNT_FROM_NETWORK,
        sign_in_pace.OF_ACCOUNT,
        sign_in_pace.OF_CODES,
    )
    rows = [(int(at_once), rest) for _, at_once, rest in read_table("tries | at once")]
    assert rows == [(limit.burst, f"{1 / limit.rate:.0f} seconds") for limit in limits]
    assert all(isinstance(limit, Limit) for limit in limits)


def test_each_secret_is_in_the_table_of_keys() -> None:
    named = set(re.findall("`([A-Z_]+)`", " ".join(row[0] for row in read_table("key | what"))))
    assert named == {setting.name for setting in SETTINGS if setting.is_secret}


def test_each_event_of_security_is_in_the_table_of_logs() -> None:
    words = {value for name, value in vars(security_lines).items() if name.isupper()}
    rows = {row[0] for row in read_table("what | where", "What is logged")}
    assert words | {REFUSED, "request"} <= rows


def test_each_way_to_sign_in_is_in_the_table() -> None:
    words = " ".join(row[0] for row in read_table("way | steps"))
    for word in ("password", "code", "passkey", "link", "recovery", "provider", "token"):
        assert word in words
    known = {"take_link", "change_password", "login", "mf_recovery", "verify"}
    known |= {"send", "start"}  # Recovery by e-mail, and the provider.
    known |= {"two_factor_token_validation", "wan_signin_response", "wan_verify_response"}
    assert {endpoint.partition(".")[2] for endpoint in MAKES_SURE} == known


def test_what_it_links_to_is_there() -> None:
    for path, anchor in re.findall(r"\]\(([\w./-]+)(?:#([\w-]+))?\)", GUIDE):
        content = (ROOT / "docs" / path).read_text()
        heads = {
            head.lower().replace(" ", "-")
            for head in re.findall("^#+ (.+)$", content, re.MULTILINE)
        }
        assert not anchor or anchor in heads


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:app|tests)/[\w/.]+)`", GUIDE))))
def test_what_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_limits_of_requests_stand_in_the_guide_to_deploying() -> None:
    assert f"{LARGEST_REQUEST // 1024} KB for campaigns: the form, the review" in DEPLOY


def test_the_readme_leads_to_it() -> None:
    assert "(docs/security.md)" in (ROOT / "README.md").read_text()


SECTIONS = {
    "Data": ("Leads and their phone numbers are in none",),
    "Who may do what": ("| field | who reads it |", "What a decision looks at besides roles"),
    "Signing in": ("any number of sign-ins at once", "NIST SP 800-63B"),
    "Keys and algorithms": ("| key | what for |", "quantum computers", "kept apart from backups"),
    "What it talks to": ("no redirect is followed",),
    "What may be typed and sent": ("One page takes a file", "what has to fit together"),
    "What takes long": ("| what | how it is bounded |",),
    "What is logged": ("for a\nyear", "follow a time server"),
    "Browsers": ("without `Sec-Fetch-Site` and `Origin`", "`__Host-`", "HSTS"),
    "What it is made of": ("within 7 days", "within 30", "every 90 days"),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_there(section: str) -> None:
    part = GUIDE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    assert [words for words in SECTIONS[section] if words not in part] == []


def test_words_that_no_password_is_made_of_are_named() -> None:
    assert "`{}` or `{}`".format(*passwords.APP.split()) in TEXT
    assert "the person's name or e-mail address" in TEXT


def test_each_part_that_needs_care_is_one_that_is_used() -> None:
    rows = read_table("part | why")
    named = {name.lower() for row in rows for name in re.findall(r"[\w-]+", row[0])}
    pinned = set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    others = {"htmx", "_command"}
    assert named - others <= pinned | {"argon2"}
    assert "argon2-cffi" in pinned
    assert (ROOT / "static" / "vendor" / "htmx").is_dir()
    unsafe = {word for row in rows for word in row[1].split() if word in {"pickle", "program"}}
    assert unsafe == {"pickle", "program"}
