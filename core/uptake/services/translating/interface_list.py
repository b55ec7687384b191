"""What the interface says in a language: one message, those that are looked for, all of them, or only the site's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from uptake import i18n
from uptake.errors import BETWEEN, NotFound, bare_message
from uptake.i18n import N_, layers
from uptake.languages import po
from uptake.languages.layers import file_of
from uptake.languages.po import Entry, PoFile
from uptake.languages.xliff import key_of
from uptake.services.instance import settings_of
from uptake.services.permissions import Person, require
from uptake.texts import fold

ACTION = "interface.translate"
PAGE = 50
ALL, MISSING, OWN = "", "missing", "own"
HEAD = (
    "Language: {code}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    "Plural-Forms: {plurals}\n"
)


@dataclass(slots=True)
class Words:
    """One message in one language. ``forms`` are those that are shown, empty where it shows in English; ``own`` says
    that they are the site's; ``packs`` are those that would be shown without. ``counts`` are examples of each form's.
    """

    key: str
    msgid: str
    plural: str | None
    forms: list[str]
    own: bool
    packs: list[str]
    counts: list[list[int]]

    @property
    def text(self) -> str:
        """The message in English."""
        return bare_message(self.msgid)

    @property
    def context(self) -> str:
        """Which of several meanings it has here; empty where there is but one."""
        return self.msgid.rpartition(BETWEEN)[0]


@dataclass(slots=True)
class Found:
    """A page of what was looked for; ``next`` is the number of the page behind it, None on the last."""

    rows: list[Words]
    count: int
    page: int
    next: int | None


def words_of(session: Session, code: str, key: str, *, person: Person) -> Words:
    """What is said for a message, by its key. Raises ``NotFound`` where the site knows no such message or language."""
    require(person, ACTION)
    check_language(session, code)
    msgid = next((each for each in layers().known if key_of(each) == key), None)
    if msgid is None:
        raise NotFound(N_("There is no such message."))
    return _Said(code).words(msgid)


def find(session: Session, code: str, text: str, only: str, page: int, *, person: Person) -> Found:
    """The messages that hold a text, in English or translated; all, those that are missing, or the site's own."""
    require(person, ACTION)
    check_language(session, code)
    said, wanted = _Said(code), fold(text)
    rows = [row for row in map(said.words, layers().known) if _fits(row, only) and wanted in _text(row)]
    begin = (page - 1) * PAGE
    return Found(rows[begin : begin + PAGE], len(rows), page, page + 1 if begin + PAGE < len(rows) else None)


def _fits(row: Words, only: str) -> bool:
    return only not in (MISSING, OWN) or (row.own if only == OWN else not all(row.forms))


def _text(row: Words) -> str:
    return fold(" ".join((row.text, row.plural or "", *row.forms)))


class _Said:
    """What a language says, and what it would say without the site's own words."""

    def __init__(self, code: str) -> None:
        self._shown, self._below = i18n.catalogue(code).messages, layers().below(code)
        head = PoFile(HEAD.format(code=code, plurals=layers().plurals(code)))
        self._many = max(head.nplurals, 1)
        self._counts = _examples(head, self._many)

    def words(self, msgid: str) -> Words:
        plural = layers().known[msgid]
        shown, packs = self._shown.get(msgid), self._below.get(msgid)
        many = self._many if plural is not None else 1
        forms, without = (padded(found.forms if found else (), many) for found in (shown, packs))
        own = shown is not None and (packs is None or shown.forms != packs.forms)
        return Words(key_of(msgid), msgid, plural, forms, own, without, self._counts if plural is not None else [[]])


def padded(forms: Sequence[str], many: int) -> list[str]:
    """The forms of a translation, empty where there are none."""
    return [*forms[:many], *[""] * (many - len(forms))]


def _examples(file: PoFile, many: int) -> list[list[int]]:
    """The first counts of each plural form."""
    found: list[list[int]] = [[] for _ in range(many)]
    rule = file.rule()
    for count in range(201) if rule else ():
        if rule and rule(count) < many and len(found[rule(count)]) < 4:
            found[rule(count)].append(count)
    return found


def own_file(code: str, *, person: Person) -> PoFile:
    """The site's own words in a language, as a file to send upstream."""
    require(person, ACTION)
    path = file_of(layers().own_folder(), code)
    return po.read_file(path) if path.is_file() else empty_file(code)


def shown_file(code: str, *, person: Person) -> PoFile:
    """Everything that the interface can say, with what it says in a language now."""
    require(person, ACTION)
    file = empty_file(code)
    file.entries = list(_entries(code))
    return file


def empty_file(code: str) -> PoFile:
    """A file of a language with nothing in it."""
    return PoFile(HEAD.format(code=code, plurals=layers().plurals(code)))


def _entries(code: str) -> Iterator[Entry]:
    said = _Said(code)
    for msgid, plural in layers().known.items():
        yield Entry(msgid, plural, tuple(said.words(msgid).forms))


def check_language(session: Session, code: str) -> None:
    """Raise ``NotFound`` for a language that the site does not have."""
    if code not in settings_of(session).languages:
        raise NotFound(N_("This site has no language {language}."), language=code)
