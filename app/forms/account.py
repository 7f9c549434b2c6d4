"""The forms about accounts: who somebody is, and how they begin."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, StopValidation

from app.forms.names import make_name_field, strip
from app.people.passwords import check_password
from app.rights import Scope
from app.store.api_tokens import DAYS

NO_EMAIL = "Enter an e-mail address, as name@example.com."
"""Said where one is asked for."""

NO_PROGRAM = "Enter a name by which you know the program."
"""Said where a program is named."""


class AccountForm(Form):
    """Who an account is of."""

    name = make_name_field(
        "Enter the name by which others know this person.",
        description="It stands beside everything that this person does.",
    )
    email = StringField(
        "E-mail address",
        [DataRequired(NO_EMAIL)],
        filters=[strip],
        description="With it they sign in.",
    )

    def validate_email(self, field: Any) -> None:
        """Hold the address to its form; whether mail arrives there is nobody's business here."""
        try:
            validate_email(field.data, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise StopValidation(NO_EMAIL) from error


class RecoveryForm(Form):
    """Where the link goes by which somebody signs in again."""

    email = StringField(
        "E-mail address",
        [DataRequired(NO_EMAIL)],
        filters=[strip],
        description="The one with which you sign in.",
    )
    validate_email = AccountForm.validate_email


class PasswordForm(Form):
    """A password that somebody chooses, twice."""

    password = PasswordField("Password", [DataRequired("Choose a password.")])
    again = PasswordField("The same again")

    def __init__(self, typed: MultiDict[str, str] | None = None, *about: str) -> None:
        """Take what was *typed*; *about* are words that it must not be made of."""
        self._about = about
        super().__init__(typed)

    def validate_password(self, field: Any) -> None:
        """Hold the password to what is hard to guess, and to what nobody knows."""
        if problem := check_password(field.data, self._about):
            raise StopValidation(problem)

    def validate_again(self, field: Any) -> None:
        """Notice a slip of the finger."""
        if field.data != self.password.data:
            raise StopValidation("The two passwords are not the same.")


class JoinForm(AccountForm, PasswordForm):
    """The first account: who it is of, and its password."""

    def __init__(self, typed: MultiDict[str, str] | None = None) -> None:
        """Take what was *typed*, of which the password is no part of who it is."""
        typed = typed or MultiDict()
        PasswordForm.__init__(self, typed, typed.get("name", ""), typed.get("email", ""))


class TokenForm(Form):
    """A token for a program: what it is called, what it may do, and for how long."""

    name = make_name_field(
        NO_PROGRAM, description="By which you know it again, such as Nightly import."
    )
    scope = RadioField(
        "It may",
        choices={
            Scope.READ.value: "Read campaigns",
            Scope.WRITE.value: "Read, create and change campaigns",
        },
        default=Scope.READ.value,
        description="Where you may, and never more than you may. No token sends.",
    )
    days = RadioField(
        "It ends in",
        choices={str(days): f"{days} days" for days in DAYS},
        default=str(DAYS[1]),
    )
