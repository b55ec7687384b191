"""The command line ``uptake``."""

from __future__ import annotations

import click

from uptake import __version__
from uptake.commands import register, setup
from uptake.commands.base import Context


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--instance", metavar="DIR", help="The instance folder (or UPTAKE_INSTANCE; default: here).")
@click.version_option(__version__, prog_name="uptake")
@click.pass_context
def main(context: click.Context, instance: str | None) -> None:
    """Uptake: follow up on human-rights recommendations."""
    context.obj = Context(instance)


for command in (
    setup.init, setup.demo, setup.serve, setup.database, setup.doctor, setup.plugin,
    register.import_, register.mapping, register.search, register.export,
):  # fmt: skip
    main.add_command(command)
