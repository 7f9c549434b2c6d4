"""People: who has an account, and what they may do at which connection."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaign.contract.visible import read_name
from app.campaign.formatting import write_plural
from app.forms.account import AccountForm
from app.people.letters import (
    write_closing,
    write_opening,
    write_role_change,
    write_second_step_change,
    write_unlinking,
)
from app.people.mail import Letter
from app.rights import ALL, EVERYWHERE, Person, Right, Role
from app.services import find_issuer, find_services, store
from app.store import accounts, api_tokens, audit_trail, identities, join_links, sign_ins
from app.store.accounts import (
    ALL_ACCOUNTS,
    LONGEST_GROUP,
    Begun,
    EmailTaken,
    LastAdministrator,
    Roles,
)
from app.store.audit_trail import name_account_chain
from app.store.people_models import Account
from app.web.access import find_person, fresh, name_all_and_each, needs
from app.web.account_words import describe_account_events
from app.web.role_words import ROLE_WORDS
from app.web.visit import name_person

bp = Blueprint("people", __name__)

_BEGUN = "They have begun to use the account meanwhile, so its name and address stay."
_CHANGED = "Somebody has changed this person meanwhile. What stands here holds now: look again."
_CLOSED = "The account is closed, and a link would open nothing: open the account first."
_LAST = "Somebody has to be able to look after people: make another administrator first."
_TAKEN = "Another account has this e-mail address."


class _Outdated(Exception):
    """What was to be changed is not any more what the page had shown."""


@bp.get("/people")
@needs(Right.ADMINISTER)
def index() -> str:
    with store().reading() as database:
        rows = [
            (account, accounts.describe_person(account), sign_ins.list_open(database, account.id))
            for account in accounts.list_all(database)
        ]
        known = identities.list_all(database, find_issuer())
    return render_template(
        "people/index.html",
        rows=rows,
        known_at_provider=known,
        role_words=ROLE_WORDS,
        names=name_all_and_each(),
    )


@bp.post("/people/first")
@needs(Right.ADMINISTER)
def begin() -> ResponseReturnValue:
    """Lead the one person of this machine to the page that makes the first account."""
    if not find_person().is_local:
        abort(404)
    with store().writing(ALL_ACCOUNTS) as database:
        key = join_links.make_first(database)
    return redirect(url_for("joining.join", key=key))


@bp.get("/people/new")
@needs(Right.ADMINISTER)
@fresh
def new() -> ResponseReturnValue:
    """Draw the form; the first account is made elsewhere, and is an administrator's."""
    if find_person().is_local:
        return redirect(url_for("people.index"))
    return _draw_form(AccountForm())


@bp.post("/people/new")
@needs(Right.ADMINISTER)
@fresh
def add() -> ResponseReturnValue:
    if find_person().is_local:
        return redirect(url_for("people.index"))
    form, roles = AccountForm(request.form), _read_roles()
    if not form.validate():
        return _draw_form(form, roles=roles), 422
    try:
        with store().writing(ALL_ACCOUNTS) as database:
            account = accounts.add(
                database, form.email.data or "", form.name.data or "", roles, who=name_person()
            )
            accounts.set_groups(database, account, _read_groups(), who=name_person())
            key = join_links.make(database, account, who=name_person())
    except EmailTaken:
        form.email.errors = [_TAKEN]
        return _draw_form(form, roles=roles), 422
    return _show_link(account, key)


@bp.post("/people/<row:account_id>/correction")
@needs(Right.ADMINISTER)
@fresh
def correct(account_id: int) -> ResponseReturnValue:
    """Correct the name and the address of a person who has not begun, and make a new link."""
    form = AccountForm(request.form)
    if not form.validate():
        return _draw_person(account_id, form=form), 422
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    try:
        with store().writing(*subjects) as database:
            account = accounts.find(database, account_id)
            accounts.correct(
                database, account, form.email.data or "", form.name.data or "", who=name_person()
            )
            key = join_links.make(database, account, who=name_person()) if account.active else ""
    except Begun:
        return _draw_person(account_id, _BEGUN), 409
    except EmailTaken:
        form.email.errors = [_TAKEN]
        return _draw_person(account_id, form=form), 422
    if key:
        return _show_link(account, key)
    flash("Saved.")
    return redirect(url_for("people.show", account_id=account_id))


