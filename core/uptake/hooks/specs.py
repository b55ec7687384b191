"""The hooks: everything by which a plugin can take part. Three families, by their first word.

``register_*`` is called once at start and returns facts from ``uptake.hooks.kinds``. ``lookup_*`` and ``check_*`` are
called inside a use case; they may read, never write. ``on_*`` is called after the commit, with ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pluggy

from uptake.hooks.kinds import Draft, Importer, MechanismSpec, VocabularySpec

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
def register_mechanisms() -> Iterable[MechanismSpec]:  # type: ignore[empty-body]
    """The mechanisms whose recommendations the plugin brings, with the labels under which files name them.

    When: once, when the site starts; ``uptake db upgrade`` writes them to the database.
    Returns: ``MechanismSpec``; where two plugins name one code, the first listed defines it and the aliases of both count.
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
def lookup_documents(draft: Draft) -> Sequence[str]:  # type: ignore[empty-body]
    """Other symbols under which the draft's document may be known, for matching it with what is there.

    When: once for each document that an import has not met before, never for each row.
    Arguments: ``draft`` is the first draft of the document.
    Returns: symbols, the likeliest first (the report of an addendum, for instance).
    Example: ``uptake_upr.plugin``.
    """
