"""The e-mails about an account: what they say. None has a password in it, and one has a link."""

from app.people.mail import Letter
from app.store.join_links import BY_MAIL

_MINUTES = int(BY_MAIL.total_seconds() // 60)
_NOT_YOU = (
    "If you neither did this nor asked for it, tell an administrator of Campaign Builder at once."
)


def write_recovery(email: str, name: str, link: str) -> Letter:
    """Write the letter with which somebody sets a new password."""
    return _write(
        email,
        "Set a new password",
        f"Hello {name},",
        "Somebody, probably you, has asked to set a new password for Campaign Builder. With this "
        f"link you can do so, once, within {_MINUTES} minutes:",
        link,
        "Earlier links of this kind no longer work. If a code is asked for when you sign in, it "
        "still is.",
        "If it was not you, do nothing: your password stays as it is.",
    )


def write_password_change(email: str, name: str) -> Letter:
    return _write_change(email, name, "Your password was changed", "Your password was set anew.")


def write_second_step_change(email: str, name: str) -> Letter:
    sentence = "Your passkeys, or the codes that are asked for when you sign in, were changed."
    return _write_change(email, name, "How you sign in was changed", sentence)


def write_role_change(email: str, name: str) -> Letter:
    sentence = "An administrator has changed what you may do. Sign in again to see it."
    return _write_change(email, name, "What you may do was changed", sentence)


def write_role_change_by_groups(email: str, name: str) -> Letter:
    sentence = "Your groups at the sign-in provider have changed what you may do."
    return _write_change(email, name, "What you may do was changed", sentence)


def write_closing(email: str, name: str) -> Letter:
    sentence = "An administrator has closed your account: you are signed out, and cannot sign in."
    return _write_change(email, name, "Your account was closed", sentence)


def write_opening(email: str, name: str) -> Letter:
    sentence = (
        "An administrator has opened your account again. Tokens and links of before stay ended."
    )
    return _write_change(email, name, "Your account was opened again", sentence)


def write_linking(email: str, name: str) -> Letter:
    sentence = "Somebody has signed in as you by the sign-in provider, and can do so from now on."
    return _write_change(email, name, "How you sign in was changed", sentence)


def write_unlinking(email: str, name: str) -> Letter:
    sentence = "An administrator has unlinked your account from the sign-in provider."
    return _write_change(email, name, "How you sign in was changed", sentence)


def write_token(email: str, name: str) -> Letter:
    sentence = (
        "A token was made with which a program can read, or read and change, what you may. It "
        "stands on Your account, where it can be ended."
    )
    return _write_change(email, name, "A token was made in your name", sentence)


def _write_change(email: str, name: str, subject: str, sentence: str) -> Letter:
    return _write(email, subject, f"Hello {name},", sentence, _NOT_YOU)


def _write(email: str, subject: str, *paragraphs: str) -> Letter:
    return Letter(email, f"Campaign Builder: {subject}", "\n\n".join(paragraphs) + "\n")
