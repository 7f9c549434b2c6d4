"""``campaign-builder send``: many campaigns from a file, sent as a batch is, without a browser."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.campaign.contract.strict_json import Malformed
from app.campaign.contract.visible import read_name
from app.cli.batch_file import Line, read_lines
from app.cli.output import echo_line
from app.cli.refusals import Unusable
from app.cli.send_progress import Silent, follow, stop, wait_for_earlier
from app.cli.send_report import (
    ALL_CREATED,
    NOT_ALL_CREATED,
    UNKNOWN,
    tell_failures,
    tell_outcome,
    tell_review,
)
from app.cli.stopping import CutOff, describe_cut_off, ends_like_ctrl_c
from app.connections import Connection
from app.rights import Right
from app.sending.batch_check import NothingReady, make_batch
from app.sending.batch_confirmation import BatchRequest, NotChecked, confirm_batch
from app.sending.confirmation import (
    LONGEST_SENDER,
    NotApproved,
    NotConfirmed,
    StaleReview,
    clean_sender,
)
from app.sending.recording import recover
from app.sending.submission import GRACE
from app.services import connections, find_services, store
from app.store import accounts, approvals, batch_summary, batches, drafts, throttles
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.store.base import ItemState
from app.store.batches import MOST_ITEMS
from app.store.drafts import AlreadySubmitted, StaleVersion

_PAUSED_ALREADY = (
    "Nothing is sent to {}. {} Let campaigns go there again on its page, then run this again."
)
_UNUSABLE_DATABASE = (
    "The database cannot be read or written, as on a full disk. Run the same again once it can: "
    "what was sent is on record there, or in the journal, and is not sent twice."
)


@click.command("send")
@click.option("--batch", "file", required=True, type=click.File("rb"), help="A campaign a line.")
@click.option("--connection", "name", required=True, help="Where to send it, by its name.")
@click.option("--who", default="", help="Who sends it; has to be said for a live connection.")
@click.option("--yes", is_flag=True, help="Send it. Without this, only say what would be sent.")
@with_appcontext
@ends_like_ctrl_c()
def send_command(file: BinaryIO, name: str, who: str, *, yes: bool) -> None:
    """Send the campaigns of a file of JSON lines; the same file again sends what is left of it.

    Ends with 0 if all are created (a dry run: if all could be), with 1 if not, with 2 if nothing
    can be sent, and with 3 if somebody has to look what became of one.
    """
    to = _find_connection(name)
    try:
        lines = _keep_earlier_names(list(read_lines(file, to)))
    except Malformed as error:
        raise Unusable(str(error)) from error
    if not lines:
        raise Unusable("There is no campaign in the file.")
    tell_review(lines, to)
    if not yes:
        echo_line("Nothing was sent. With --yes it is.")
        sys.exit(NOT_ALL_CREATED if any(line.problem for line in lines) else ALL_CREATED)
    good = [line for line in lines if not line.problem]
    who = _check_sender(to, who)
    if not good:
        raise Unusable("No campaign of the file can be sent.")
    try:
        _settle_earlier(good, to, len(lines))
        _send_and_stop(good, to, who)
        sys.exit(tell_outcome(good, len(lines)))
    except (DatabaseError, NoConnection) as error:
        raise Silent(_UNUSABLE_DATABASE) from error


def _keep_earlier_names(lines: list[Line]) -> list[Line]:
    """Name each line that an earlier version has saved, at this place, as that did.

    So a file that was half sent before an upgrade goes on where it stopped.
    """
    with store().reading() as session:
        known = drafts.read_states(session, [line.earlier_name for line in lines])
    return [
        replace(line, name=line.earlier_name) if line.earlier_name in known else line
        for line in lines
    ]


def _check_sender(to: Connection, who: str) -> str:
    """Name who sends; raises `Unusable` where somebody has to be named, and is not."""
    with store().reading() as session:
        has_to_be_approved = approvals.find_rule(session, to.key) is not None
        needs_a_name = not to.is_sandbox or has_to_be_approved or accounts.is_any_active(session)
    if not to.is_enabled or (needs_a_name and not who):
        what = "Say by --who who sends it" if to.is_enabled else "That connection is disabled"
        raise Unusable(f"{what}. Nothing was sent.")
    return _find_who(to, who)


def _find_who(to: Connection, typed: str) -> str:
    """Name who sends: where people have accounts, one of these who may send there."""
    if typed != clean_sender(typed):
        raise Unusable(f"Say by --who a name of {LONGEST_SENDER} visible signs at most.")
    with store().reading() as session:
        if not typed or not accounts.is_any_active(session):
            return typed
        account = accounts.find_by_email(session, typed)
        if account is None or not account.active:
            raise Unusable(
                "Say by --who the e-mail address of an account: the trail names accounts. "
                "Nothing was sent."
            )
        person = accounts.describe_person(account)
    if not person.may(Right.SEND, to.key):
        raise Unusable(f"{person.label} may not send to {to.name}. Nothing was sent.")
    return person.label


def _settle_earlier(lines: list[Line], to: Connection, count: int) -> None:
    """Settle what an earlier run has left open; ends here if nothing more may go there."""
    recover(store(), find_services().journal)
    with store().reading() as session:
        pause = throttles.find_pause(session, to.key)
    if pause:
        echo_line(_PAUSED_ALREADY.format(to.name, pause.reason))
        status = tell_outcome(lines, count)
        sys.exit(status if status == UNKNOWN else Unusable.exit_code)


def _send_and_stop(lines: list[Line], to: Connection, who: str) -> None:
    """Send, and end once what is under way is on record; a second signal ends the wait."""
    try:
        try:
            _send(lines, to, who)
        except CutOff:
            raise
        except BaseException:
            _stop_sending()
            raise
        _stop_sending()
    except KeyboardInterrupt:
        echo_line(describe_cut_off(find_services().sender.list_under_way()))


def _send(lines: list[Line], to: Connection, who: str) -> None:
    """Send what was not sent by an earlier run, and tell what was not created."""
    find_services().sender.wake(to.key)  # What an earlier run has queued goes on meanwhile.
    left = [line.name for line in lines if _save(line, who)]
    if len(left) > MOST_ITEMS:
        echo_line(f"The first {MOST_ITEMS:,} are sent now; the same command sends the rest.")
    if left:
        batch_id = _check_together(left, to, who)
        numbers = {line.name: line.number for line in lines}
        try:
            _confirm(batch_id, to, who)
            follow(batch_id)
        except KeyboardInterrupt:
            _take_back_rest(batch_id, numbers)
            return
        tell_failures(batch_id, numbers)
    wait_for_earlier([line.name for line in lines], to)


def _take_back_rest(batch_id: int, numbers: Mapping[str, int]) -> None:
    """Take back what is not under way, at a signal; raises `CutOff` at a second one."""
    try:
        stop(batch_id, "Stopped. The same command sends the rest.")
        tell_failures(batch_id, numbers)
    except KeyboardInterrupt as second:
        raise CutOff from second


def _stop_sending() -> None:
    """Claim nothing more, and wait for what is under way, so that each outcome is on record."""
    longest = connections().network.deadline + GRACE.total_seconds()
    find_services().background.drain(longest)  # What puts the batch into the queue rings as well.
    find_services().doorbell.stop()
    find_services().sender.stop()
    find_services().sender.drain(longest)


COMMANDS = (send_command,)


def _find_connection(name: str) -> Connection:
    known = connections().list_all()
    exact = [connection for connection in known if connection.name == name]
    alike = [connection for connection in known if read_name(connection.name) == read_name(name)]
    matches = exact or alike
    if not matches:
        names = ", ".join(connection.name for connection in known)
        raise Unusable(f"There is no connection “{name}”. There are: {names}.")
    if len(matches) > 1:
        raise Unusable(f"Several connections look like “{name}”. Rename them on their pages.")
    return matches[0]


def _check_together(draft_ids: list[str], to: Connection, who: str) -> int:
    """Make a batch of drafts that go to a connection, check it, and give its number."""
    batch_id = make_batch(draft_ids, to, store(), who=who)
    find_services().batch_work.start(batch_id)
    find_services().background.drain(float("inf"))
    return batch_id


def _confirm(batch_id: int, to: Connection, who: str) -> None:
    """Confirm a batch as it was checked; raises `Unusable` if it cannot be sent so."""
    with store().reading() as session:
        reviewed = batch_summary.compute_digest(session, batch_id)
        count = batches.count_items(session, batch_id)[ItemState.READY]
    if count:
        confirmed = BatchRequest(
            batch_id=batch_id,
            reviewed=reviewed,
            to=to,
            stamp=to.stamp,
            named=to.name,
            counted=str(count),
            who=who,
        )
        try:
            confirm_batch(confirmed, store())
        except NotApproved as error:
            raise Unusable(
                f"Somebody has to approve this, so nothing was sent. It is kept as batch {batch_id}"
                ": ask for the approval on its page in the app, and send it there."
            ) from error
        except (NotConfirmed, NotChecked, NothingReady, StaleReview) as error:
            raise Unusable(
                f"Nothing was sent: the page of batch {batch_id} in the app says why."
            ) from error
        find_services().batch_work.start(batch_id)


def _save(line: Line, who: str) -> bool:
    """Save the draft of a line; tells whether it is still to be sent, as the line says."""
    judgement = judge(dict(line.answers))
    with store().writing(name_draft_chain(line.name)) as session:
        try:
            drafts.save(session, line.name, judgement, expected_version=0, who=who)
        except AlreadySubmitted:
            return False
        except StaleVersion:
            echo_line(
                f"Line {line.number} is left out: its draft of an earlier run says something else, "
                "as one of the two was changed since. Send it in the app."
            )
            return False
    return True
