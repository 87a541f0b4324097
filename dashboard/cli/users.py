"""`siger users`: people who may log in. A running Siger notices each change within a second."""

import sys

import click

from dashboard.access import second
from dashboard.access.desk import Access
from dashboard.access.passwords import check_strength
from dashboard.access.register import Person, UnknownName, good_name
from dashboard.access.rights import ROLES, TABLE, Role, grant
from dashboard.access.sealed import seal
from dashboard.cli.registry import by_command, demo_option, with_access
from feeds.clock import now_ms

#: The password that somebody else typed is good for so long; then it must be given anew.
FIRST_PASSWORD_MS = 3 * 24 * 3600 * 1000

role_choice = click.Choice([role for role in ROLES if not TABLE[role].is_token])
area_option = click.option("--area", "areas", multiple=True, metavar="CODE", help="Such as 1806 or polres:metro.")


@click.group()
def users() -> None:
    """People who may log in."""


@users.command()
@click.argument("name")
@click.option("--role", required=True, type=role_choice)
@area_option
@demo_option
def add(name: str, role: Role, areas: tuple[str, ...], demo: bool) -> None:
    """Enter a person; the password is asked, or read from standard input. It must be changed at first use."""
    password = _password()

    async def job(access: Access) -> Person:
        plain = good_name(name)
        check_strength(password, plain)
        now = now_ms()
        person = Person(
            name=plain,
            role=role,
            areas=grant(role, areas, access.areas),
            made_ms=now,
            password=await access.passwords.make(password),
            first_until_ms=now + FIRST_PASSWORD_MS,
        )
        return await access.register.add(by_command("user.add", plain, role=role, areas=person.areas), person)

    person = with_access(demo, job)
    click.echo(f"{person.name} may log in as {person.role} ({', '.join(person.areas)}) within three days.")


@users.command("list")
@demo_option
def list_users(demo: bool) -> None:
    """List everybody with role and areas."""

    async def job(access: Access) -> list[Person]:
        return await access.register.people()

    for person in with_access(demo, job):
        marks = [
            "disabled" if person.disabled else "",
            "first password" if person.must_change else "",
            "totp" if person.totp else "",
        ]
        click.echo("\t".join((person.name, person.role, ",".join(person.areas), " ".join(filter(None, marks)))))


@users.command("role")
@click.argument("name")
@click.argument("role", type=role_choice, required=False)
@click.option("--role", "role_option", type=role_choice, help="The same, as an option.")
@area_option
@demo_option
def change_role(name: str, role: Role | None, role_option: Role | None, areas: tuple[str, ...], demo: bool) -> None:
    """Give a person another role, or other areas; at once, also on screens that are open."""
    wanted = role or role_option
    if wanted is None:
        raise click.UsageError("name the new role")

    async def job(access: Access) -> Person:
        person = await _person(access, name)
        known = grant(wanted, areas, access.areas)
        deed = by_command("user.role", person.name, role=wanted, areas=known, before=person.role)
        return await access.register.change(deed, person, role=wanted, areas=known)

    person = with_access(demo, job)
    click.echo(f"{person.name} is {person.role} ({', '.join(person.areas)}).")


@users.command()
@click.argument("name")
@demo_option
def disable(name: str, demo: bool) -> None:
    """Shut a person out at once, and end all sessions."""
    _change(name, demo, "user.disable", ends_sessions=True, disabled=True)
    click.echo(f"{name} is shut out.")


@users.command()
@click.argument("name")
@demo_option
def enable(name: str, demo: bool) -> None:
    """Let a person that was shut out in again."""
    _change(name, demo, "user.enable", disabled=False)
    click.echo(f"{name} may log in again.")


@users.command()
@click.argument("name")
@demo_option
def password(name: str, demo: bool) -> None:
    """Give a person a new first password and end all sessions."""
    given = _password()

    async def job(access: Access) -> None:
        person = await _person(access, name)
        check_strength(given, person.name)
        made = await access.passwords.make(given)
        deed = by_command("user.password", person.name)
        until = now_ms() + FIRST_PASSWORD_MS
        await access.register.change(deed, person, password=made, first_until_ms=until, epoch=person.epoch + 1)

    with_access(demo, job)
    click.echo(f"{name} has a new password, to be changed within three days.")


@users.command("sign-out")
@click.argument("name")
@demo_option
def sign_out(name: str, demo: bool) -> None:
    """End all sessions of a person."""

    async def job(access: Access) -> None:
        person = await _person(access, name)
        await access.register.change(by_command("user.sign-out", person.name), person, epoch=person.epoch + 1)

    with_access(demo, job)
    click.echo(f"{name} is logged out everywhere.")


@users.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="Ask for the password alone again.")
@demo_option
def totp(name: str, off: bool, demo: bool) -> None:
    """Ask a person for a code from a phone too; prints the address that the phone's app takes, this once."""

    async def job(access: Access) -> str:
        person = await _person(access, name)
        secret = second.new_secret()
        sealed = None if off else seal(access.keys.sealing, secret, f"totp {person.name}")
        deed = by_command("user.totp", person.name, off=off)
        await access.register.change(deed, person, totp=sealed, totp_step=0)
        return f"{person.name} needs no code." if off else second.address_of(secret, person.name)

    click.echo(with_access(demo, job))


@users.command()
@click.argument("name")
@demo_option
def remove(name: str, demo: bool) -> None:
    """Delete a person's account; what they did stays in log and audit under the name."""

    async def job(access: Access) -> None:
        person = await _person(access, name)
        await access.register.remove(by_command("user.remove", person.name), person)

    with_access(demo, job)
    click.echo(f"{name} is removed.")


def _change(name: str, demo: bool, action: str, *, ends_sessions: bool = False, **changes: object) -> None:
    async def job(access: Access) -> None:
        person = await _person(access, name)
        if ends_sessions:
            changes["epoch"] = person.epoch + 1
        await access.register.change(by_command(action, person.name), person, **changes)

    with_access(demo, job)


async def _person(access: Access, name: str) -> Person:
    person = await access.register.person(name)
    if person is None:
        raise UnknownName(f"there is nobody called '{name[:60]}'; 'siger users list' lists everybody")
    return person


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
