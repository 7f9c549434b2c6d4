"""Why somebody does something all the same: read from the form, and held to who may."""

from flask import request

from app.campaign.contract.typed_length import LONGEST_TEXT
from app.campaign.contract.visible import can_be_seen
from app.connections import Connection
from app.rights import Right
from app.web.access import require, require_fresh


def read_reason(name: str) -> str:
    """Read a reason; what nobody can see, or is longer than we take, is none."""
    typed = _read_typed(name)
    return typed if len(typed) <= LONGEST_TEXT else ""


def is_too_long(name: str) -> bool:
    """Tell whether a reason was typed that is longer than we take."""
    return len(_read_typed(name)) > LONGEST_TEXT


def _read_typed(name: str) -> str:
    """Read what was typed, with line breaks of one sign, as a browser counts them."""
    typed = request.form.get(name, "").replace("\r\n", "\n").strip()
    return typed if can_be_seen(typed) else ""


def read_reason_without_approval(to: Connection) -> str:
    """Read why something is sent without approval, by who may do that and has just proved it.

    Raises `NotAllowed` and `NotFresh`.
    """
    if reason := read_reason("without_approval"):
        require(Right.OVERRIDE, to.key)
        require_fresh()
    return reason
