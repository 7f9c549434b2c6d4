"""What Flask-Security is told: which ways to sign in there are, where, and what is said."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.people.passwords import SHORTEST

FRESH = timedelta(minutes=15)
"""For how long somebody who has just proved who they are may do what is asked for anew."""

HASHING = {"argon2__time_cost": 3, "argon2__memory_cost": 65536, "argon2__parallelism": 4}
"""What a hash of a password costs: 64 MiB, three times over (RFC 9106, 4, the second choice)."""

_ADDRESSES = {
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "VERIFY_URL": "/sign-in/again",
    "CHANGE_URL": "/account/password",
    "TWO_FACTOR_SETUP_URL": "/account/codes",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "TWO_FACTOR_SELECT_URL": "/sign-in/step",
    "TWO_FACTOR_RESCUE_URL": "/sign-in/lost",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "WAN_REGISTER_URL": "/account/passkeys",
    "WAN_DELETE_URL": "/account/passkeys/delete",
    "WAN_SIGNIN_URL": "/sign-in/passkey",
    "WAN_VERIFY_URL": "/sign-in/again/passkey",
}
_TEMPLATES = {
    "LOGIN_USER_TEMPLATE": "people/sign_in.html",
    "VERIFY_TEMPLATE": "people/again.html",
    "CHANGE_PASSWORD_TEMPLATE": "people/password.html",
    "TWO_FACTOR_SETUP_TEMPLATE": "people/codes.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "people/code.html",
    "TWO_FACTOR_SELECT_TEMPLATE": "people/step.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "people/recovery_codes.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": "people/recovery_code.html",
    "WAN_REGISTER_TEMPLATE": "people/passkeys.html",
    "WAN_SIGNIN_TEMPLATE": "people/passkey.html",
    "WAN_VERIFY_TEMPLATE": "people/passkey_again.html",
}
_WORDS = {
    "GENERIC_AUTHN_FAILED": "The e-mail address or the password is wrong.",
    "UNAUTHENTICATED": "Sign in to go on.",
    "REAUTHENTICATION_REQUIRED": "This is asked for anew: prove that it is you.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. Go on where you were.",
    "PASSWORD_CHANGE": "Your password is changed. You were signed out everywhere else.",
    "PASSWORD_IS_THE_SAME": "Choose another password than the one you have.",
    "INVALID_PASSWORD": "The password is wrong.",
    "PASSWORD_NOT_PROVIDED": "Enter your password.",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords are not the same.",
    "TWO_FACTOR_INVALID_TOKEN": "The code is wrong or was used. Enter the one that is shown now.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "Signed in.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "From now on a code is asked for when you sign in.",
    "TWO_FACTOR_DISABLED": "No code is asked for any more when you sign in.",
    "INVALID_RECOVERY_CODE": "The recovery code is wrong or was used.",
    "EMAIL_NOT_PROVIDED": "Enter your e-mail address.",
    "INVALID_EMAIL_ADDRESS": "Enter an e-mail address, as name@example.com.",
    "WEBAUTHN_EXPIRED": "That took too long. Try again.",
    "WEBAUTHN_NAME_REQUIRED": "Enter a name for the passkey.",
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": "Use letters, digits, dots, hyphens, underscores only.",
    "INVALID_INPUT_LENGTH": "Shorten this: it is too long.",
    "WEBAUTHN_NAME_INUSE": "You have a passkey of this name. Choose another.",
    "WEBAUTHN_REGISTER_SUCCESSFUL": "The passkey is there. Use it the next time you sign in.",
    "WEBAUTHN_CREDENTIAL_DELETED": "The passkey is deleted.",
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": "This passkey is not known here.",
}


def write_options(secret: str) -> Mapping[str, Any]:
    """Write all options by their names without the prefix; keys are derived from *secret*."""
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": HASHING,
        "PASSWORD_SINGLE_HASH": True,  # argon2 salts each hash by itself.
        "PASSWORD_LENGTH_MIN": SHORTEST,
        "RETURN_GENERIC_RESPONSES": True,
        "API_ENABLED_METHODS": ["session"],
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TOTP_SECRETS": {"1": _derive(secret, "codes").decode()},
        "TOTP_ISSUER": "Campaign Builder",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derive(secret, "recovery codes")],
        "WEBAUTHN": True,
        "WAN_RP_NAME": "Campaign Builder",
        "WAN_ALLOW_USER_HINTS": False,  # They would tell whether an account exists.
        "WAN_ALLOW_AS_VERIFY": ["first"],
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "DATETIME_FACTORY": lambda: datetime.now(UTC),
        "ANONYMOUS_USER_DISABLED": True,
        "JOIN_USER_ROLES": False,
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": "/sign-in",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "WAN_POST_REGISTER_VIEW": "/account",
        "POST_CHANGE_VIEW": "/account",
        **_ADDRESSES,
        **_TEMPLATES,
        **{f"MSG_{name}": (words, "message") for name, words in _WORDS.items()},
    }


def _derive(secret: str, purpose: str) -> bytes:
    """Derive a key for one purpose from the secret of the app."""
    digest = hashlib.sha256(f"{purpose} of Campaign Builder {secret}".encode()).digest()
    return base64.urlsafe_b64encode(digest)
