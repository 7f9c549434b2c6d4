"""Commands about archives: write what is due, and hold one to what it was."""

from collections.abc import Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app.cli.stopping import ends_like_ctrl_c
from app.services import find_services
from app.store import audit_trail
from app.store.archive_file import Archive, Damaged, read_archive

_PLURALS = {"batch": "batches"}
_UNSET = "Nothing is archived: KEEP_LOG_DAYS, KEEP_TRASH_DAYS and KEEP_TRAIL_DAYS are not set."


@click.command("archive")
@click.option("--dry-run", is_flag=True, help="Say what would be archived, and change nothing.")
@with_appcontext
@ends_like_ctrl_c()
def archive_command(*, dry_run: bool) -> None:
    """Archive what is older than the settings keep it; the app may be running."""
    archiver = find_services().archiver
    if not archiver.is_set:
        click.echo(_UNSET)
        return
    try:
        if dry_run:
            click.echo(f"Would be archived: {_describe_rows(archiver.count())}.")
            return
        archives = archiver.archive()
    except Damaged as error:
        raise click.ClickException(f"What is left stays where it is. {error}") from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or archiver.folder} cannot be written ({error.strerror})."
        ) from error
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used ({error.orig}).") from error
    for name, archive in archives.items():
        click.echo(f"{archiver.folder / name}: {_describe_rows(archive.holds['rows'])}.")
    if not archives:
        click.echo("Nothing is older than the settings keep it.")


@click.command("verify-archive")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def verify_archive(file: Path) -> None:
    """Hold an archive to its digest and signature; ends with 1 if one is wrong."""
    archive = _read(file)
    with find_services().store.reading() as session:
        archived = audit_trail.read_archived(session)
    is_on_record = archive.holds["sha256"] in {details["sha256"] for details in archived}
    if not archive.is_signed:
        known = " The event trail has its digest, though." if is_on_record else ""
        reason = f"It is not signed by the SECRET_KEY of this app.{known}"
        raise click.ClickException(f"The archive does not hold. {reason}")
    click.echo(f"The archive holds: {_describe_rows(archive.holds['rows'])}.")
    if is_on_record:
        click.echo("It is on record in the event trail.")
    else:
        click.echo("It is not on record here: what is in it was not removed, or came back since.")


COMMANDS = (archive_command, verify_archive)


def _read(file: Path) -> Archive:
    try:
        return read_archive(file, find_services().archiver.key)
    except Damaged as error:
        raise click.ClickException(f"The archive does not hold. {error}") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read ({error.strerror}).") from error


def _describe_rows(rows: Mapping[str, int]) -> str:
    phrases = [
        f"{count} {kind if count == 1 else _PLURALS.get(kind, f'{kind}s')}"
        for kind, count in sorted(rows.items())
    ]
    return ", ".join(phrases) or "nothing"
