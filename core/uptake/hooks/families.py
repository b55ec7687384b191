"""What the loader has to know of each ``register_*`` hook: the kind of its contributions, their names, and where they go."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from uptake.hooks import contributions as kinds
from uptake.hooks import reports
from uptake.hooks.kinds import Importer, MechanismSpec, VocabularySpec

Item: TypeAlias = Any  # a contribution before it has been checked


@dataclass(frozen=True, slots=True)
class Family:
    """One ``register_*`` hook. ``title`` is the registry's field, ``what`` one contribution in words.

    ``prefix`` is what a plugin's names begin with (``end`` is put behind a name first), ``late`` marks what is asked for only
    when it is needed.
    """

    hook: str
    what: str
    fits: Callable[[Item], bool]
    key: Callable[[Item], str]
    made: Callable[[Item], Item] = lambda item: item
    prefix: str = ""
    end: str = ""
    unique: bool = True
    late: bool = False

    @property
    def title(self) -> str:
        """The field of the registry."""
        return self.hook.removeprefix("register_")


def _is(kind: type) -> Callable[[Item], bool]:
    return lambda item: isinstance(item, kind)


def _class(kind: type, *texts: str) -> Callable[[Item], bool]:
    """A class derived from ``kind`` that can be made and has these names."""

    def fits(item: Item) -> bool:
        return (
            inspect.isclass(item)
            and issubclass(item, kind)
            and not inspect.isabstract(item)
            and all(isinstance(getattr(item, name, None), str) for name in texts)
        )

    return fits


def _panel(item: Item) -> bool:
    return isinstance(item, kinds.Panel) and item.place in kinds.PLACES and callable(item.load)


def _job(item: Item) -> bool:
    return isinstance(item, kinds.JobSpec) and callable(item.run) and item.every in (None, *kinds.PERIODS)


def _setting(item: Item) -> bool:
    return isinstance(item, kinds.Setting) and item.kind in kinds.SETTING_KINDS


def _outline(item: Item) -> bool:
    return isinstance(item, reports.ReportOutline) and set(item.uncounted) <= set(reports.UNCOUNTED) and _sections(item)


def _sections(item: Item) -> bool:
    return all(
        isinstance(one, reports.ReportSection)
        and one.each in reports.EACH
        and one.table in reports.TABLES
        and _sections(one)
        for one in item.sections
    )


def _format(item: Item) -> bool:
    return isinstance(item, reports.ReportFormat) and callable(item.write)


def _blueprint(item: Item) -> bool:
    """Flask's own class is not imported here: hooks know nothing of the web, which looks closer when it takes pages in."""
    return callable(getattr(item, "register", None)) and isinstance(getattr(item, "name", None), str)


FAMILIES = (
    Family("register_importers", "importer", _class(Importer, "name", "title", "source"), lambda i: str(i.name), lambda i: i()),
    Family("register_exporters", "exporter", _class(kinds.Exporter, "name", "title", "suffix", "media_type"),
           lambda i: str(i.suffix), lambda i: i()),
    Family("register_mechanisms", "mechanism", _is(MechanismSpec), lambda i: str(i.code), unique=False),
    Family("register_vocabularies", "vocabulary", _is(VocabularySpec), lambda i: str(i.code)),
    Family("register_languages", "language", _is(kinds.LanguageSpec), lambda i: str(i.code), unique=False),
    Family("register_scales", "scale", _is(kinds.GradeScale), lambda i: str(i.code)),
    Family("register_link_types", "link type", _is(kinds.LinkType), lambda i: str(i.code), prefix="{plugin}."),
    Family("register_tables", "package of migrations", _is(kinds.Tables), lambda i: str(i.migrations)),
    Family("register_pages", "blueprint", _blueprint, lambda i: str(i.name), prefix="{plugin}"),
    Family("register_menu", "menu entry", _is(kinds.MenuEntry), lambda i: str(i.path), prefix="/{plugin}/", end="/"),
    Family("register_panels", "panel", _panel, lambda i: str(i.name), prefix="{plugin}."),
    Family("register_permissions", "permission", _is(kinds.Permission), lambda i: str(i.action), prefix="{plugin}."),
    Family("register_token_scopes", "scope of tokens", _is(kinds.TokenScope), lambda i: str(i.name), prefix="{plugin}:"),
    Family("register_settings", "setting", _setting, lambda i: str(i.name), prefix="{plugin}."),
    Family("register_commands", "command", callable, str, late=True),
    Family("register_jobs", "kind of job", _job, lambda i: str(i.name), prefix="{plugin}."),
    Family("register_notices", "kind of notice", _is(kinds.NoticeSpec), lambda i: str(i.kind), prefix="{plugin}."),
    Family("register_report_sections", "outline of reports", _outline, lambda i: str(i.code), prefix="{plugin}."),
    Family("register_report_formats", "format of reports", _format, lambda i: str(i.suffix)),
    Family("register_health_checks", "health check", _is(kinds.HealthCheck), lambda i: str(i.name), prefix="{plugin}."),
)  # fmt: skip