@bp.get("/people/<row:account_id>")
@needs(Right.ADMINISTER)
def show(account_id: int) -> str:
    return _draw_person(account_id)


@bp.post("/people/<row:account_id>")
@needs(Right.ADMINISTER)
@fresh
def change(account_id: int) -> ResponseReturnValue:
    """Give a person these roles and no others."""
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    try:
        with store().writing(*subjects) as database:
            account = accounts.find(database, account_id)
            before = accounts.describe_person(account)
            _check_seen(before)
            accounts.set_groups(database, account, _read_groups(), who=name_person())
            accounts.set_roles(database, account, _read_roles(), who=name_person())
            after = accounts.describe_person(account)
    except LastAdministrator:
        return _draw_person(account_id, _LAST, keeps_typed=True), 422
    except _Outdated:
        return _draw_person(account_id, _CHANGED), 409
    if after.roles != before.roles:
        _tell(account, write_role_change)
    is_same = (after.roles, after.groups) == (before.roles, before.groups)
    flash("Nothing has changed." if is_same else "Saved. It applies once they sign in again.")
    return redirect(url_for("people.show", account_id=account_id))


@bp.post("/people/<row:account_id>/active")
@needs(Right.ADMINISTER)
@fresh
def set_active(account_id: int) -> ResponseReturnValue:
    """Let a person sign in, or no longer."""
    active = request.form.get("active") == "yes"
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    try:
        with store().writing(*subjects) as database:
            account = accounts.find(database, account_id)
            is_change = account.active is not active
            accounts.set_active(database, account, active=active, who=name_person())
    except LastAdministrator:
        return _draw_person(account_id, _LAST), 422
    if is_change:
        _tell(account, write_opening if active else write_closing)
    flash("They can sign in again." if active else "They are signed out, and cannot sign in.")
    return redirect(url_for("people.show", account_id=account_id))


@bp.post("/people/<row:account_id>/link")
@needs(Right.ADMINISTER)
@fresh
def make_link(account_id: int) -> ResponseReturnValue:
    """Make the link by which a person sets a password, once."""
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    with store().writing(*subjects) as database:
        account = accounts.find(database, account_id)
        key = join_links.make(database, account, who=name_person()) if account.active else ""
    return _show_link(account, key) if key else (_draw_person(account_id, _CLOSED), 422)


