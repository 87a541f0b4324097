"""`siger tokens`: keys of programs (`sumber`) and walls (`layar`). A token is shown once and kept nowhere.

A token may have a TLS certificate, which lets its holder in at the CoT port: tablets cannot show a token there.
"""

from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from dashboard.access.desk import Access
from dashboard.access.register import Token, good_name
from dashboard.access.rights import ROLES, Role, grant
from dashboard.cli.registry import by_command, demo_option, with_access
from dashboard.cli.users import area_option


def _fingerprint(_context: click.Context, _option: click.Parameter, path: Path | None) -> str | None:
    """A certificate file's SHA-256, in hexadecimal. A private key in the same file is not looked at."""
    if path is None:
        return None
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(SHA256()).hex()
    except ValueError as error:
        raise click.BadParameter(f"{path} holds no certificate in PEM: {error}") from error


_PEM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def tokens() -> None:
    """Keys of programs and wall displays."""


@tokens.command()
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", required=True, help="What it is for; its reports stand under this name.")
@area_option
@click.option(
    "--certificate", type=_PEM, callback=_fingerprint, help="A tablet's TLS certificate (PEM), for the CoT port."
)
@demo_option
def issue(role: Role, name: str, areas: tuple[str, ...], certificate: str | None, demo: bool) -> None:
    """Make a token and print it, alone, on standard output."""

    async def job(access: Access) -> str:
        known = grant(role, areas, access.areas)
        deed = by_command("token.issue", good_name(name), role=role, areas=known, certificate=certificate)
        return await access.register.issue(deed, name, role, known, certificate)

    click.echo(with_access(demo, job))


@tokens.command()
@click.argument("name")
@click.argument("certificate", metavar="FILE", type=_PEM, callback=_fingerprint)
@demo_option
def certify(name: str, certificate: str, demo: bool) -> None:
    """Let a TLS certificate (PEM) stand for a token at the CoT port, in the place of its earlier one."""

    async def job(access: Access) -> None:
        deed = by_command("token.certify", good_name(name), certificate=certificate)
        await access.register.certify(deed, name, certificate)

    with_access(demo, job)
    click.echo(f"{name}: {certificate}")


@tokens.command("list")
@demo_option
def list_tokens(demo: bool) -> None:
    """List the tokens that hold, with role, areas, and the certificate where there is one."""

    async def job(access: Access) -> list[Token]:
        return await access.register.tokens()

    for token in with_access(demo, job):
        certificate = [token.certificate] if token.certificate else []
        click.echo("\t".join((token.name, token.role, ",".join(token.areas), *certificate)))


@tokens.command()
@click.argument("name")
@demo_option
def revoke(name: str, demo: bool) -> None:
    """End a token at once, also where it is in use."""

    async def job(access: Access) -> None:
        await access.register.revoke(by_command("token.revoke", name), name)

    with_access(demo, job)
    click.echo(f"{name} is revoked.")
