"""Sign-in by a provider: on the way there, and on the way back.

Whoever is signed in already proves anew who they are. The way there leads over a page: the policy
of our pages lets forms lead nowhere else, and browsers hold redirects to it as well, those of the
provider's own included.
"""

from functools import partial
from time import time
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import login_user

from app.people import admission
from app.people.admission import NotAdmitted
from app.people.letters import write_linking, write_role_change_by_groups
from app.people.provider import CLOCK_TOLERANCE, Attempt, NotBegun, Proof, Provider, SignInFailed
from app.people.sign_in import find_account
from app.people.sign_in_record import KEY
from app.services import find_services, store
from app.store import accounts, identities
from app.store.accounts import ALL_ACCOUNTS
from app.store.audit_trail import name_account_chain
from app.store.people_models import Account
from app.web.access import is_fresh
from app.web.onward import read_onward

bp = Blueprint("provider", __name__)

_ATTEMPT = "provider_attempt"
_PROVED_AT = "fs_paa"  # By this name Flask-Security keeps when somebody proved who they are.

_SIGNED_OUT = "You were signed out meanwhile. Sign in to go on."
_CHANGED = "Your groups at the sign-in provider have changed what you may do. Sign in again."
_SOMEBODY_ELSE = "That was somebody else. Prove with your own account that it is you."
_NOT_ANEW = (
    "The sign-in provider does not say that you have just proved who you are. Sign out there, "
    "then try again, or use your password or a passkey here."
)


@bp.post("/sign-in/provider")
def start() -> ResponseReturnValue:
    """Lead to the provider, and remember where to go on afterwards."""
    provider, account = _find_provider(), find_account()
    onward = read_onward()
    redirect_uri = url_for("provider.back", _external=True)
    try:
        address, attempt = provider.begin(redirect_uri, anew=account is not None)
    except SignInFailed as error:
        return _lead_back(error, onward, account)
    session[_ATTEMPT] = {
        "attempt": list(attempt),
        "next": onward,
        "account": account.id if account else None,
    }
    page = render_template("people/provider.html", address=address, host=provider.settings.host)
    return make_response(page, {"Refresh": f"0; url={address}"})


@bp.get("/sign-in/provider/back")
def back() -> ResponseReturnValue:
    """Take what the provider says, and sign in."""
    provider, account = _find_provider(), find_account()
    kept = session.get(_ATTEMPT, {})
    attempt = Attempt(*kept["attempt"]) if kept else None
    answer = request.args.to_dict()
    if attempt and attempt.is_of(answer.get("state", "")):
        del session[_ATTEMPT]  # Whatever comes of it, it counts once.
    onward, account_id = kept.get("next", ""), kept.get("account")
    try:
        proof = provider.finish(attempt, answer)
    except SignInFailed as error:
        return _lead_back(error, onward, account)
    if attempt and account_id is not None:
        return _take_proof(provider, proof, attempt, account_id, onward)
    return _sign_in(provider, proof, onward)


def _admit(provider: Provider, proof: Proof) -> tuple[Account, bool]:
    """Give the account of somebody, and tell whether groups have changed its roles just now.

    Who had others, or another way in, is told by e-mail. Raises `NotAdmitted`.
    """
    with store().reading() as database:
        known = admission.find_known(database, proof)
        roles = accounts.describe_person(known).roles if known else None
        is_linked = known is not None and identities.find(database, proof.issuer, known.id)
        has_way_in = known is not None and identities.has_way_in(database, known)
    chains = [name_account_chain(known.id)] if known else []
    with store().writing(ALL_ACCOUNTS, *chains) as database:
        account = admission.admit(database, provider.settings, proof)
        has_changed = known is not None and accounts.describe_person(account).roles != roles
    post = find_services().outbox.post
    if has_way_in and not is_linked:
        post(partial(write_linking, account.email, account.name))
    if has_changed:
        post(partial(write_role_change_by_groups, account.email, account.name))
    return account, has_changed


def _show_not_admitted(proof: Proof, error: NotAdmitted) -> ResponseReturnValue:
    current_app.logger.warning("The provider's %r was not admitted: %s", proof.subject, error)
    page = render_template("people/not_admitted.html", reason=str(error), email=proof.email)
    return page, 403


def _sign_in(provider: Provider, proof: Proof, onward: str) -> ResponseReturnValue:
    try:
        account, _ = _admit(provider, proof)
    except NotAdmitted as error:
        return _show_not_admitted(proof, error)
    before = session.get(KEY)
    session.clear()  # What was begun before, such as a second step, is not gone on with.
    if before:
        session[KEY] = before  # That sign-in is ended by this one.
    login_user(account, authn_via=["provider"])
    # Somebody may have been signed in at the provider for long: here that is no fresh proof.
    session[_PROVED_AT] = min(session[_PROVED_AT], proof.proved_at)
    return redirect(onward or url_for("drafts.index"))


def _take_proof(
    provider: Provider, proof: Proof, attempt: Attempt, account_id: int, onward: str
) -> ResponseReturnValue:
    """Take note that who is signed in has proved anew who they are, and what their groups give."""
    account = find_account()
    if account is None:
        flash(_SIGNED_OUT)
        return redirect(url_for("security.login", next=onward or None))
    with store().reading() as database:
        proven = identities.find_account(database, proof.issuer, proof.subject)
    if account.id != account_id or proven is None or proven.id != account_id:
        return _ask_again(_SOMEBODY_ELSE, onward)
    if proof.proved_at < attempt.began_at - CLOCK_TOLERANCE:
        return _ask_again(_NOT_ANEW, onward)
    try:
        _, has_changed = _admit(provider, proof)
    except NotAdmitted as error:
        return _show_not_admitted(proof, error)
    if has_changed:  # That has ended their sign-ins.
        flash(_CHANGED)
        return redirect(url_for("security.login", next=onward or None))
    session[_PROVED_AT] = min(time(), proof.proved_at)
    flash("Thank you. Go on where you were.", "message")
    return redirect(onward or url_for("account.show"))


def _lead_back(error: SignInFailed, onward: str, account: Account | None) -> ResponseReturnValue:
    """Lead back to the page from which somebody set out, and say there what went wrong."""
    current_app.logger.warning("No sign-in by the provider: %s", error.reason)
    if account is not None and isinstance(error, NotBegun) and is_fresh():
        return redirect(onward or url_for("drafts.index"))  # *Back*, or a page opened again.
    if account is not None:
        return _ask_again(error.sentence, onward)
    flash(error.sentence, "message")
    return redirect(url_for("security.login", next=onward or None))


def _ask_again(sentence: str, onward: str) -> ResponseReturnValue:
    flash(sentence, "message")
    return redirect(url_for("security.verify", next=onward or None))


def _find_provider() -> Provider:
    provider: Any = find_services().provider
    if provider is None:
        abort(404)
    return provider  # type: ignore[no-any-return]
