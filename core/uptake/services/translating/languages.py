"""The languages of the interface: which layers of catalogues an instance has, which languages they let it speak."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from uptake import i18n
from uptake.hooks.contributions import LanguageSpec
from uptake.hooks.registry import Registry
from uptake.settings import Settings

FOLDER = "translations"
MOST_TERMS = 8
_OR = re.compile(r"[;,/]")
_ASIDE = re.compile(r"\([^)]*\)")


def speak(registry: Registry, settings: Settings) -> Settings:
    """Set the layers: core, plugins, packs, the site's own folder.

    Gives the settings with the languages that these can speak: a pack that is switched off takes its language along,
    and nothing else breaks.
    """
    packs = [spec.folder for spec in registry.languages]
    plugins = [folder for folder in registry.catalogues if folder not in packs]
    names = {spec.code: spec.own_name for spec in registry.languages if spec.own_name}
    i18n.use_folders([Path(str(files("uptake.translations"))), *plugins, *packs], settings.instance / FOLDER, names)
    spoken = tuple(code for code in settings.languages if i18n.can_speak(code)) or ("en",)
    if spoken == settings.languages:
        return settings
    default = settings.default_language
    return replace(settings, languages=spoken, default_language=default if default in spoken else spoken[0])


def offered(registry: Registry) -> tuple[str, ...]:
    """The languages that a new site offers: English, and each with a pack that is complete and was read by native speakers."""
    whole = {spec.code for spec in registry.languages if spec.complete and not spec.needs_review}
    return ("en", *sorted(whole - {"en"}))


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a language of the site is translated, ``own`` the number of its own words among them."""

    code: str
    translated: int
    total: int
    own: int
    complete: bool
    needs_review: bool

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.translated / self.total if self.total else 1.0


def standings(registry: Registry, languages: Sequence[str]) -> Iterator[Standing]:
    """Where each language stands."""
    known = i18n.layers().known
    for code in languages:
        said, packs = i18n.catalogue(code).messages, i18n.layers().below(code)
        own = sum(message != packs.get(msgid) for msgid, message in said.items())
        translated = len(known) if code == "en" else len(known.keys() & _with_base(code))
        specs = _packs(registry, code)
        yield Standing(
            code,
            translated,
            len(known),
            own,
            all(spec.complete for spec in specs),
            any(spec.needs_review for spec in specs),
        )


def terms(registry: Registry, code: str, message: str) -> list[tuple[str, str]]:
    """The terms of the field in a message, with the words that the language has for them."""
    found: list[tuple[str, str]] = []
    for spec in _packs(registry, code):
        for english, words in _glossary(spec.glossary) if spec.glossary else ():
            if any(_holds(message, each) for each in _OR.split(english)):
                found.append((english, words))
    return found[:MOST_TERMS]


def _holds(message: str, term: str) -> bool:
    bare = _ASIDE.sub("", term).removeprefix("to ").strip()
    return len(bare) > 2 and re.search(rf"\b{re.escape(bare)}", message, re.IGNORECASE) is not None


@cache
def _glossary(path: Path) -> list[tuple[str, str]]:
    if not path.is_file():
        return []
    return [(row["en"], row["term"]) for row in json.loads(path.read_text("utf-8"))]


def _with_base(code: str) -> set[str]:
    """What is said in a language or in one that it falls back to, English left out."""
    found: set[str] = set()
    for each in i18n.chain(code):
        if each != "en":
            found |= i18n.catalogue(each).messages.keys()
    return found


def _packs(registry: Registry, code: str) -> list[LanguageSpec]:
    return [spec for spec in registry.languages if spec.code in i18n.chain(code)]
