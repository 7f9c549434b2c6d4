"""The digest by e-mail: each person hears of what waits when they wish, and never twice."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.notices.digest import Reader, tell_people, write_digest
from app.notices.items import Item, hash_item
from app.people import mail
from app.people.mail import Letter
from app.rights import Person, Role
from app.services import find_services
from app.settings import Settings
from app.store import accounts, digests
from app.store.digests import Rhythm, Wish
from app.store.notice_models import Digest
from app.store.people_models import Account
from tests.notices.waiting import LOOK, REVIEW, Waiting
from tests.people.accounts import add_account
from tests.people.mail_server import Inbox, with_mail

PUBLIC = "https://campaigns.example"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MORNING = Wish(Rhythm.MORNING, time(8), "Europe/Zurich")
AT_ONCE = Wish(Rhythm.AT_ONCE)


@pytest.fixture
def settings(settings: Settings, inbox: Inbox) -> Settings:
    return with_mail(settings, inbox, PUBLIC)


def wish(app: Flask, account: Account, wished: Wish, now: datetime = NOW) -> None:
    with find_services(app).store.writing() as session:
        digests.set_wish(session, account.id, wished, now)


def tell(app: Flask, waiting: Waiting, now: datetime = NOW) -> None:
    services = find_services(app)
    tell_people(services.store, waiting.list_waiting, services.outbox, PUBLIC, now)


def test_a_digest_says_what_waits_with_a_link_to_each(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    waiting.items["anna@example.com"].append(LOOK)
    wish(app, anna, AT_ONCE)
    tell(app, waiting)
    (letter,) = inbox.letters
    assert letter["To"] == "anna@example.com"
    assert letter["Subject"] == "Campaign Builder: 2 things wait for you"
    assert letter.get_content().splitlines() == [
        "Hello Anna,",
        "",
        "2 things wait for you in Campaign Builder:",
        "",
        "- Approve “Q4 Outreach”",
        "  https://campaigns.example/drafts/a/review",
        "- Look what became of “Front desk”",
        "  https://campaigns.example/submissions/3",
        "",
        "When you are told of this is set at https://campaigns.example/account.",
    ]


def test_without_an_address_of_ours_there_are_no_links() -> None:
    text = write_digest(Reader(1, "a@example.com", "Anna", ()), [REVIEW], "").text
    assert "- Approve “Q4 Outreach”\n\n" in text
    assert "/" not in text


def test_a_long_list_is_cut_and_words_stay_on_their_line() -> None:
    items = [Item(f"Line {number}\nhttps://evil.example\u2028" * 20, "/") for number in range(60)]
    text = write_digest(Reader(1, "a@example.com", "Anna", ()), items, PUBLIC).text
    listed = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(listed) == 51
    assert listed[-1] == "- and 10 more"
    assert max(map(len, listed)) == 202


def test_who_has_not_said_so_is_told_nothing(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    tell(app, waiting)
    wish(app, anna, AT_ONCE)
    wish(app, anna, Wish(Rhythm.NEVER))
    tell(app, waiting)
    assert inbox.letters == []


def test_nothing_is_sent_if_nothing_waits(app: Flask, anna: Account, inbox: Inbox) -> None:
    for wished in (AT_ONCE, MORNING):
        wish(app, anna, wished)
        tell(app, Waiting(), NOW + timedelta(days=1))
    assert inbox.letters == []


def test_at_once_the_same_is_told_once_and_what_is_new_is_told(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    wish(app, anna, AT_ONCE)
    for _ in range(3):
        tell(app, waiting)
    assert len(inbox.letters) == 1
    waiting.items["anna@example.com"].append(LOOK)
    tell(app, waiting)
    assert "Front desk" in inbox.letters[1].get_content()
    assert "Q4 Outreach" not in inbox.letters[1].get_content()


def test_what_waits_again_is_told_again(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    wish(app, anna, AT_ONCE)
    tell(app, waiting)
    tell(app, Waiting())
    tell(app, waiting)
    assert len(inbox.letters) == 2


def test_each_morning_all_that_waits_is_told_once(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    wish(app, anna, MORNING)
    recipients = []
    for minutes in range(0, 3 * 24 * 60, 30):
        tell(app, waiting, NOW + timedelta(minutes=minutes))
        recipients.append(len(inbox.letters))
    assert recipients[-1] == 3
    first = recipients.index(1)
    assert NOW + timedelta(minutes=30 * first) == datetime(2026, 11, 30, 7, tzinfo=UTC)


def test_a_morning_that_was_missed_is_told_later_and_once(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    wish(app, anna, MORNING)
    for hours in (96, 97):
        tell(app, waiting, NOW + timedelta(hours=hours))
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("wished", [AT_ONCE, MORNING], ids=["at once", "morning"])
def test_what_the_server_did_not_take_is_told_later(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting, wished: Wish
) -> None:
    wish(app, anna, wished)
    tomorrow = NOW + timedelta(days=1)
    inbox.refuses = "451 Later"
    tell(app, waiting, tomorrow)
    assert inbox.letters == []
    inbox.refuses = ""
    for minutes in (5, 10):
        tell(app, waiting, tomorrow + timedelta(minutes=minutes))
    assert len(inbox.letters) == 1


def test_a_wish_that_was_changed_while_a_letter_failed_stays(app: Flask, anna: Account) -> None:
    wish(app, anna, MORNING)
    with find_services(app).store.writing() as session:
        taken = digests.take_morning(session, anna.id, NOW + timedelta(days=1))
    assert taken
    wish(app, anna, replace(MORNING, at=time(20)))
    with find_services(app).store.writing() as session:
        row = session.get_one(Digest, anna.id)
        changed = row.next_at
        digests.give_back_morning(session, anna.id, taken)
        assert row.next_at == changed


def test_what_the_server_has_and_does_not_answer_for_is_told_once(
    app: Flask,
    anna: Account,
    inbox: Inbox,
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "PATIENCE_FOR_LETTER", 0.2)
    wish(app, anna, AT_ONCE)
    inbox.silent_for = 30
    for _ in range(2):
        tell(app, waiting)
    assert len(inbox.letters) == 1


def test_a_letter_that_fails_in_whatever_way_is_told_later_and_the_next_one_now(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = add_account(app, "ben@example.com")
    waiting.items["ben@example.com"] = [LOOK]
    tomorrow = NOW + timedelta(days=1)
    for account in (anna, ben):
        wish(app, account, MORNING)
    outbox = find_services(app).outbox
    send = outbox.send

    def fail_for_anna(letter: Letter) -> None:
        if letter.to == anna.email:
            raise KeyError(letter)
        send(letter)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "send", fail_for_anna)
        tell(app, waiting, tomorrow)
    assert [letter["To"] for letter in inbox.letters] == ["ben@example.com"]
    tell(app, waiting, tomorrow)
    assert [letter["To"] for letter in inbox.letters] == ["ben@example.com", "anna@example.com"]


def test_a_process_that_ends_while_it_tells_tells_nobody_twice(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(app, anna, AT_ONCE)
    outbox = find_services(app).outbox
    send = outbox.send

    def send_and_end(letter: object) -> None:
        send(letter)  # type: ignore[arg-type]
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(outbox, "send", send_and_end)
        tell(app, waiting)
    tell(app, waiting)
    assert len(inbox.letters) == 1


def test_each_is_told_what_is_theirs_and_who_is_closed_nothing(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    ben = add_account(app, "ben@example.com", {"gone": frozenset({Role.VIEWER})})
    waiting.items["ben@example.com"] = [LOOK]
    waiting.at[LOOK] = "gone"
    for account in (anna, ben):
        wish(app, account, AT_ONCE)
    tell(app, waiting)
    assert [letter["To"] for letter in inbox.letters] == ["anna@example.com", "ben@example.com"]
    assert "Q4" not in inbox.letters[1].get_content()
    with find_services(app).store.writing() as session:
        accounts.set_active(session, accounts.find(session, ben.id), active=False, who="")
    waiting.items["ben@example.com"] = [REVIEW]
    tell(app, waiting)
    assert len(inbox.letters) == 2


def test_a_fault_in_what_waits_for_one_keeps_nobody_else_from_being_told(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    ben = add_account(app, "ben@example.com")
    for account in (anna, ben):
        wish(app, account, AT_ONCE)
    services = find_services(app)

    def list_waiting(session: Session, person: Person) -> list[Item]:
        if person.email == anna.email:
            raise KeyError(REVIEW)
        return [LOOK]

    tell_people(services.store, list_waiting, services.outbox, PUBLIC, NOW)
    assert [letter["To"] for letter in inbox.letters] == ["ben@example.com"]


@pytest.mark.parametrize(
    ("at", "zone", "after", "morning"),
    [
        (time(8), "Europe/Zurich", "2026-11-29T06:59Z", "2026-11-29T07:00Z"),
        (time(8), "Europe/Zurich", "2026-11-29T07:00Z", "2026-11-30T07:00Z"),
        (time(8), "Europe/Zurich", "2027-03-27T08:00Z", "2027-03-28T06:00Z"),
        (time(2, 30), "Europe/Zurich", "2027-03-28T00:00Z", "2027-03-28T01:30Z"),
        (time(2, 30), "Europe/Zurich", "2026-10-25T00:00Z", "2026-10-25T00:30Z"),
        (time(8), "Pacific/Auckland", "2026-11-29T18:00Z", "2026-11-29T19:00Z"),
    ],
)
def test_a_morning_is_by_the_clock_of_its_zone(
    at: time, zone: str, after: str, morning: str
) -> None:
    next_morning = digests.find_next_morning(
        Wish(Rhythm.MORNING, at, zone), datetime.fromisoformat(after)
    )
    assert next_morning == datetime.fromisoformat(morning)


def test_another_wish_begins_anew(
    app: Flask, anna: Account, inbox: Inbox, waiting: Waiting
) -> None:
    wish(app, anna, AT_ONCE)
    tell(app, waiting)
    wish(app, anna, MORNING)
    wish(app, anna, AT_ONCE)
    with time_machine.travel(NOW):
        tell(app, waiting)
    assert len(inbox.letters) == 2
    with find_services(app).store.reading() as session:
        assert digests.find_wish(session, anna.id).rhythm is Rhythm.AT_ONCE


def test_what_waits_a_second_time_is_another_thing_to_tell() -> None:
    first, second = (Item("Approve: Recall", "/drafts/1", since) for since in ("10:00", "10:05"))
    assert hash_item(first) != hash_item(second)
