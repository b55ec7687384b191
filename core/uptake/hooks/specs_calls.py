"""The hooks that are called while the site works: lookups, checks and events. Those for its start stand in ``specs``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from uptake.hooks.contributions import Deadline, ImportFacts, Link, Objection, UpdateFacts
from uptake.hooks.kinds import Draft, TagDraft
from uptake.hooks.specs import hookspec


@hookspec
def lookup_documents(draft: Draft) -> Sequence[str]:  # type: ignore[empty-body]
    """Other symbols under which the draft's document may be known, for matching it with what is there.

    When: once for each document that an import has not met before, never for each row.
    Arguments: ``draft`` is the first draft of the document.
    Returns: symbols, the likeliest first (the report of an addendum, for instance).
    Example: ``uptake_upr.plugin``.
    """


@hookspec
def lookup_tags(drafts: Sequence[Draft]) -> Sequence[Sequence[TagDraft]]:  # type: ignore[empty-body]
    """Tags that the plugin suggests for records of a file, with its confidence.

    When: once for each batch of new records of an import, before they are written.
    Arguments: ``drafts`` are some hundred records.
    Returns: for each draft its tags; an empty list where the plugin has nothing to say of any. They are kept as
    the plugin's own, unconfirmed.
    Example: ``uptake_sdg.plugin``.
    """


@hookspec
def lookup_links(recommendations: Sequence[int]) -> Mapping[int, Sequence[Link]]:  # type: ignore[empty-body]
    """What recommendations are linked with.

    When: once for a page, with all recommendations that it shows in full.
    Arguments: ``recommendations`` are ids.
    Returns: links by recommendation; those without any may be left out.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def lookup_translation(texts: Sequence[str], source: str, target: str) -> Sequence[str] | None:
    """A machine's translation of some texts.

    When: a translator asks for it, once for each thing (the parts of one recommendation, update or label), and only where the
    site allows machine translation. It runs in a thread of its own, without a database, and is waited for 20 seconds.
    Arguments: ``texts`` are plain; ``source`` and ``target`` are language codes such as ``en`` or ``pt_BR``.
    Returns: as many texts in their order; None where the plugin has no answer, so that the next one is asked.
    Example: ``uptake_machine_translation.plugin``.
    """


@hookspec
def lookup_deadlines(institutions: Collection[int] | None) -> Iterable[Deadline]:  # type: ignore[empty-body]
    """Days that stand in calendars.

    When: a calendar is fetched, the public one or that of a person.
    Arguments: ``institutions`` are the ids of those in a person's reach; None asks for what everybody may know.
    Returns: ``Deadline``; keys begin with the plugin's name.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def check_import(facts: ImportFacts) -> Iterable[Objection]:  # type: ignore[empty-body]
    """Whether an import should be applied.

    When: after a file has been read and compared, before anything is kept.
    Arguments: ``facts`` counts what the import would do.
    Returns: objections; one that ``stops`` refuses the import unless the person insists.
    Example: ``uptake_uhri.plugin``.
    """


@hookspec
def check_submit(facts: UpdateFacts) -> Iterable[Objection]:  # type: ignore[empty-body]
    """Whether an update may be submitted.

    When: when somebody submits a progress update.
    Arguments: ``facts`` says what it claims of which recommendations.
    Returns: objections; one that ``stops`` refuses the step.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def check_publish(facts: UpdateFacts) -> Iterable[Objection]:  # type: ignore[empty-body]
    """Whether an update may be published.

    When: when an update is approved, before it is published or held back.
    Arguments: ``facts`` says what it claims of which recommendations.
    Returns: objections; one that ``stops`` refuses the step.
    Example: ``uptake_plans.plugin``.
    """


@hookspec
def on_publish(update: int) -> None:
    """A progress update was published.

    When: after the commit.
    Arguments: ``update`` is the id of the update.
    Returns: nothing.
    Example: ``uptake_plans.plugin``.
    """
