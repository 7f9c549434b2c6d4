"""What the log says of who was kept out: tries to sign in that failed, and what was refused.

The event trail has what was done; what was only tried changes nothing, so it is a line of the log.
It names where it came from, the rule of the route, and the account if somebody is signed in. What
was typed is in none, and so neither is the e-mail address of a try.
"""

import logging

from flask import Response, g, request, url_for

FAILED = "A try to sign in failed"
NOT_ALLOWED = "What somebody may not do was refused"
HIDDEN = "What somebody may not see was refused"
FORGED = "A form without the token of its page was refused"
WRONG_TOKEN = "A token that does not work was sent"  # noqa: S105  It is what happened.
TOO_MANY = "A try too many was refused"
NOT_OPEN = "An app without accounts was asked for from elsewhere"

_log = logging.getLogger(__name__)


def note(event: str) -> None:
    """Log that a request was refused."""
    rule, person = request.url_rule, g.get("person")
    facts = {
        "method": request.method,
        "route": rule.rule if rule else None,
        "address": request.remote_addr,
        "account": person.account_id if person else None,
    }
    _log.warning(event, extra=facts)


def has_failed(answer: Response) -> bool:
    """Tell whether a try to prove who somebody is has failed, by where the answer leads.

    The page comes again, or for a passkey the one before it.
    """
    if request.endpoint == "joining.take_link":
        return answer.status_code == 404
    if request.endpoint in {"provider.start", "recovery.send"}:  # Nobody has proved anything yet.
        return False
    names = ("login", "wan_signin", "wan_verify")
    before = {url_for(f"security.{name}") for name in names}
    leads_back = (answer.location or "").partition("?")[0] in before
    return leads_back or answer.status_code == 200
