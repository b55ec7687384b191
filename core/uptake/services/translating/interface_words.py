"""The site's own words for the interface: typed on a page or taken from a file, kept above all packs, shown at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from uptake import i18n
from uptake.db import is_sqlite, transaction
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_, layers
from uptake.languages import exchange, po_write
from uptake.languages.checks import faults
from uptake.languages.exchange import CHANGED, NEW, Proposal
from uptake.languages.layers import file_of
from uptake.languages.po import Entry, PoFile
from uptake.languages.xliff import key_of
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.translating.interface_list import ACTION, Words, check_language, empty_file, own_file, words_of

LONGEST = 4000
LOCK = 0x776F7264


def save(code: str, key: str, forms: Sequence[str], *, was: Sequence[str] | None = None, person: Person) -> None:
    """Say a message in the site's own words; empty ones give the pack's back.

    ``was`` is what the form showed: ``Conflict`` where somebody has written another meanwhile. Raises ``Invalid`` with
    what is wrong with each form (``forms.0`` and so on).
    """
    require(person, ACTION)
    with _writing(code, person) as (current, file):
        words = words_of(current, code, key, person=person)
        if was is not None and list(was) != words.forms:
            raise Conflict(
                N_("Somebody has translated this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
            )
        entry = Entry(words.msgid, words.plural, tuple(forms))
        _check(entry, len(words.forms))
        own = {one.msgid: one for one in file.entries if one.msgid != words.msgid}
        if any(forms) and not _said_anyway(code, words, entry):
            own[words.msgid] = entry
        file.entries = list(own.values())
        _remember(current, code, entry, words.forms, person)


def _said_anyway(code: str, words: Words, entry: Entry) -> bool:
    """Whether the packs, or the English message itself, say the very same."""
    english = (words.text,) if words.plural is None else (words.text, words.plural)
    return list(entry.forms) == words.packs or (code == "en" and entry.forms == english and not any(words.packs))


def take_in(code: str, offered: Iterable[Entry], *, dry_run: bool = False, person: Person) -> list[Proposal]:
    """Take in what a translator's file holds, and say what of it is new, changed, broken or unknown."""
    require(person, ACTION)
    with _writing(code, person, dry_run=dry_run) as (current, file):
        now = {msgid: message.forms for msgid, message in i18n.catalogue(code).messages.items()}
        found = exchange.propose(offered, layers().known, now, empty_file(code).nplurals)
        own = {one.msgid: one for one in file.entries}
        for proposal in found:
            if proposal.kind in (NEW, CHANGED) and not dry_run:
                entry = proposal.entry
                own[entry.msgid] = Entry(entry.msgid, entry.plural, entry.forms)
                _remember(current, code, entry, proposal.before, person)
        file.entries = list(own.values())
    return found


def start(code: str, plurals: str, *, person: Person) -> Path:
    """Begin a language that no layer has, with an empty catalogue of the site's own."""
    require(person, ACTION)
    path = file_of(layers().own_folder(), code)
    if i18n.can_speak(code):
        raise Conflict("There is the language {code} already.", code=code)
    file = empty_file(code)
    file.head = file.head.replace(layers().plurals(code), plurals)
    po_write.save(path, file)
    return path


def _check(entry: Entry, many: int) -> None:
    if len(entry.forms) != many:
        raise Invalid(N_("The form does not fit this language."), remedy=N_("Load the page again."))
    wrong = {f"forms.{n}": N_("This is too long.") for n, form in enumerate(entry.forms) if len(form) > LONGEST}
    for fault in faults(entry, many) if not wrong else ():
        wrong.setdefault(f"forms.{fault.form}", i18n.gettext(fault.message, **fault.values))
    if wrong:
        raise Invalid(N_("The translation cannot be taken."), fields=wrong)


def _remember(current: Session, code: str, entry: Entry, before: Sequence[str], person: Person) -> None:
    data = {"message": entry.text[:LONGEST], "words": ["\n".join(before), "\n".join(entry.forms)]}
    record_event(current, person.mark, ACTION, f"translation/{code}/{key_of(entry.msgid)}", data)


@contextmanager
def _writing(code: str, person: Person, *, dry_run: bool = False) -> Iterator[tuple[Session, PoFile]]:
    """The site's own file of a language, changed by one at a time and together with the audit trail, or not at all."""
    path = file_of(layers().own_folder(), code)
    before: bytes | None = None
    written = False
    try:
        with transaction() as current:
            if not is_sqlite(current):
                current.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
            check_language(current, code)
            before = path.read_bytes() if path.is_file() else None
            layers().look_again(code)
            file = own_file(code, person=person)
            yield current, file
            if not dry_run:
                written = True
                po_write.save(path, file)
    except BaseException:
        if written:
            _restore(path, before)
        raise
    layers().look_again(code)


def _restore(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(before)
