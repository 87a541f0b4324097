"""`siger audit`: is the chain whole, what does it say, and what proves it to others."""

import json
from pathlib import Path

import click

from dashboard.access.chain import Broken, Link
from dashboard.access.checkpoints import BadEvidence, Checkpoint, check_export, export, read_checkpoint, sign
from dashboard.access.chores import own_checkpoints
from dashboard.access.desk import Access
from dashboard.access.witnessed import compare
from dashboard.cli.registry import by_command, demo_option, with_access
from feeds.archive import Archive
from feeds.clock import now_ms
from feeds.history import History


@click.group()
def audit() -> None:
    """The record of what was done, refused and looked at."""


@audit.command()
@click.option("--checkpoint", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True)
@click.option("--file", "exported", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An export.")
@click.option(
    "--key", metavar="HEX", help="The public key that checkpoints must be signed with [default: the store's]."
)
@click.option(
    "--log", "with_log", is_flag=True, help="Also whether log and archive hold what the audit vouches for."
)
@demo_option
def verify(kept: tuple[Path, ...], exported: Path | None, key: str | None, with_log: bool, demo: bool) -> None:
    """Check the whole chain, against checkpoints too; exit 1 and the first broken entry if it fails.

    The checkpoints that Siger wrote beside the store are always among them; those that --checkpoint names are from
    where nobody who can write to the store can write.
    """
    try:
        if exported is not None:
            found = check_export(exported.read_bytes().splitlines(), key)
            click.echo(f"The export holds up to its checkpoint at entry {found.n}, signed with key {found.key}.")
            return
        lines = [line for path in kept for line in path.read_bytes().splitlines()]
        click.echo(with_access(demo, lambda access: _verified(access, lines, key, with_log=with_log)))
    except (Broken, BadEvidence) as error:
        raise click.ClickException(f"the audit does not hold: {error}") from error


@audit.command()
@demo_option
def checkpoint(demo: bool) -> None:
    """Print a signed checkpoint, one line to be kept elsewhere. Checks the chain first."""

    async def job(access: Access) -> Checkpoint:
        length, last = await access.audit.verify()
        return sign(access.keys, length, last, now_ms())

    try:
        click.echo(with_access(demo, job).model_dump_json())
    except Broken as error:
        raise click.ClickException(f"the audit does not hold: {error}") from error


@audit.command("show")
@click.option("--after", type=click.IntRange(min=0), default=0, help="Entries behind this number.")
@demo_option
def show(after: int, demo: bool) -> None:
    """Print the entries, one JSON object a line."""
    for link in with_access(demo, _links):
        if link.n > after:
            # As ASCII: what somebody typed as a name must not write to the reader's terminal.
            shown = {"n": link.n, "events": link.events, "entry": json.loads(link.body)}
            click.echo(json.dumps(shown, separators=(",", ":")))


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "first", type=click.IntRange(min=1), default=1, help="First entry shown in full.")
@click.option("--to", "last", type=click.IntRange(min=1), help="Last entry shown in full [default: the newest].")
@demo_option
def export_to(file: Path, first: int, last: int | None, demo: bool) -> None:
    """Write entries as evidence: with the links up to a signed checkpoint, to be checked without the store."""

    async def job(access: Access) -> tuple[list[Link], Checkpoint]:
        deed = by_command("audit.export", str(file.name), first=first, last=last)
        await access.audit.record(deed)
        length, head = await access.audit.verify()
        return await _links(access), sign(access.keys, length, head, now_ms())

    try:
        links, closing = with_access(demo, job)
    except Broken as error:
        raise click.ClickException(f"the audit does not hold: {error}") from error
    if first > closing.n:
        raise click.ClickException(f"there are {closing.n} entries; --from {first} is behind the last")
    lines = export(links, first, min(last or closing.n, closing.n), closing)
    file.write_bytes(b"\n".join(lines) + b"\n")
    click.echo(f"{file}: closed by entry {closing.n}. Anybody checks it with: siger audit verify --file {file}")


async def _verified(access: Access, kept: list[bytes], key: str | None, *, with_log: bool) -> str:
    """What was found whole, in a sentence. Raises `Broken` or `BadEvidence`."""
    length, last = await access.audit.verify()
    lines = [*kept, *own_checkpoints(access)]
    checkpoints = [read_checkpoint(line, key or access.keys.public) for line in lines]
    wanted = {checkpoint.n: checkpoint.hash for checkpoint in checkpoints}
    async for link in access.audit.links():
        if wanted.pop(link.n, link.hash) != link.hash:
            raise Broken(link.n, "a checkpoint says another hash: the chain was made anew")
    if wanted:
        raise Broken(length + 1, f"a checkpoint knows entry {max(wanted)}: the end was cut off")
    told = f"{length} entries, all whole, and as {len(checkpoints)} checkpoints say. Last: {last}"
    return f"{told}\n{await _compared(access, length)}" if with_log else told


async def _compared(access: Access, length: int) -> str:
    archive = Archive(access.settings.archive_dir)
    purged = [day.day for day in archive.days() if day.purged]
    found = await compare(access.audit.links(), History(access.log, archive), length, purged)
    return (
        f"Log and archive hold what {found.held} entries vouch for; {found.left_out} cannot be compared "
        "(repeats, purged days, or written before Siger counted what is new)."
    )


async def _links(access: Access) -> list[Link]:
    return [link async for link in access.audit.links()]