@bp.post("/people/<row:account_id>/sign-ins")
@needs(Right.ADMINISTER)
@fresh
def end_sign_ins(account_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    with store().writing(*subjects) as database:
        account = accounts.find(database, account_id)
        accounts.sign_out_everywhere(database, account, who=name_person())
        left = len(api_tokens.list_open(database, account_id))
    still = write_plural(
        left, " {} token of theirs still works.", " {} tokens of theirs still work."
    )
    flash(f"They are signed out everywhere.{still if left else ''}")
    return redirect(url_for("people.show", account_id=account_id))


@bp.post("/people/<row:account_id>/sign-ins/<row:sign_in_id>/end")
@needs(Right.ADMINISTER)
@fresh
def end_sign_in(account_id: int, sign_in_id: int) -> ResponseReturnValue:
    """Sign a person out in one browser."""
    with store().writing(name_account_chain(account_id)) as database:
        accounts.find(database, account_id)
        sign_ins.end(database, account_id, sign_in_id, who=name_person())
    flash("They are signed out there.")
    return redirect(url_for("people.show", account_id=account_id))


@bp.post("/people/<row:account_id>/second-step")
@needs(Right.ADMINISTER)
@fresh
def remove_second_step(account_id: int) -> ResponseReturnValue:
    """Help a person who has lost the phone: the password alone signs in again."""
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    try:
        with store().writing(*subjects) as database:
            account = accounts.find(database, account_id)
            accounts.check_passkeys_can_go(database, account)
            accounts.remove_second_step(database, account, who=name_person())
            has_password = account.password is not None
    except LastAdministrator:
        return _draw_person(account_id, _LAST), 422
    _tell(account, write_second_step_change)
    alone = ": the password alone signs in" if has_password else ""
    flash(f"Their codes and passkeys are gone{alone}.")
    return redirect(url_for("people.show", account_id=account_id))


@bp.post("/people/<row:account_id>/identity/unlink")
@needs(Right.ADMINISTER)
@fresh
def unlink(account_id: int) -> ResponseReturnValue:
    """Let nobody come in as a person by the provider any more, until an address is linked anew."""
    subjects = (ALL_ACCOUNTS, name_account_chain(account_id))
    try:
        with store().writing(*subjects) as database:
            account = accounts.find(database, account_id)
            is_change = identities.find(database, find_issuer(), account.id) is not None
            identities.unlink(database, account, find_issuer(), who=name_person())
    except LastAdministrator:
        return _draw_person(account_id, _LAST), 422
    if is_change:
        _tell(account, write_unlinking)
    flash("Unlinked. The next sign-in by the provider with this e-mail address is linked.")
    return redirect(url_for("people.show", account_id=account_id))


@bp.post("/people/<row:account_id>/tokens/<row:token_id>/end")
@needs(Right.ADMINISTER)
@fresh
def end_token(account_id: int, token_id: int) -> ResponseReturnValue:
    """End a token of a person."""
    with store().writing(name_account_chain(account_id)) as database:
        accounts.find(database, account_id)
        api_tokens.end(database, account_id, token_id, who=name_person())
    flash("That token no longer works.")
    return redirect(url_for("people.show", account_id=account_id))


def _tell(account: Account, write_letter: Callable[[str, str], Letter]) -> None:
    """Tell a person by e-mail what was changed about their account."""
    find_services().outbox.post(partial(write_letter, account.email, account.name))


def _draw_form(form: AccountForm, roles: Roles | None = None) -> str:
    return render_template(
        "people/new.html",
        form=form,
        roles=roles or {},
        groups=_read_groups(),
        role_words=ROLE_WORDS,
        names=name_all_and_each(),
        everywhere=EVERYWHERE,
    )


def _draw_person(
    account_id: int,
    problem: str = "",
    *,
    form: AccountForm | None = None,
    keeps_typed: bool = False,
) -> str:
    """Draw the page, with a *problem*; *keeps_typed* keeps the roles and groups that were typed.

    *form* has the name and address that were typed.
    """
    with store().reading() as database:
        account = accounts.find(database, account_id)
        events = audit_trail.read_chain(database, name_account_chain(account_id))
        signed_in = sign_ins.list_open(database, account_id)
        tokens = api_tokens.list_open(database, account_id)
        identity = identities.find(database, find_issuer(), account_id)
        has_begun = accounts.has_begun(database, account)
    person = accounts.describe_person(account)
    return render_template(
        "people/show.html",
        account=account,
        is_self=account_id == find_person().account_id,
        problem=problem,
        form=form or AccountForm(obj=account),
        has_begun=has_begun,
        roles=_read_roles() if keeps_typed else person.roles,
        groups=_read_groups() if keeps_typed else person.groups,
        seen=accounts.stamp_rights(person),
        sign_ins=signed_in,
        tokens=tokens,
        identity=identity,
        events=describe_account_events(events),
        role_words=ROLE_WORDS,
        names=name_all_and_each(),
        everywhere=EVERYWHERE,
    )


def _show_link(account: Account, key: str) -> str:
    link = url_for("joining.join", key=key, _external=True)
    return render_template(
        "people/link.html",
        account=account,
        link=link,
        roles=accounts.describe_person(account).roles,
        role_words=ROLE_WORDS,
        names=name_all_and_each(),
    )


def _check_seen(person: Person) -> None:
    """Check that somebody has the rights with which the page showed them; raises `_Outdated`."""
    if request.form.get("seen", "") != accounts.stamp_rights(person):
        raise _Outdated


def _read_groups() -> set[str]:
    """Read the groups that were typed, with commas between them; of a long name, its beginning."""
    names = request.form.get("groups", "").split(",")
    return {name[:LONGEST_GROUP].strip() for name in map(read_name, names) if name}


def _read_roles() -> Roles:
    """Read the roles that are ticked: *role* by *connection*, as `key/role`."""
    names = name_all_and_each()
    roles: dict[str, set[Role]] = {}
    for ticked in request.form.getlist("role"):
        key, _, role = ticked.partition("/")
        if role in set(Role) and key in names and (key == ALL or Role(role) not in EVERYWHERE):
            roles.setdefault(key, set()).add(Role(role))
    return {key: frozenset(at_key) for key, at_key in roles.items()}
