"""What commands print, a part of which can be from a file that somebody else has written."""

import sys
from io import TextIOWrapper

import click

from app.campaign.formatting import replace_invisible


def echo_line(line: str) -> None:
    """Print one line, without anything that a terminal would obey, or cannot show."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    click.echo(replace_invisible(line))
