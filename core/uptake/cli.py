"""The command line ``uptake``."""

from __future__ import annotations

import click

from uptake import __version__
from uptake.commands import audit, exchange, jobs, mapping, plugins, register, setup, translations, user
from uptake.commands.base import Context
from uptake.commands.plugins import plugin_commands


class Commands(click.Group):
    """The core's commands, and those of each plugin under its name."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of the core; else the group of the plugin of that name, if it runs here and has any."""
        return super().get_command(ctx, cmd_name) or plugin_commands(Context(ctx.params.get("instance")), cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--instance", metavar="DIR", help="The instance folder (or UPTAKE_INSTANCE; default: here).")
@click.version_option(__version__, prog_name="uptake")
@click.pass_context
def main(context: click.Context, instance: str | None) -> None:
    """Uptake: follow up on human-rights recommendations."""
    context.obj = Context(instance)


for command in (
    setup.init, setup.demo, setup.serve, setup.database, setup.doctor, plugins.plugin,
    register.import_, mapping.mapping, register.search, register.export, user.user, jobs.jobs, audit.audit,
    translations.translations, exchange.backup, exchange.restore,
):  # fmt: skip
    main.add_command(command)
