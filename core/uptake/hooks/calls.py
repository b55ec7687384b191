"""Calls plugins from inside a use case: one try for each, and a failure names the plugin and stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from uptake.hooks.contributions import Ailment, Deadline, ImportFacts, Link, Objection, UpdateFacts
from uptake.hooks.kinds import Draft, TagDraft
from uptake.hooks.registry import Registry

T = TypeVar("T")
PATIENCE = 20.0


def other_symbols(registry: Registry) -> Callable[[Draft], Sequence[str]]:
    """A function that asks every plugin for other symbols of a draft's document."""

    def ask(draft: Draft) -> list[str]:
        return [symbol for _, found in _each(registry, "lookup_documents", _texts, draft=draft) for symbol in found]

    return ask


def suggested_tags(registry: Registry, drafts: Sequence[Draft]) -> list[tuple[str, list[list[TagDraft]]]]:
    """What each plugin would tag these drafts with: plugin, and for each draft its tags."""

    def take(answer: object) -> list[list[TagDraft]]:
        found = [[_one(TagDraft, tag) for tag in _many(tags)] for tags in _many(answer)]
        if found and len(found) != len(drafts):
            raise ValueError(f"answered for {len(found)} drafts and was asked about {len(drafts)}")
        return found

    return [(plugin, found) for plugin, found in _each(registry, "lookup_tags", take, drafts=drafts) if found]


def links_of(registry: Registry, recommendations: Sequence[int]) -> dict[int, list[Link]]:
    """What these recommendations are linked with, as all plugins say."""

    def take(answer: object) -> dict[int, list[Link]]:
        if not isinstance(answer, Mapping):
            raise TypeError(f"returned {type(answer).__name__}, not a mapping")
        return {int(id_): [_one(Link, link) for link in _many(links)] for id_, links in answer.items()}

    found: dict[int, list[Link]] = {}
    for _, answer in _each(registry, "lookup_links", take, recommendations=recommendations):
        for id_, links in answer.items():
            found.setdefault(id_, []).extend(link for link in links if link.type in registry.link_types)
    return found


def machine_translation(
    registry: Registry, texts: Sequence[str], source: str, target: str, patience: float = PATIENCE
) -> tuple[str, list[str]] | None:
    """The first plugin that translates these texts, and its translations; None where none does in time."""

    def take(answer: object) -> list[str]:
        found = [] if answer is None else _texts(answer)
        if answer is not None and len(found) != len(texts):
            raise ValueError(f"answered with {len(found)} texts and was asked for {len(texts)}")
        return found

    asked = {"texts": texts, "source": source, "target": target}
    answers = _each(registry, "lookup_translation", take, patience, **asked)
    return next(((plugin, found) for plugin, found in answers if found), None)


def deadlines(registry: Registry, institutions: Collection[int] | None) -> list[Deadline]:
    """What plugins have for a calendar."""

    def take(answer: object) -> list[Deadline]:
        return [_one(Deadline, one) for one in _many(answer)]

    answers = _each(registry, "lookup_deadlines", take, institutions=institutions)
    return [one for _, found in answers for one in found]


def objections(registry: Registry, hook: str, facts: ImportFacts | UpdateFacts) -> list[Objection]:
    """What plugins have against a step: ``check_import``, ``check_submit`` or ``check_publish``."""

    def take(answer: object) -> list[Objection]:
        return [_one(Objection, one) for one in _many(answer)]

    return [one for _, found in _each(registry, hook, take, facts=facts) for one in found]


def ailments(registry: Registry, plugin: str | None = None) -> list[Ailment]:
    """What plugins (or one of them) find wrong with themselves."""
    found: list[Ailment] = []
    for name, check in registry.health_checks.items():
        origin = registry.origins["register_health_checks", name]
        if plugin in (None, origin):
            with registry.faults.guard(origin, f"health check {name}"):
                found += [_one(Ailment, one) for one in _many(check.run())]
    return found


def tell(registry: Registry, hook: str, **ids: int) -> None:
    """Tell every plugin that something has happened; call it after the commit."""
    for _ in _each(registry, hook, lambda answer: answer, **ids):
        pass


def _each(
    registry: Registry, hook: str, take: Callable[[object], T], patience: float | None = None, **arguments: object
) -> Iterator[tuple[str, T]]:
    """Ask every plugin that has ``hook``, in their order. ``take`` turns an answer into what is wanted, and raises where it
    is none: that is the plugin's fault as well. ``patience`` is for how many seconds each may think; None: for ever."""
    for implementation in getattr(registry.manager.hook, hook).get_hookimpls():
        given = {name: arguments[name] for name in implementation.argnames}
        answers: list[T] = []
        with registry.faults.guard(implementation.plugin_name, hook):
            ask = partial(implementation.function, **given)
            answers.append(take(ask() if patience is None else _in_time(ask, patience)))
        yield from ((implementation.plugin_name, answer) for answer in answers)


def _many(answer: object) -> Iterable[object]:
    if answer is None or isinstance(answer, (str, bytes)) or not isinstance(answer, Iterable):
        raise TypeError(f"returned {type(answer).__name__}, not a list")
    return answer


def _texts(answer: object) -> list[str]:
    return [_one(str, one) for one in _many(answer)]


def _one(kind: type[T], item: object) -> T:
    if not isinstance(item, kind):
        raise TypeError(f"returned {item!r}, which is no {kind.__name__}")
    return item


def _in_time(ask: Callable[[], object], patience: float) -> object:
    """The answer, if it comes in time; who takes longer is left behind in a thread of its own."""
    answers: SimpleQueue[tuple[object, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((ask(), None))
        except BaseException as error:
            answers.put((None, error))

    Thread(target=copy_context().run, args=(run,), daemon=True, name="uptake-patience").start()
    try:
        answer, error = answers.get(timeout=patience)
    except Empty:
        raise TimeoutError(f"gave no answer in {patience:g} seconds") from None
    if error is not None:
        raise error
    return answer
