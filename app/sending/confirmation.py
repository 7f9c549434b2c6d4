"""What a person confirms by pressing the button that sends, and whether it may be sent now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.campaign.contract.problems import Problem
from app.campaign.contract.visible import drop_invisible, read_name
from app.campaign.explanation import Explanation
from app.connections import Connection
from app.rights import Person, Right
from app.sending.approval import Standing, find_standing_of_draft
from app.store import accounts, queued, submissions, throttles
from app.store.drafts import AlreadySubmitted
from app.store.models import Draft, Submission

REPEATED_WITHIN = timedelta(hours=24)
"""How long the same payload to the same connection is taken for a second press."""

HURRY_AFTER = timedelta(hours=1)
"""Above so long a wait that the API asks for, a person may send at once and say why."""


class StaleReview(Exception):
    """The draft, the connection, or what who presses may do, is no longer what was reviewed."""


class NotReady(Exception):
    """The draft breaks the contract, and so cannot be sent."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class NotConfirmed(Exception):
    """Something more has to be said with the press; what that is, the page asks for.

    NotConfirmed
    ├── Disabled       the connection is not to be used, or gone  → choose another
    ├── NotApproved    nobody else has approved it as it is       → ask, or say why it goes anyway
    ├── Paused         sending there is paused                    → say that it may go on
    ├── TooSoon        the API wants to be left alone             → wait, or say why not
    ├── LooksCreated   the same payload went there a while ago    → tick that it is meant
    ├── NotNamed       a live connection's name was not typed     → type it
    ├── NotCounted     nor how many campaigns of a batch go       → type it (`batch_confirmation`)
    └── NoSender       nobody says who sends to a live one        → enter a name
    """

    wants_tick = wants_name = wants_sender = wants_reason = wants_approval = False


class Disabled(NotConfirmed):
    """The connection is not to be used, or gone."""


class NotApproved(NotConfirmed):
    """What goes to the connection has to be approved, and this is not, as it stands."""

    wants_approval = True


class Paused(NotConfirmed):
    """Nothing goes to the connection until somebody says so, such as after failures in a row."""


class TooSoon(NotConfirmed):
    """The API asked for a pause until `until` (aware, UTC)."""

    def __init__(self, until: datetime, *, can_hurry: bool) -> None:
        super().__init__(until)
        self.until = until
        self.wants_reason = can_hurry


class LooksCreated(NotConfirmed):
    """The same payload went to the same connection a short while ago, as this submission."""

    wants_tick = True

    def __init__(self, submission_id: int) -> None:
        super().__init__(submission_id)
        self.submission_id = submission_id


class NotNamed(NotConfirmed):
    """A live connection's name was not typed."""

    wants_name = True


class NoSender(NotConfirmed):
    """The person who sends to a live connection has not given a name."""

    wants_sender = True


@dataclass(frozen=True)
class SendRequest:
    """What a person confirms by one press of the button that sends.

    *reviewed* is the digest of the bytes and *stamp* the connection's, as they were seen;
    *named* is what was typed for a live connection's name, *in_spite_of* the id of a
    submission that they know this looks like, *hurry* why they do not wait as long as the
    API wants, and *without_approval* why it is sent without that; *mark* is the `Standing.mark`
    of what others had said by then. *person* is who presses, as they were let in.
    """

    draft_id: str
    reviewed: str
    to: Connection
    stamp: str
    named: str = ""
    in_spite_of: int | None = None
    hurry: str = ""
    without_approval: str = ""
    mark: str = ""
    who: str = ""
    person: Person | None = None


def check_request(
    session: Session, draft: Draft, meaning: Explanation, send_request: SendRequest, now: datetime
) -> Standing | None:
    """Check that this draft may be sent now; *meaning* explains the draft as it is.

    *now* is aware. Gives how its approval stands, if it needs one. Raises `AlreadySubmitted`,
    `NotReady`, `StaleReview` or one of `NotConfirmed`.
    """
    if draft.is_locked:
        raise AlreadySubmitted(draft.id)
    if meaning.problems:
        raise NotReady(meaning.problems)
    if draft.deleted_at or not _is_as_seen(draft, meaning, send_request):
        raise StaleReview
    check_may_send(session, send_request.person, send_request.to)
    standing = find_standing_of_draft(session, draft, meaning, send_request.to)
    check_destination(
        session, send_request.to, standing, send_request.without_approval, send_request.mark
    )
    until = queued.find_end_of_wait(session, send_request.to.key, now)
    if until and not (send_request.hurry and can_hurry(until, now)):
        raise TooSoon(until, can_hurry=can_hurry(until, now))
    duplicate = find_duplicate(session, meaning.digest, send_request.to, now)
    if duplicate is not None and duplicate.id != send_request.in_spite_of:
        raise LooksCreated(duplicate.id)
    check_sender(send_request.to, named=send_request.named, who=send_request.who)
    return standing


def check_may_send(session: Session, person: Person | None, to: Connection) -> None:
    """Check that who presses may send there by now; raises `StaleReview`.

    *person* is `None` where no account has anything to do with it.
    """
    if person and not accounts.find_as_now(session, person).may(Right.SEND, to.key):
        raise StaleReview


def check_destination(
    session: Session, to: Connection, standing: Standing | None, without: str, mark: str
) -> None:
    """Check that campaigns go to a connection, and that it is approved where it has to be.

    *without* is a reason why it need not be, of somebody who has read what was said by *mark*.
    Raises `Disabled`, `NotApproved`, or `Paused`.
    """
    if not to.is_enabled:
        raise Disabled
    is_told = bool(without) and standing is not None and standing.mark == mark
    if standing and not (standing.is_approved or is_told):
        raise NotApproved
    if throttles.is_paused(session, to.key):
        raise Paused


LONGEST_SENDER = 80
"""Characters of the name that somebody types who sends."""


def clean_sender(typed: str) -> str:
    """Take what shows nothing out of a typed name, and shorten it."""
    return drop_invisible(typed)[:LONGEST_SENDER].strip()


def check_sender(to: Connection, *, named: str, who: str) -> None:
    """Check that a live connection's name was typed, and by whom; a sandbox needs neither.

    Raises `NotNamed` or `NoSender`.
    """
    if to.is_sandbox:
        return
    if read_name(named) != read_name(to.name):
        raise NotNamed
    if not who:
        raise NoSender


def find_duplicate(
    session: Session, digest: str, to: Connection, now: datetime
) -> Submission | None:
    """Find an earlier submission of which this may be an accidental repetition, or `None`.

    *digest* is the SHA-256 of the payload in hexadecimal digits; the newest submission of the
    same payload to the same connection within `REPEATED_WITHIN` counts.
    """
    return submissions.find_repeated(session, digest, to.key, since=now - REPEATED_WITHIN)


def describe_duplicate(duplicate: Submission) -> str:
    """Say in a sentence what a campaign may repeat by accident."""
    hours = REPEATED_WITHIN // timedelta(hours=1)
    name = duplicate.name or "a campaign without a name"
    return f"It is the same as “{name}”, which waits to be sent or went within {hours} hours."


def can_hurry(until: datetime, now: datetime) -> bool:
    """Tell whether the wait is long enough that a person may override it with a reason."""
    return until - now > HURRY_AFTER


def _is_as_seen(draft: Draft, meaning: Explanation, send_request: SendRequest) -> bool:
    same_place = (
        draft.connection_key in {"", send_request.to.key}
        and send_request.to.stamp == send_request.stamp
    )
    return same_place and meaning.digest == send_request.reviewed
