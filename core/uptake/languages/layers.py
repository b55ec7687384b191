"""The layers of catalogues, lowest first: core, plugins, language packs, the site's own folder. Merged once a language."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from uptake.errors import BETWEEN, N_, Conflict, bare_message
from uptake.languages import po, pseudo
from uptake.languages.po import Rule

log = logging.getLogger(__name__)
TEMPLATE = "messages.pot"
ONE_AND_MANY = "nplurals=2; plural=(n != 1);"
_CODE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*")
Stamp = tuple[int, int, int] | None


class Message(NamedTuple):
    """A translation: one form, or all plural forms with the rule that chooses among them."""

    forms: tuple[str, ...]
    rule: Rule | None = None


class Catalogue:
    """The merged messages of one language: a later layer overrides an earlier one, message by message.

    Each plural message keeps the rule of the file that it came from, so that a layer without the language, or one with
    another rule, cannot spoil it.
    """

    def __init__(
        self,
        messages: dict[str, Message],
        rule: Rule | None = None,
        fallback: Catalogue | None = None,
        stamp: Stamp = None,
    ) -> None:
        self.messages = messages
        self.stamp = stamp
        self._rule = rule
        self._fallback = fallback

    def gettext(self, message: str) -> str:
        """The message in this language (without its context at need), else in the one that it falls back to, else as it is."""
        found = self.messages.get(message) or (BETWEEN in message and self.messages.get(bare_message(message)))
        if found:
            return found.forms[0]
        return self._fallback.gettext(message) if self._fallback else bare_message(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The form for a count."""
        found = self.messages.get(one)
        rule = (found.rule or self._rule) if found else None
        if found and rule:
            return found.forms[min(rule(count), len(found.forms) - 1)]
        if self._fallback:
            return self._fallback.ngettext(one, many, count)
        return one if count == 1 else many


class PseudoCatalogue(Catalogue):
    """English with every message marked that translators know; what no template holds stays bare."""

    def __init__(self, known: dict[str, str | None]) -> None:
        super().__init__({})
        self._known = known

    def gettext(self, message: str) -> str:
        words = bare_message(message)
        return pseudo.pseudo(words) if message in self._known or words in self._known else words

    def ngettext(self, one: str, many: str, count: int) -> str:
        form = one if count == 1 else many
        return pseudo.pseudo(form) if one in self._known else form


class Layers:
    """The folders of an instance, and what has been read of them. ``site`` is its own layer, the uppermost.

    Packs are read once; the site's own files are looked at again with ``look_again``.
    """

    def __init__(self, folders: Iterable[Path] = (), site: Path | None = None) -> None:
        self.folders = list(dict.fromkeys(folders))
        self.site = site
        self._merged: dict[str, Catalogue] = {}

    def catalogue(self, code: str) -> Catalogue:
        """The catalogue of a language, falling back ``pt_BR`` → ``pt`` → ``en``."""
        found = self._merged.get(code)
        return found if found is not None else self._merge(code)

    def look_again(self, code: str) -> None:
        """Read the site's own layer anew where it has changed: all that it costs is a look at the date of two files."""
        if self.site is None:
            return
        for each in chain(code):
            held = self._merged.get(each)
            if held is not None and held.stamp != stamp_of(file_of(self.site, each)):
                self._merged = {}
                return

    def languages(self) -> set[str]:
        """The languages for which some layer holds a file, and English."""
        return {"en", *(code for folder in self._all() for code in languages_in(folder))}

    @cached_property
    def known(self) -> dict[str, str | None]:
        """Every message that may be said, with its plural: what the templates of the layers hold."""
        found: dict[str, str | None] = {}
        for folder in self.folders:
            if (folder / TEMPLATE).is_file():
                found |= {entry.msgid: entry.plural for entry in po.read_file(folder / TEMPLATE).entries}
        return found

    def below(self, code: str) -> dict[str, Message]:
        """What a language says without the site's own layer."""
        found: dict[str, Message] = {}
        for folder in self.folders:
            found |= messages_of(file_of(folder, code))[0]
        return found

    def plurals(self, code: str) -> str:
        """The plural rule of a language as a header writes it: that of the uppermost layer that has one."""
        for folder in reversed(self._all()):
            path = file_of(folder, code)
            file = po.read_file(path) if path.is_file() else po.PoFile()
            if file.rule() is not None:
                return file.header["plural-forms"]
        return ONE_AND_MANY

    def own_folder(self) -> Path:
        """Where the site keeps words of its own."""
        if self.site is None:
            raise Conflict(N_("There is no place for words of this site's own here."))
        return self.site

    def _all(self) -> list[Path]:
        return [*self.folders, self.site] if self.site else self.folders

    def _merge(self, code: str) -> Catalogue:
        if code in pseudo.NAMES:
            return self._merged.setdefault(code, PseudoCatalogue(self.known))
        stamp = stamp_of(file_of(self.site, code)) if self.site else None
        messages: dict[str, Message] = {}
        rule: Rule | None = None
        for folder in self._all():
            found, own = messages_of(file_of(folder, code))
            messages |= found
            rule = own or rule
        below = chain(code)[1:2]
        fallback = self.catalogue(below[0]) if below else None
        return self._merged.setdefault(code, Catalogue(messages, rule, fallback, stamp))


def chain(code: str) -> list[str]:
    """A language and those that it falls back to."""
    found = [code]
    while "_" in found[-1]:
        found.append(found[-1].rpartition("_")[0])
    return found if found[-1] == "en" else [*found, "en"]


def file_of(folder: Path, code: str) -> Path:
    """Where a layer keeps a language."""
    return folder / code / "LC_MESSAGES" / "messages.po"


def languages_in(folder: Path) -> Iterator[str]:
    """The languages of one layer."""
    for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        if _CODE.fullmatch(path.parts[-3]):
            yield path.parts[-3]


def stamp_of(path: Path) -> Stamp:
    """What changes when a file does; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


_read: dict[Path, tuple[Stamp, dict[str, Message], Rule | None]] = {}


def messages_of(path: Path) -> tuple[dict[str, Message], Rule | None]:
    """The finished translations of a file, and its plural rule; a file is read once until it changes."""
    stamp = stamp_of(path)
    if stamp is None:
        return {}, None
    if path not in _read or _read[path][0] != stamp:
        file = po.read_file(path)
        for line, problem in file.problems:
            log.warning("%s, line %s: %s", path, line, problem)
        rule = file.rule()
        whole = (entry for entry in file.entries if entry.is_whole(file.nplurals))
        messages = {entry.msgid: Message(entry.forms, rule if entry.plural else None) for entry in whole}
        _read[path] = (stamp, messages, rule)
    return _read[path][1:]
