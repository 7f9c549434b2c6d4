"""What commands print, a part of which can be from a file that somebody else has written."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper

import click
from rich.console import Console

from app.campaign.formatting import replace_invisible


class Terminal(Console):
    """Where a bar is drawn that shows how far a command is, as long as somebody looks."""

    def on_broken_pipe(self) -> None:
        """Draw no more, and go on."""
        self.quiet = True


def echo_line(line: str) -> None:
    """Print one line, without anything that a terminal would obey, or cannot show.

    Where nobody reads any more, or a disk is full, it is dropped: the exit status has to be right.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        click.echo(replace_invisible(line))
    except OSError:
        _drop_output()


def _drop_output() -> None:
    """Let what is printed from now on go nowhere, so that not even the end of Python fails."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
