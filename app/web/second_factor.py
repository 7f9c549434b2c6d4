"""Two factors of everybody who signs in, where the app is told to ask for them."""

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.people.sign_in import find_account, has_second_factor
from app.people.sign_in_record import ONE_FACTOR
from app.services import store
from app.store import accounts
from app.store.accounts import LastAdministrator
from app.web.refusals import NoSecondFactor, NotAllowed


def lacks_second_factor() -> bool:
    """Tell whether who asks has signed in by one thing alone where two are asked for."""
    account = find_account()
    is_required = current_app.config["WANTS_SECOND_FACTOR"]
    return is_required and account is not None and not has_second_factor(account)


def is_past_code(endpoint: str | None) -> bool:
    """Tell whether somebody who is signed in is asked for the code by which they were.

    That is so after *Back*, and for a second press. Flask-Security would sign them out.
    """
    is_changing = session.get("tf_state") == "validating_profile"
    return endpoint in _SECOND_STEPS and not is_changing


def may_set_up_second_factor(endpoint: str | None) -> bool:
    """Tell whether who lacks one may open this page of how they sign in.

    Who has a passkey proves who they are by that: a password that somebody else knows must not be
    enough to set up codes of their own.
    """
    return not has_passkey() or endpoint in _BY_PASSKEY


def find_second_factor_page() -> str:
    """Find where the second factor is given, or set up where there is none."""
    if not has_passkey():
        return url_for("security.two_factor_setup")
    path = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return url_for("security.wan_verify", next=path if path != "/" else None)


def check_passkey_deletion(endpoint: str | None) -> None:
    """Check that somebody can look after people once this passkey is deleted.

    Raises `NotAllowed`.
    """
    account = find_account()
    if endpoint != "security.wan_delete" or account is None or len(account.webauthn) > 1:
        return
    with store().reading() as database:
        try:
            accounts.check_passkeys_can_go(database, accounts.find(database, account.id))
        except LastAdministrator:
            raise NotAllowed(_LAST_PASSKEY) from None


def lead_to_second_factor() -> ResponseReturnValue:
    """Lead to where one is given or set up; raises `NoSecondFactor` for what was posted."""
    if request.method not in {"GET", "HEAD"}:
        raise NoSecondFactor
    return redirect(find_second_factor_page())


def note_second_factor(endpoint: str | None) -> None:
    """Note that a passkey has just proved who is signed in: it is two factors by itself."""
    if endpoint == "security.wan_verify_response":
        session[ONE_FACTOR] = False


def has_passkey() -> bool:
    account = find_account()
    return account is not None and bool(account.webauthn)


_LAST_PASSKEY = (
    "It is the only way in of the only administrator. Add another passkey, or make another "
    "administrator, first."
)
_SECOND_STEPS = frozenset(
    {"security.mf_recovery", "security.tf_select", "security.two_factor_token_validation"}
)
_BY_PASSKEY = frozenset({"security.logout", "security.wan_verify", "security.wan_verify_response"})
