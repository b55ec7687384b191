"""The hooks: everything by which a plugin can take part. Three families, by their first word.

``register_*`` is called once at start and returns facts from ``uptake.hooks.kinds`` and ``uptake.hooks.contributions``.
``lookup_*`` and ``check_*`` are called inside a use case; they may read, never write. ``on_*`` is called after the commit,
with ids. One plugin that fails is passed over, named in the log, on the plugins' page and by ``uptake doctor``.

Each hook says when it is called, with which arguments, what it returns, and which bundled plugin shows it. Those of the first
family stand here, the others in ``specs_calls``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from uptake.hooks.contributions import (
    Exporter,
    GradeScale,
    HealthCheck,
    JobSpec,
    LanguageSpec,
    LinkType,
    MenuEntry,
    NoticeSpec,
    Panel,
    Permission,
    Setting,
    Tables,
    TokenScope,
)
from uptake.hooks.kinds import Importer, MechanismSpec, VocabularySpec
from uptake.hooks.reports import ReportFormat, ReportOutline

if TYPE_CHECKING:
    import click
    from flask import Blueprint

PROJECT = "uptake"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_importers() -> Iterable[type[Importer]]:  # type: ignore[empty-body]
    """The kinds of file that the plugin reads.

    When: once, when the site starts.
    Returns: classes derived from ``Importer``; their names must be unique over all plugins.
    Example: ``uptake_uhri.plugin``.
    """


@hookspec
def register_exporters() -> Iterable[type[Exporter]]:  # type: ignore[empty-body]
    """The formats in which the plugin writes recommendations.

    When: once, when the site starts.
    Returns: classes derived from ``Exporter``; names and suffixes must be unique over all plugins.
    Example: ``uptake_uhri.plugin``.
    """


@hookspec
def register_mechanisms() -> Iterable[MechanismSpec]:  # type: ignore[empty-body]
    """The mechanisms whose recommendations the plugin brings, with the labels under which files name them.

    When: once, when the site starts; ``uptake db upgrade`` writes them to the database.
    Returns: ``MechanismSpec``; where two plugins name one code, the first listed defines it and the aliases of
    both count.
    Example: ``uptake_uhri.plugin``.
    """


@hookspec
def register_vocabularies() -> Iterable[VocabularySpec]:  # type: ignore[empty-body]
    """The vocabularies with which the plugin's files tag recommendations, and their cross-walks to others.

    When: once, when the site starts; ``uptake db upgrade`` writes them to the database.
    Returns: ``VocabularySpec``; codes must be unique over all plugins.
    Example: ``uptake_upr.plugin``.
    """


@hookspec
def register_languages() -> Iterable[LanguageSpec]:  # type: ignore[empty-body]
    """Languages of the interface, for the core and all plugins.

    When: once, when the site starts.
    Returns: ``LanguageSpec``; several packs may serve one language, the last listed wins word by word.
    Example: ``uptake_lang_fr.plugin``.
    """


@hookspec
def register_scales() -> Iterable[GradeScale]:  # type: ignore[empty-body]
    """Scales on which a mechanism or others grade the follow-up.

    When: once, when the site starts.
    Returns: ``GradeScale``; codes must be unique over all plugins.
    Example: ``uptake_treaty_bodies.plugin``.
    """


@hookspec
def register_link_types() -> Iterable[LinkType]:  # type: ignore[empty-body]
    """Kinds of things that recommendations are linked with.

    When: once, when the site starts.
    Returns: ``LinkType``; codes begin with the plugin's name and a dot.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_tables() -> Iterable[Tables]:  # type: ignore[empty-body]
    """The plugin's own tables.

    When: once, when the site starts; ``uptake db upgrade`` makes them, ``uptake plugin purge`` takes them away.
    Returns: at most one ``Tables``.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_pages() -> Iterable[Blueprint]:  # type: ignore[empty-body]
    """Pages under an address of the plugin's own, and its part of the API.

    When: once, when the site starts.
    Returns: Flask blueprints; all their addresses are put under ``/<plugin>``, their templates stand in a folder
    of the plugin's name. An ``ApiBlueprint`` is a part of the API: it stands under ``/api/v1/<plugin>``.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_menu() -> Iterable[MenuEntry]:  # type: ignore[empty-body]
    """Entries in the menus.

    When: once, when the site starts.
    Returns: ``MenuEntry``; paths begin with ``/<plugin>``.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_panels() -> Iterable[Panel]:  # type: ignore[empty-body]
    """Parts of the pages of a recommendation, an institution, a mechanism, the front page and my work.

    When: once, when the site starts; ``load`` is called for each page that shows the panel.
    Returns: ``Panel``.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_permissions() -> Iterable[Permission]:  # type: ignore[empty-body]
    """What roles may do with the plugin's own things.

    When: once, when the site starts.
    Returns: ``Permission``; actions begin with the plugin's name and a dot.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_token_scopes() -> Iterable[TokenScope]:  # type: ignore[empty-body]
    """What tokens of the API may be made for beside the core's scopes: the ``scope`` of what an ``ApiBlueprint`` writes.

    When: once, when the site starts.
    Returns: ``TokenScope``; names begin with the plugin's name and a colon.
    Example: ``uptake_reports.plugin``.
    """


@hookspec
def register_settings() -> Iterable[Setting]:  # type: ignore[empty-body]
    """Settings that are chosen on the site.

    When: once, when the site starts.
    Returns: ``Setting``; names begin with the plugin's name and a dot.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Commands of the command line, as ``uptake <plugin> <command>``.

    When: when a command of the plugin is called, or help is asked for.
    Returns: click commands.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_jobs() -> Iterable[JobSpec]:  # type: ignore[empty-body]
    """Long work outside the request, and what happens by the clock.

    When: once, when the site starts.
    Returns: ``JobSpec``; names begin with the plugin's name and a dot.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_notices() -> Iterable[NoticeSpec]:  # type: ignore[empty-body]
    """The sentences of the plugin's notices.

    When: once, when the site starts.
    Returns: ``NoticeSpec``; kinds begin with the plugin's name and a dot.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_health_checks() -> Iterable[HealthCheck]:  # type: ignore[empty-body]
    """What ``uptake doctor`` and the plugins' page look at.

    When: once, when the site starts; ``run`` is called when somebody asks.
    Returns: ``HealthCheck``.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def register_report_sections() -> Iterable[ReportOutline]:  # type: ignore[empty-body]
    """Kinds of reports with their sections, and further sections for the reports of others.

    When: once, when the site starts.
    Returns: ``ReportOutline``; codes begin with the plugin's name and a dot.
    Example: ``uptake_upr.plugin``.
    """


@hookspec
def register_report_formats() -> Iterable[ReportFormat]:  # type: ignore[empty-body]
    """Formats in which reports are written.

    When: once, when the site starts.
    Returns: ``ReportFormat``; suffixes must be unique over all plugins.
    Example: ``uptake_reports.plugin``.
    """
