"""What every plugin keeps to: one list of checks, used in a plugin's tests, by ``uptake plugin check``, and over all plugins.

In a plugin's tests::

    from uptake.testing.conformance import PluginConformance

    class TestConformance(PluginConformance):
        plugin = "lakes"
        samples = (Path(__file__).parent / "sample.csv",)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from uptake.testing.checks import catalogues, importers, package, registration, site, tables
from uptake.testing.checks.subject import Check, Subject

CHECKS = tuple(
    Check(run.__name__, " ".join((run.__doc__ or "").split()).replace("``", ""), run)
    for run in (
        package.metadata,
        package.imports,
        package.cost,
        registration.loads,
        registration.hooks,
        registration.words,
        catalogues.catalogues,
        tables.tables,
        importers.recognition,
        importers.damage,
        importers.samples,
        site.site,
    )
)


def examine(subject: Subject) -> dict[str, list[str]]:
    """What is wrong by check; ``NotFound`` where no such plugin is installed. After one that cannot be loaded no check is made
    that needs its code."""
    if subject.point and subject.status.status != "enabled":
        return {check.name: list(check.run(subject)) for check in CHECKS if check.name in ("metadata", "loads")}
    return {check.name: list(check.run(subject)) for check in CHECKS}


@cache
def subject_of(plugin: str, samples: tuple[Path, ...] = ()) -> Subject:
    """The subject of a class of tests, loaded once."""
    return Subject(plugin, samples)


class PluginConformance:
    """A test for each check: derive from it, say the plugin's name, and where there are importers the files to try."""

    plugin: ClassVar[str]
    samples: ClassVar[Sequence[Path]] = ()

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """One test for each check; pytest itself is not needed by the command."""
        if "check" in metafunc.fixturenames:
            metafunc.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])

    def test_conformance(self, check: Check) -> None:
        """Nothing is wrong."""
        faults = list(check.run(subject_of(self.plugin, tuple(self.samples))))
        assert not faults, "\n".join([check.title, *faults])
