"""`siger tokens`: keys of programs (`sumber`) and walls (`layar`). A token is shown once and kept nowhere."""

import click

from dashboard.access.desk import Access
from dashboard.access.register import Token, good_name
from dashboard.access.rights import ROLES, Role, grant
from dashboard.cli.registry import by_command, demo_option, with_access
from dashboard.cli.users import area_option


@click.group()
def tokens() -> None:
    """Keys of programs and wall displays."""


@tokens.command()
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", required=True, help="What it is for; its reports stand under this name.")
@area_option
@demo_option
def issue(role: Role, name: str, areas: tuple[str, ...], demo: bool) -> None:
    """Make a token and print it, alone, on standard output."""

    async def job(access: Access) -> str:
        known = grant(role, areas, access.areas)
        deed = by_command("token.issue", good_name(name), role=role, areas=known)
        return await access.register.issue(deed, name, role, known)

    click.echo(with_access(demo, job))


@tokens.command("list")
@demo_option
def list_tokens(demo: bool) -> None:
    """List the tokens that hold, with role and areas."""

    async def job(access: Access) -> list[Token]:
        return await access.register.tokens()

    for token in with_access(demo, job):
        click.echo("\t".join((token.name, token.role, ",".join(token.areas))))


@tokens.command()
@click.argument("name")
@demo_option
def revoke(name: str, demo: bool) -> None:
    """End a token at once, also where it is in use."""

    async def job(access: Access) -> None:
        await access.register.revoke(by_command("token.revoke", name), name)

    with_access(demo, job)
    click.echo(f"{name} is revoked.")
