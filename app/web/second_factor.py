"""Two factors of everybody who signs in, where the app is told to ask for them."""

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.people.sign_in import find_account, has_second_factor
from app.web.refusals import NoSecondFactor


def lacks_second_factor() -> bool:
    """Tell whether who asks has signed in by one thing alone where two are asked for."""
    account = find_account()
    is_required = current_app.config["WANTS_SECOND_FACTOR"]
    return is_required and account is not None and not has_second_factor(account)


def lead_to_second_factor() -> ResponseReturnValue:
    """Lead to where one is set up; raises `NoSecondFactor` for what was posted."""
    if request.method not in {"GET", "HEAD"}:
        raise NoSecondFactor
    return redirect(url_for("security.two_factor_setup"))
