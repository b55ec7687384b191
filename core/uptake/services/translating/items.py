"""What can be translated: one thing of the register with all its languages, part by part."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from babel import Locale, UnknownLocaleError

from uptake.errors import Invalid
from uptake.i18n import N_

OFFICIAL, HUMAN, MACHINE = "official", "human", "machine"
MISSING, OUTDATED = "missing", "outdated"
STATES = (MISSING, OUTDATED, MACHINE, HUMAN)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,4}){0,2}")
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a thing: what it is called, how long it may be, and whether a translation may leave it out."""

    label: str
    longest: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A thing in one language: its texts by part, and whose words they are."""

    language: str
    origin: str
    texts: Texts
    outdated: bool = False

    @property
    def state(self) -> str:
        """How it stands with this language: official, or human, machine, outdated."""
        return OUTDATED if self.outdated and self.origin != OFFICIAL else self.origin


@dataclass(slots=True)
class Item:
    """One thing in all its languages.

    ``key`` names it in addresses, ``subject`` in the audit trail; ``title`` says to people which one it is, ``path``
    leads to its page. ``original`` is the language to translate from where nobody chooses another.
    """

    kind: str
    id: int
    key: str
    subject: str
    title: str
    path: str
    original: str = ""
    versions: dict[str, Version] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, Version]:
        """The languages to translate from: the official ones, else whatever there is; the original first."""
        official = {code: one for code, one in self.versions.items() if one.origin == OFFICIAL} or self.versions
        return dict(sorted(official.items(), key=lambda pair: (pair[0] != self.original, pair[0])))

    def source(self, wanted: str = "") -> Version:
        """The version to translate from: the wanted one, else the original."""
        found = self.sources
        return found.get(wanted) or next(iter(found.values()), Version(self.original, OFFICIAL, {}))

    def state(self, language: str) -> str:
        """How it stands with a language."""
        found = self.versions.get(language)
        return found.state if found else MISSING

    def texts(self, language: str) -> Texts:
        """What it says in a language; nothing where it is missing."""
        found = self.versions.get(language)
        return found.texts if found else {}

    def stamp(self, language: str) -> str:
        """The version number, so to speak, of one language: changes with its words and their origin, and nothing else."""
        found = self.versions.get(language)
        said = [found.origin, found.outdated, sorted(found.texts.items())] if found else []
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    def stamps(self, language: str, source: str) -> str:
        """What a form was made from: a translation and the text beside it."""
        return f"{self.stamp(language)}.{self.stamp(source)}"


def is_language(code: str) -> bool:
    """Whether a code names a language."""
    try:
        return bool(LANGUAGE.fullmatch(code) and Locale.parse(code.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return False


def known_language(code: str) -> str:
    """A language that can be translated into. Raises ``Invalid`` for what is none."""
    if not is_language(code):
        raise Invalid(
            N_("There is no language {language}."), remedy=N_("Use a code such as en, fr or ar."), language=code[:20]
        )
    return code
