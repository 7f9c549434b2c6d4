"""Recovery by e-mail: a link by which somebody sets a new password.

Who asks is told the same whether there is an account or not, and at once: all of this is done
later, beside the requests.
"""

from app.people.letters import write_recovery
from app.people.mail import Letter
from app.store import accounts, identities, join_links
from app.store.accounts import ALL_ACCOUNTS
from app.store.database import Store


def write_link(store: Store, email: str, public_url: str) -> Letter | None:
    """Make a link for the account of an e-mail address, and write it; `None` without one.

    A closed account is like none, and so is one that is signed in to by a provider alone. Raises
    `DatabaseError`.
    """
    with store.writing(ALL_ACCOUNTS) as session:
        account = accounts.find_by_email(session, email)
        if account is None or not account.active or identities.is_only_way_in(session, account):
            return None
        key = join_links.make_by_mail(session, account)
        return write_recovery(account.email, account.name, f"{public_url}/join/{key}")
