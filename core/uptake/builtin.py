"""What the core itself contributes, registered exactly as a plugin's."""

from __future__ import annotations

from importlib.resources import files

from uptake.files.reference import read_mechanisms
from uptake.hooks.kinds import Importer, MechanismSpec
from uptake.hooks.specs import hookimpl
from uptake.services.importing.table_importer import TableImporter


@hookimpl
def register_importers() -> list[type[Importer]]:
    """The table importer, for everything that no plugin reads."""
    return [TableImporter]


@hookimpl
def register_mechanisms() -> list[MechanismSpec]:
    """Regional bodies and courts."""
    return read_mechanisms(files("uptake.data").joinpath("mechanisms.json"))
