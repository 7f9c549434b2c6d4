"""Why somebody does something all the same: read from the form, and held to who may."""

from flask import request

from app.campaign.contract.typed_length import LONGEST_TEXT
from app.connections import Connection
from app.rights import Right
from app.web.access import require, require_fresh


def read_reason(name: str) -> str:
    """Read a reason; what nobody can see, or is longer than we take, is none."""
    typed = request.form.get(name, "").strip()
    can_be_seen = any(sign.isprintable() and not sign.isspace() for sign in typed)
    return typed if can_be_seen and len(typed) <= LONGEST_TEXT else ""


def read_reason_without_approval(to: Connection) -> str:
    """Read why something is sent without approval, by who may do that and has just proved it.

    Raises `NotAllowed` and `NotFresh`.
    """
    if reason := read_reason("without_approval"):
        require(Right.OVERRIDE, to.key)
        require_fresh()
    return reason
