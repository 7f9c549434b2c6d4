"""How seeds of codes and recovery codes are kept: of no use to whoever reads the database."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from app.services import find_services
from app.store.accounts import ALL_ACCOUNTS
from app.store.people_models import Account
from tests.people.accounts import is_signed_in, make_client, sign_in
from tests.people.codes import ask_for_codes, give_code, make_recovery_codes

LATER = timedelta(minutes=2)


def read(app: Flask) -> Account:
    with find_services(app).store.reading() as session:
        account = session.get(Account, 1)
        assert account
        return account


def change(app: Flask, change_account: Callable[[Account], None]) -> None:
    with find_services(app).store.writing(ALL_ACCOUNTS) as session:
        account = session.get(Account, 1)
        assert account
        change_account(account)


def give(app: Flask, address: str, code: str) -> bool:
    client = make_client(app)
    sign_in(client)
    give_code(client, address, code)
    return is_signed_in(client)


def test_recovery_codes_are_kept_as_hashes_that_are_dear_to_guess(
    app: Flask, signed_in: FlaskClient
) -> None:
    codes = make_recovery_codes(signed_in)
    kept = read(app).mf_recovery_codes or []
    assert len(kept) == len(codes) == 10
    assert all(hashed.startswith("$argon2id$") for hashed in kept)
    assert len({hashed.split("$")[4] for hashed in kept}) == 10  # Each with a salt of its own.
    assert not any(code in str(kept) for code in codes)


def test_nobody_sees_recovery_codes_again(signed_in: FlaskClient) -> None:
    codes = make_recovery_codes(signed_in)
    page = signed_in.get("/account/recovery-codes?show_codes=yes")
    assert page.status_code == 200
    assert not any(code in page.text for code in codes)


def test_each_recovery_code_is_taken_and_no_other(app: Flask, signed_in: FlaskClient) -> None:
    ask_for_codes(signed_in)
    codes = make_recovery_codes(signed_in)
    at = "/sign-in/recovery-code"
    assert give(app, at, codes[9])
    assert not give(app, at, codes[9])
    assert not give(app, at, "0000-0000-0000")
    assert give(app, at, codes[0])
    assert len(read(app).mf_recovery_codes or []) == 8


def test_a_seed_is_of_no_use_as_it_is_kept_and_not_once_it_is_changed(
    app: Flask, signed_in: FlaskClient
) -> None:
    phone = ask_for_codes(signed_in)
    kept = read(app).tf_totp_secret or ""
    assert phone.base32_key not in kept
    assert give(app, "/sign-in/code", phone.generate(datetime.now(UTC) + LATER / 4).token)

    at = len(kept) // 2
    other = "A" if kept[at] != "A" else "B"
    change(
        app, lambda account: setattr(account, "tf_totp_secret", kept[:at] + other + kept[at + 1 :])
    )
    with time_machine.travel(datetime.now(UTC) + LATER):
        client = make_client(app)
        sign_in(client)
        answer = give_code(client, "/sign-in/code", phone.generate().token)
    assert "The code is wrong or was used." in answer.text
    assert not is_signed_in(client)


@pytest.fixture
def before(app: Flask, signed_in: FlaskClient) -> TOTP:
    """Keep a seed and a recovery code as both were kept before."""
    ask_for_codes(signed_in)
    phone = TOTP.using(secrets=app.config["SECURITY_TOTP_SECRETS"]).new()
    fernet = Fernet(app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS"][0])
    codes = [fernet.encrypt(code).decode() for code in (b"1111-2222-3333", b"4444-5555-6666")]

    def keep(account: Account) -> None:
        account.tf_totp_secret = phone.to_json(encrypt=True)
        account.mf_recovery_codes = codes

    change(app, keep)
    return phone


def test_what_was_kept_before_is_taken_and_a_seed_is_kept_better_from_then_on(
    app: Flask, before: TOTP
) -> None:
    with time_machine.travel(datetime.now(UTC) + LATER):
        assert give(app, "/sign-in/code", before.generate().token)
    kept = read(app).tf_totp_secret or ""
    with pytest.raises(json.JSONDecodeError):
        json.loads(kept)
    with time_machine.travel(datetime.now(UTC) + LATER * 2):
        assert give(app, "/sign-in/code", before.generate().token)
    assert give(app, "/sign-in/recovery-code", "4444-5555-6666")
    assert not give(app, "/sign-in/recovery-code", "4444-5555-6666")
    assert give(app, "/sign-in/recovery-code", "1111-2222-3333")
