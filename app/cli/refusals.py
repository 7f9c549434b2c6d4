"""Why a command ends without having done anything."""

import click


class Unusable(click.ClickException):
    """What it was given cannot be used; the message says what to change."""

    exit_code = 2
