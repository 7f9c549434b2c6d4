"""How often somebody may try to sign in: from one network, and at one account.

It is counted in the database, so for all machines together, and nobody is ever locked out: who
tried too often waits for a minute at most, and for 20 to be sent a link. An account is counted for
each network, and for all networks together at a rate that no person reaches, so that guessing from
many places comes to nothing. Its owner is not counted among all at a network from which they have
signed in before; at a new one, they wait as long as others try without end, and sign in by
something else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.store import gcra
from app.store.dialects import queries
from app.store.people_models import Account, SignIn, SignInPace


@dataclass(frozen=True)
class Limit:
    """So many tries at once after a rest, and *rate* a second from then on."""

    burst: int
    rate: float


OF_NETWORK = Limit(burst=60, rate=1 / 2)
OF_ACCOUNT_FROM_NETWORK = Limit(burst=8, rate=1 / 20)
OF_ACCOUNT = Limit(burst=100, rate=1 / 6)
OF_CODES = Limit(burst=8, rate=1 / 60)
"""Of codes with few digits, which come after a password."""

RECOVERIES_OF_NETWORK = Limit(burst=20, rate=1 / 30)
RECOVERIES_OF_ACCOUNT = Limit(burst=3, rate=1 / 1200)
"""Of e-mails to one person, wherever they are asked for: nobody is flooded."""


SIGN_INS = "sign-in"
"""What a writer locks who counts a try."""


class Tried(StrEnum):
    """By what somebody tries to prove who they are; each is counted by itself."""

    PASSWORD = "password"  # noqa: S105  It is what is tried.
    CODE = "code"
    PASSKEY = "passkey"
    PROVIDER = "provider"
    AGAIN = "password of who is signed in"
    RECOVERY = "link by e-mail"


_V4_PREFIX, _V6_PREFIX = 24, 64
_MOST_KNOWN = 200


def try_now(session: Session, address: str, what: Tried, account: str) -> float:
    """Count a try, and give the seconds that it has to wait; 0.0 if it may go now.

    *account* is what was typed to name one, whether it exists or not; none counts only the
    network of *address*. Whoever has signed in from there before is kept away by nobody who
    tries from elsewhere. A try that has to wait is not counted.
    """
    if what is Tried.RECOVERY:
        return _try_recovery(session, address, account)
    network = find_network(address)
    limits = {f"{what} from {network}": OF_NETWORK}
    if account:
        subject = f"{what} of {account}"
        is_code = what is Tried.CODE
        limits[f"{subject} from {network}"] = OF_CODES if is_code else OF_ACCOUNT_FROM_NETWORK
        if not _is_known(session, account, network):
            limits[subject] = OF_CODES if is_code else OF_ACCOUNT
    return _try(session, limits)


def forget_past(session: Session) -> None:
    """Delete what holds nobody back any more; lock the sign-ins before."""
    now = queries(session).read_clock(session)
    is_past = or_(SignInPace.clock != now.boot, SignInPace.arrival <= now.seconds)
    session.execute(delete(SignInPace).where(is_past))


def _try_recovery(session: Session, address: str, account: str) -> float:
    limits = {f"{Tried.RECOVERY} from {find_network(address)}": RECOVERIES_OF_NETWORK}
    if account:
        limits[f"{Tried.RECOVERY} of {account}"] = RECOVERIES_OF_ACCOUNT
    return _try(session, limits)


def try_token(session: Session, address: str) -> float:
    """Count a token that was wrong, and give the seconds that its network has to wait.

    It is counted beside the sign-ins, so that a broken program keeps nobody from signing in.
    """
    return _try(session, {f"tokens of {find_network(address)}": OF_NETWORK})


def _try(session: Session, limits: Mapping[str, Limit]) -> float:
    now = queries(session).read_clock(session)
    rows = {_find(session, subject): limit for subject, limit in limits.items()}
    for row, limit in rows.items():
        gcra.bring_near(row, limit.rate, limit.burst, now)
    waits = [gcra.measure_wait(row, limit.rate, limit.burst, now) for row, limit in rows.items()]
    if not any(waits):
        for row, limit in rows.items():
            session.add(row)  # Only now: what is refused must not fill the database.
            gcra.take(row, limit.rate, now)
    return max(waits)


def find_network(address: str) -> str:
    """Find the network of an address, which one person may have all of: a /24, of IPv6 a /64."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    prefix = _V4_PREFIX if ip.version == 4 else _V6_PREFIX
    return str(ip_network((ip, prefix), strict=False))


def _is_known(session: Session, account: str, network: str) -> bool:
    """Tell whether the account of an e-mail address has signed in from a network before."""
    addresses = select(SignIn.address).join(Account, Account.id == SignIn.account_id)
    rows = session.scalars(addresses.where(Account.email == account).distinct().limit(_MOST_KNOWN))
    return any(find_network(address) == network for address in rows)


def _find(session: Session, subject: str) -> SignInPace:
    key = sha256(subject.encode()).hexdigest()
    return session.get(SignInPace, key) or SignInPace(subject=key, clock="", arrival=0.0)
