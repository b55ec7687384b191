"""What a file of translations would do, row by row: something new, a change, nothing, or why it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.services.permissions import Person
from uptake.services.storing.waiting_uploads import CHANGE, NEW, REFUSED, SAME
from uptake.services.translating.desk import checked
from uptake.services.translating.exchange import Mark, read_mark
from uptake.services.translating.exchange_read import Given
from uptake.services.translating.items import HUMAN, OFFICIAL, Item, Version
from uptake.services.translating.kind import Change
from uptake.services.translating.kinds import KINDS
from uptake.services.work.roundtrip_fields import short_hash
from uptake.services.work.roundtrip_read import Problem

Whole = tuple[str, int, str]


@dataclass(slots=True)
class Outcome:
    """What becomes of one row; ``before`` is what stands there now."""

    row: Given
    what: str = SAME
    mark: Mark | None = None
    item: Item | None = None
    text: str = ""
    before: str = ""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, message: str, remedy: str, **values: Any) -> None:
        """Nothing of this row is taken."""
        self.what = REFUSED
        self.problems.append((message, remedy, values))

    @property
    def whole(self) -> Whole:
        """The translation that the row is a part of."""
        assert self.mark is not None
        assert self.item is not None
        return self.item.kind, self.item.id, self.mark.language


def plan(session: Session, rows: Sequence[Given], *, person: Person) -> list[Outcome]:
    """What each row would do now: a constant number of queries for each kind of thing and some hundred rows."""
    found = [Outcome(row, mark=read_mark(row.id), problems=list(row.problems)) for row in rows]
    items = _items(session, [one.mark for one in found if one.mark], person)
    met: dict[str, int] = {}
    for one in found:
        one.item = items.get((one.mark.kind, one.mark.key)) if one.mark else None
        if _recognised(one, met):
            _decide(one)
    _together(found)
    return found


def changes_of(found: Iterable[Outcome]) -> list[Change]:
    """The versions that the accepted rows make together."""
    made: dict[Whole, Change] = {}
    for one in found:
        if one.what not in (NEW, CHANGE):
            continue
        assert one.item is not None
        assert one.mark is not None
        language = one.mark.language
        known = made.get(one.whole)
        texts = dict(known.version.texts if known and known.version else one.item.texts(language))
        texts[one.mark.part] = one.text
        made[one.whole] = Change(one.item, language, Version(language, HUMAN, texts))
    return list(made.values())


def _items(session: Session, marks: Iterable[Mark], person: Person) -> dict[tuple[str, str], Item]:
    keys: dict[str, set[str]] = {}
    for mark in marks:
        keys.setdefault(mark.kind, set()).add(mark.key)
    found: dict[tuple[str, str], Item] = {}
    for name, wanted in keys.items():
        if name in KINDS:
            ids = KINDS[name].ids(session, wanted, person)
            items = KINDS[name].load(session, sorted(ids.values()))
            found |= {(name, key): items[id_] for key, id_ in ids.items() if id_ in items}
    return found


def _recognised(one: Outcome, met: dict[str, int]) -> bool:
    """Whose row it is, or why that cannot be known."""
    row, mark = one.row, one.mark
    if row.problems:
        one.what = REFUSED
    elif ";" not in row.id:
        one.refuse(N_("This row has no id of this site."), N_("Do not add rows: translate those that the file has."))
    elif mark is None:
        one.refuse(
            N_("The id of this row was changed."), N_("Export the worklist again, and copy the translation into it.")
        )
    elif one.item is None or mark.part not in KINDS[mark.kind].parts:
        one.refuse(N_("This row belongs to nothing on this site."), N_("It may come from the file of another site."))
    elif row.into and row.into != mark.language.replace("-", "_"):
        one.refuse(
            N_("The file is in {into}, and this row was exported for {language}."), N_("Export it for that language."),
            into=row.into[:20], language=mark.language,
        )  # fmt: skip
    elif short_hash(row.source) != mark.source:
        one.refuse(
            N_("The text that is translated was changed in the file, or this row was mixed up with another."),
            N_("Official texts are never edited. Undo the change, or export the worklist again."),
        )
    elif (first := met.setdefault(";".join((mark.kind, mark.key, mark.part, mark.language)), row.number)) != row.number:
        one.refuse(N_("Row {row} translates the same text."), N_("Keep one of the two rows."), row=first)
    return one.what != REFUSED


def _decide(one: Outcome) -> None:
    """Compare three: what stood there at the download, what the file says, and what stands there now."""
    item, mark = one.item, one.mark
    assert item is not None
    assert mark is not None
    now, said = item.versions.get(mark.language), KINDS[item.kind].tidy(mark.part, one.row.target)
    one.text, one.before = said, now.texts.get(mark.part, "") if now else ""
    if now is not None and now.origin == OFFICIAL:
        one.refuse(N_("There is an official text in this language by now."), N_("Nothing is to be done."))
    elif short_hash(item.texts(mark.source_language).get(mark.part, "")) != mark.source:
        one.refuse(
            N_("The text has changed since the download."), N_("Export it again and translate what it says now.")
        )
    elif not said:
        one.refuse(
            N_("There is no translation in this row."), N_("Nothing is lost: export what is missing another time.")
        )
    elif short_hash(said) == short_hash(one.before):
        one.what = CHANGE if one.row.reviewed and now is not None and now.state != HUMAN else SAME
    elif short_hash(one.row.target) == mark.target:
        one.what = SAME
    elif short_hash(one.before) != mark.target:
        one.refuse(
            N_("Somebody has translated this otherwise since the download."),
            N_("Compare both below, and correct it on the site where yours is better."),
        )
    else:
        one.what = CHANGE if one.before else NEW


def _together(found: Sequence[Outcome]) -> None:
    """What is written together is checked together: a translation needs all parts that its text has."""
    rows: dict[Whole, list[Outcome]] = {}
    for one in found:
        if one.what in (NEW, CHANGE):
            rows.setdefault(one.whole, []).append(one)
    for change in changes_of(found):
        mine = rows[change.item.kind, change.item.id, change.language]
        mark = mine[0].mark
        assert mark is not None
        assert change.version is not None
        try:
            checked(KINDS[change.item.kind], change.item.texts(mark.source_language), change.version.texts)
        except Invalid as error:
            _refuse_parts(mine, error.fields)


def _refuse_parts(rows: Sequence[Outcome], wrong: Mapping[str, str]) -> None:
    own = {one.mark.part for one in rows if one.mark}
    for one in rows:
        assert one.mark is not None
        if one.mark.part in wrong:
            one.refuse(wrong[one.mark.part], N_("Correct it in the file and upload it again."))
        elif wrong.keys() - own:
            one.refuse(
                N_("Another part of it is not translated yet."), N_("Translate all parts: they are written together.")
            )
        else:
            one.refuse(N_("Another part of it is refused."), N_("Correct that row: they are written together."))
