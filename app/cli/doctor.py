"""``campaign-builder doctor``: look over an installation, and say what is weak or broken in it.

It starts no app, which could not be started where something is broken, and which would make what
is missing.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import click

from app.cli.database_weaknesses import find_database_weaknesses
from app.cli.output import echo_line
from app.cli.weaknesses import Severity, Weakness, broken, find_weaknesses, look
from app.setting_values import BadSetting
from app.settings import read_settings

_STATUS = {Severity.WEAK: 1, Severity.BROKEN: 2}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one object, for scripts.")
@click.pass_context
def doctor_command(context: click.Context, *, as_json: bool) -> None:
    """Say what is weak or broken here; ends with 0 if nothing is, else with 1 or 2."""
    weaknesses = list(_examine(os.environ))
    status = max((_STATUS[weakness.severity] for weakness in weaknesses), default=0)
    if as_json:
        click.echo(json.dumps({"status": status, "findings": list(map(asdict, weaknesses))}))
    else:
        for weakness in weaknesses:
            echo_line(f"{weakness.severity:6}  {weakness.check}: {weakness.sentence}")
        if not weaknesses:
            click.echo("Nothing is weak or broken.")
    context.exit(status)


COMMANDS = (doctor_command,)


def _examine(environ: Mapping[str, str]) -> Iterator[Weakness]:
    try:
        settings = read_settings(environ)
        yield from find_weaknesses(settings, environ)
        yield from look("database", find_database_weaknesses(settings))
    except BadSetting as error:
        yield broken("settings", str(error))
