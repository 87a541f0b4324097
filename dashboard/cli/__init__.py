"""The `siger` command: one subcommand a file, each a thin layer over a library function."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="siger", prog_name="siger")
def main() -> None:
    """Siger: a live map of security and public order in Lampung."""
