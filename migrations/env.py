"""The one Alembic environment, run for the core and for every plugin with that component's own version table."""

from alembic import context

config = context.config
connection = config.attributes["connection"]
component = config.attributes["component"]


def belongs(item, name, kind, _reflected, _other):
    """Whether autogenerate may speak of an object: only of this component's own tables."""
    table = item if kind == "table" else getattr(item, "table", None)
    return table is None or config.attributes["owns"](table.name)


context.configure(
    connection=connection,
    target_metadata=config.attributes["metadata"],
    version_table=f"alembic_version_{component}",
    include_object=belongs,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
