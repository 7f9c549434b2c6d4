"""What keeps somebody, or a program, from what they asked for; `errors` has the words."""


class NotAllowed(Exception):
    """Somebody may see this, and not do that; the message says who can."""


class NotSignedIn(Exception):
    """Somebody has to sign in before this is done."""


class NoToken(Exception):
    """A program has to send a token; *was_sent* is one that does not work."""

    def __init__(self, *, was_sent: bool = False) -> None:
        super().__init__(was_sent)
        self.was_sent = was_sent


class TooManyTries(Exception):
    """Somebody has tried to sign in too often, and has to wait for some *seconds*."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NotFresh(Exception):
    """Somebody has to prove anew who they are before this is done."""


class NoSecondFactor(Exception):
    """Somebody has to set up a second step of signing in before this is done."""


class NotOpen(Exception):
    """Nobody has an account, and this is not the machine itself."""
