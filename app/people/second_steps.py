"""What is asked for beside a password, where Flask-Security's own way is not enough.

Seeds of codes are kept encrypted and authenticated (its own are encrypted alone), and of recovery
codes the database has hashes, which cost as much as those of passwords.
"""

from typing import Any

import qrcode
from blinker import signal
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from flask_security import (
    MfRecoveryCodesUtil,
    Totp,
    UserMixin,
    WebauthnUtil,
    hash_password,
    verify_password,
)
from passlib.exc import TokenError
from passlib.totp import TOTP
from qrcode.image.svg import SvgPathImage
from sqlalchemy.orm.exc import StaleDataError
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

recovery_codes_made = signal("recovery codes made")
"""Tells as Flask-Security's signals do, which has none of these."""


class Passkeys(WebauthnUtil):
    """Passkeys of any device, opened by its owner: each is as good as two steps."""

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(
        self, user: UserMixin | None, usage: list[str]
    ) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED


class Codes(Totp):
    """Codes of an app, each of which counts once; drawn without an address that CSP refuses."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        """Encrypt seeds by the first of these keys of Fernet's, each in the place of a secret."""
        super().__init__(secrets, issuer)
        self._fernet = Fernet(next(iter(secrets.values())))
        self._totp = _read_locked(self._totp, self._fernet)

    def lock_as_now(self, seed: str) -> str:
        """Encrypt a seed with proof that nobody has changed it, as libpass by itself does not."""
        if _is_locked(seed):
            return seed
        plain = self._totp.from_source(seed).to_json(encrypt=False)
        return self._fernet.encrypt(plain.encode()).decode()

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keep which code was used before anybody is signed in by it."""
        user.totp_counter = tmatch.counter
        datastore = current_app.extensions["security"].datastore
        datastore.put(user)
        datastore.commit()

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Tell whether a code is right; one that another request has just used is not."""
        try:
            return bool(super().verify_totp(token, totp_secret, user, window))
        except StaleDataError:
            return False

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Draw the code as SVG that stands in the page."""
        image = qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgPathImage)
        drawn: str = image.to_string(encoding="unicode")
        return drawn


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes of which only hashes are kept, so that they can be seen just once."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make new codes in the place of those before; gives them for the one time."""
        security = current_app.extensions["security"]
        codes: list[str] = security.totp_factory.generate_recovery_codes(
            current_app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES_N"]
        )
        security.datastore.mf_set_recovery_codes(user, [hash_password(code) for code in codes])
        recovery_codes_made.send(current_app._get_current_object(), user=user)  # type: ignore[attr-defined]  # noqa: SLF001
        return codes

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        return self._find(user, code) is not None

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Use a code up before anybody is signed in by it; raises `StaleDataError` if one was."""
        index = self._find(user, code)
        datastore = current_app.extensions["security"].datastore
        is_deleted = index is not None and bool(datastore.mf_delete_recovery_code(user, index))
        datastore.commit()
        return is_deleted

    def _find(self, user: UserMixin, code: str) -> int | None:
        kept: list[str] = user.mf_recovery_codes or []
        return next((index for index, hashed in enumerate(kept) if self._is(hashed, code)), None)

    def _is(self, kept: str, code: str) -> bool:
        """Compare a code with one that is kept; those of before have no hash, but are encrypted."""
        if kept.startswith("$"):
            return verify_password(code, kept)
        return self._decrypt_codes([kept]) == [code]


def _read_locked(codes: type[TOTP], fernet: Fernet) -> type[TOTP]:
    """Let codes be made from encrypted seeds; those of before are encrypted by libpass itself."""

    class Locked(codes):
        @classmethod
        def from_source(cls, source: Any) -> Any:
            if isinstance(source, str) and _is_locked(source):
                try:
                    source = fernet.decrypt(source.encode()).decode()
                except InvalidToken as error:
                    raise TokenError("This seed was changed.") from error
            return super().from_source(source)

    return Locked


def _is_locked(seed: str) -> bool:
    return not seed.startswith("{")
