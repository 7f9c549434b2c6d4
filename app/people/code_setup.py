"""Setting up the codes of an app: a wrong code is asked for again, under the same key.

Flask-Security leads back to the beginning after one, where it makes another key; the phone would
keep an entry of which no code is ever right.
"""

from collections.abc import Mapping
from functools import wraps
from typing import Any, cast

from flask import Flask, current_app, get_flashed_messages, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.forms import TwoFactorVerifyCodeForm
from flask_security.utils import check_and_get_token_status, get_message

_ENDPOINT = "security.two_factor_setup_validate"


def install(app: Flask) -> None:
    """Take the place of Flask-Security's view, which still does all but the asking again."""
    validate = app.view_functions[_ENDPOINT]

    @wraps(validate)
    def validate_or_ask_again(token: str) -> ResponseReturnValue:
        answer: Any = validate(token=token)
        is_refused = getattr(answer, "location", "") == url_for("security.two_factor_setup")
        expired, invalid, state = check_and_get_token_status(
            token, "tf_setup", app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"]
        )
        if not is_refused or expired or invalid:
            return cast(ResponseReturnValue, answer)
        return _ask_again(state, token), 422

    app.view_functions[_ENDPOINT] = validate_or_ask_again


def _ask_again(state: Mapping[str, Any], token: str) -> str:
    """Draw the page with the same key, and what is wrong beside the code."""
    get_flashed_messages()  # It stands beside the field instead.
    form = TwoFactorVerifyCodeForm()
    form.code.errors = [get_message("TWO_FACTOR_INVALID_TOKEN")[0]]
    values = current_app.extensions["security"].totp_factory.fetch_setup_values(
        state["totp_secret"], current_user
    )
    return render_template(
        current_app.config["SECURITY_TWO_FACTOR_SETUP_TEMPLATE"],
        two_factor_verify_code_form=form,
        chosen_method=state["method"],
        changing=True,
        state_token=token,
        authr_qrcode=values["image"],
        authr_key=values["key"],
    )
