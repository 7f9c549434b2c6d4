"""What every template can use: the contract's words, and ways of writing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask, g, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from app.campaign.compliance.acceptance import DUTY_ANSWER_WORDS, EXEMPTIONS
from app.campaign.compliance.hours_words import (
    describe_periods,
    describe_row,
    format_short_hours,
    format_stretch,
)
from app.campaign.contract.fields import FIELD, CampaignType
from app.campaign.contract.typed_length import LONGEST_TEXT
from app.campaign.contract.wording import WORDS
from app.campaign.formatting import (
    format_length,
    format_short_day,
    format_weekdays,
    shorten,
    write_plural,
)
from app.campaign.timezones.zones import name_city
from app.connections import SANDBOX, Connection
from app.forms.question import QUESTIONS
from app.people.passwords import LONGEST, SHORTEST
from app.people.sign_in import find_account
from app.people.sign_in_options import FRESH
from app.rights import Right
from app.sending.confirmation import LONGEST_SENDER
from app.services import connections, find_issuer, find_services, store
from app.store import address_book, identities, join_links, presets, saved_views, sign_ins
from app.version import VERSION
from app.web.access import find_person, is_fresh, may
from app.web.addresses import has_host_name
from app.web.attention import find_attention
from app.web.batch_words import describe_calling_time, describe_state
from app.web.browsers import name_browser
from app.web.clients import find_client, list_clients
from app.web.dates import write_ago, write_instant, write_moment
from app.web.local_copies import write_copy_key
from app.web.names import name_campaign
from app.web.sender_words import NO_SENDER, ask_for_name
from app.web.state_words import STATE_WORDS
from app.web.undo import list_undo_offers
from app.web.visit import name_person
from app.web.waiting_list import list_waiting

_LONGEST_TYPED = {
    "text": LONGEST_TEXT,
    "sender": LONGEST_SENDER,
    "view_name": saved_views.LONGEST_NAME,
    "id": address_book.LONGEST_ID,
    "preset_name": presets.LONGEST_NAME,
    "nickname": address_book.LONGEST_NICKNAME,
}
"""Characters that can be typed where no form of WTForms says so, by what is typed."""

_WORDS = {
    "contract": FIELD,
    "words": WORDS,
    "questions": QUESTIONS,
    "exemptions": EXEMPTIONS,
    "state_words": STATE_WORDS,
    "duty_answer_words": DUTY_ANSWER_WORDS,
    "version": VERSION,
    "Right": Right,
    "SANDBOX": SANDBOX,
    "CampaignType": CampaignType,
    "longest_typed": _LONGEST_TYPED,
    "copy_key": write_copy_key,
    "can_recover": lambda: find_services().can_recover,
    "ask_for_name": ask_for_name,
    "no_sender": NO_SENDER,
    "shortest_password": SHORTEST,
    "longest_password": LONGEST,
    "link_hours": join_links.HOURS,
    "fresh_minutes": FRESH // timedelta(minutes=1),
    "idle_hours": sign_ins.IDLE // timedelta(hours=1),
    "recovery_minutes": join_links.BY_MAIL // timedelta(minutes=1),
    "sign_in_days": sign_ins.LONGEST // timedelta(days=1),
}
_FILTERS: dict[str, Callable[..., Any]] = {
    "batch_state": describe_state,
    "calling_time": describe_calling_time,
    "browser": name_browser,
    "moment": write_moment,
    "ago": write_ago,
    "instant": write_instant,
    "lower_first": lambda text: f"{text[:1].lower()}{text[1:]}",
    "upper_first": lambda text: f"{text[:1].upper()}{text[1:]}",
    "day": format_short_day,
    "days": format_weekdays,
    "hours": format_short_hours,
    "stretch": format_stretch,
    "periods": describe_periods,
    "row_in_words": describe_row,
    "length_in_words": format_length,
    "city": name_city,
    "shortened": shorten,
    "named": name_campaign,
    "plural": write_plural,
}


def install(app: Flask) -> None:
    """Give all templates these words and filters."""
    addresses = app.url_map.bind("")  # Errors are shown for hosts that are none of ours, too.

    def url_for(endpoint: str, **values: object) -> str:
        return addresses.build(endpoint, values)

    def asset(name: str) -> str:
        return f"{app.static_url_path}/{name}"

    def scripts(*names: str) -> Markup:
        # A page is whole without them: its styles come first.
        tag = '<script type="module" fetchpriority="low" src="{}"></script>'
        tags = (tag.format(asset(f"js/{name}.js")) for name in names)
        return Markup("\n  ".join(tags))  # noqa: S704  The names are those of our files.

    def csrf_field() -> Markup:
        field = Markup('<input type="hidden" name="csrf_token" value="{}">')
        return field.format(generate_csrf())

    for function in (url_for, asset, scripts, csrf_field):
        app.jinja_env.globals[function.__name__] = function
    app.jinja_env.globals.update(_WORDS)
    app.jinja_env.filters.update(_FILTERS)
    app.context_processor(_describe_request)


def _describe_request() -> dict[str, Any]:
    """Give what can differ from one request to the next, looked up where a template asks for it."""
    return {
        "connection": None,
        "attention": find_attention,
        "count_waiting": _count_waiting,
        "find_client": _find_client,
        "list_clients": _list_clients,
        "who": name_person,
        "list_undo_offers": list_undo_offers,
        "person": g.get("person"),
        "may": may,
        "can_have_passkeys": has_host_name,
        "is_fresh": is_fresh,
        "is_known_at_provider": _is_known_at_provider,
    }


def _is_known_at_provider() -> bool:
    """Tell whether who asks can prove by the provider who they are."""
    account = find_account()
    if account is None:
        return False
    with store().reading() as database:
        return identities.find(database, find_issuer(), account.id) is not None


def _list_clients() -> list[Connection]:
    """List the clients that can be switched to; none where they cannot be read."""
    with suppress(SQLAlchemyError):
        return list_clients()
    return []


def _find_client() -> Connection | None:
    """Find the client that is worked on; all of them where they cannot be read."""
    with suppress(SQLAlchemyError):
        return find_client(request.args.get("client", ""))
    return None


def _count_waiting() -> str:
    """Count what waits for the person who looks; empty if nothing does, or it cannot be read."""
    with suppress(SQLAlchemyError), store().reading() as session:
        listed = list_waiting(session, find_person(), connections())
        return listed.count if listed.waiting else ""
    return ""
