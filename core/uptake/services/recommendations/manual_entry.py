"""Recommendations that people enter: checked, written with all that belongs to them, and searchable at once.

They come from the source ``manual``. A later import finds them like any others (symbol and paragraph, then text) and
adds to them; what a person has written it leaves alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import reserve_ids, transaction
from uptake.errors import Invalid
from uptake.hooks.kinds import Draft
from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import KINDS, POSITIONS, Recommendation
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import EXTERNAL, HEAD, Aggregate
from uptake.services.importing.aggregates import POSITIONS as POSITION_ROWS
from uptake.services.importing.documents import title_language
from uptake.services.importing.identity import derived_uuid, short_hash
from uptake.services.importing.merging import Ids, Merger
from uptake.services.importing.records import LONGEST_TEXT, Record, Said, Text
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.permissions import Person, require
from uptake.texts import Cut, cut, normalise_number, order_key, unprintable

MANUAL = "manual"
LONGEST = {"symbol": 200, "title": 1000, "paragraph": 60, "session": 60}
MOST = 500


@dataclass(slots=True)
class Entry:
    """What a person has written of one recommendation. States and mechanism by code, terms by slug, texts by language.

    ``symbol`` or ``title`` name its document, which is made where there is none such. ``parts`` are the wordings of a
    compound recommendation. ``key`` is the form's own number: the same form sent twice is one recommendation.
    """

    texts: dict[str, str]
    state: str = ""
    mechanism: str = ""
    symbol: str = ""
    title: str = ""
    date: datetime.date | None = None
    paragraph: str = ""
    kind: str = "recommendation"
    cycle: int | None = None
    session: str = ""
    position: str = ""
    recommenders: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    key: UUID = field(default_factory=uuid4)
    anyway: bool = False


def create(entry: Entry, *, person: Person, reason: str | None = None) -> UUID:
    """Enter one recommendation; its UUID. Raises ``Invalid`` by field."""
    return create_all([entry], person=person, reason=reason)[0]


def create_all(entries: list[Entry], *, person: Person, reason: str | None = None) -> list[UUID]:
    """Enter several in one step: all of them or none. Those whose key is there already are left as they are."""
    require(person, "recommendation.create")
    for entry in entries:
        _check(entry)
    with transaction() as session:
        index.lock(session)
        there = _there(session, entries)
        wanted = [entry for entry in entries if entry.key not in there]
        if wanted:
            made = _Writing(session, person, wanted).write()
            index.add(session, made)
            for id_, entry in zip(made, wanted, strict=True):
                record_event(
                    session, person.mark, "recommendation.create", f"recommendation/{id_}", said_of(entry), reason
                )
    return [entry.key for entry in entries]


def said_of(entry: Entry) -> dict[str, list[object]]:
    """What an entry says, for the audit trail."""
    facts: dict[str, object] = {
        "state": entry.state, "mechanism": entry.mechanism, "document": entry.symbol or entry.title,
        "paragraph": entry.paragraph, "kind": entry.kind, "position": entry.position,
        "date": entry.date.isoformat() if entry.date else None, "recommender": entry.recommenders, "term": entry.terms,
        **{f"text.{language}": text for language, text in entry.texts.items()},
    }  # fmt: skip
    return {name: [None, value] for name, value in facts.items() if value}


def _there(session: Session, entries: Iterable[Entry]) -> set[UUID]:
    keys = [entry.key for entry in entries]
    return set(session.scalars(select(Recommendation.uuid).where(Recommendation.uuid.in_(keys))))


def _check(entry: Entry) -> None:
    """Everything that can be seen without the database."""
    entry.texts = {language: text.strip() for language, text in entry.texts.items() if text.strip()}
    entry.parts = [part.strip() for part in entry.parts if part.strip()]
    wrong: dict[str, str] = {}
    if not entry.texts:
        wrong["text"] = N_("Write the text in at least one language.")
    for language, text in entry.texts.items():
        if len(text) > LONGEST_TEXT or unprintable(text):
            wrong[f"text.{language}"] = N_("The text is too long or holds characters that no document can hold.")
    for name, most in LONGEST.items():
        value = getattr(entry, name)
        if len(value) > most or unprintable(value):
            wrong[name] = N_("This is too long, or holds characters that no document can hold.")
    if entry.kind not in KINDS:
        wrong["kind"] = N_("Choose the kind of text.")
    if entry.position and entry.position not in POSITIONS:
        wrong["position"] = N_("Choose the position.")
    if entry.cycle is not None and not 0 < entry.cycle <= 99:
        wrong["cycle"] = N_("A cycle is a number such as 4.")
    if len(entry.parts) == 1:
        wrong["parts"] = N_("Write at least two parts, or none.")
    if not entry.state:
        wrong["state"] = N_("Choose the State that it is addressed to.")
    if not entry.mechanism:
        wrong["mechanism"] = N_("Choose who said it.")
    if wrong:
        raise Invalid(N_("The recommendation cannot be taken as it stands."), fields=wrong)


class _Writing:
    """Writes checked entries inside the running transaction."""

    def __init__(self, session: Session, person: Person, entries: list[Entry]) -> None:
        self._session, self._person, self._entries = session, person, entries
        self._source, self._human = source_id(session, MANUAL), source_id(session, HUMAN)
        self._merger = Merger(self._source, self._human, MANUAL, "", 0)
        self._states: dict[str, int] = dict(session.execute(select(State.iso3, State.id)).all())
        self._mechanisms: dict[str, int] = dict(session.execute(select(Mechanism.code, Mechanism.id)).all())
        slugs = {slug for entry in entries for slug in entry.terms}
        self._terms: dict[str, int] = dict(
            session.execute(select(Term.slug, Term.id).where(Term.slug.in_(slugs))).all()
        )
        self._documents: dict[str, int] = {}

    def write(self) -> list[int]:
        """The ids of the new recommendations."""
        parts = sum(len(entry.parts) for entry in self._entries)
        ids = Ids(
            reserve_ids(self._session, HEAD.table, len(self._entries) + parts),
            reserve_ids(self._session, EXTERNAL.table, len(self._entries)),
            reserve_ids(self._session, POSITION_ROWS.table, len(self._entries) + parts),
        )
        tops, made = [], []
        for entry in self._entries:
            record = self._record(entry)
            one = self._made(self._merger.create(record, ids))
            tops.append(one.head[0])
            made.append(one)
            for number, part in enumerate(entry.parts, 1):
                made.append(self._made(self._merger.create(part_of(record, part, number), ids, one), derived=True))
        aggregates.insert(self._session, made)
        self._session.flush()
        for id_, entry in zip(tops, self._entries, strict=True):
            self._tag(id_, entry)
        self._session.flush()
        return tops

    def _made(self, one: Aggregate, derived: bool = False) -> Aggregate:
        """Not of any run; the position is a person's, which outranks every feed's."""
        one.head[-1] = None
        if not derived:
            one.children[EXTERNAL.name] = [(*row[:7], None, row[8]) for row in one.rows(EXTERNAL)]
        rows = one.rows(POSITION_ROWS)
        one.children[POSITION_ROWS.name] = [(row[0], row[1], self._human, *row[3:]) for row in rows]
        return one

    def _record(self, entry: Entry) -> Record:
        cuts = {language: cut(text) for language, text in entry.texts.items()}
        number = normalise_number(entry.paragraph) or next((one.number for one in cuts.values() if one.number), None)
        draft = Draft("", entry.texts, session=entry.session or None, cycle=entry.cycle)
        record = Record(draft, entry.key.hex, short_hash(repr(entry.texts)))
        record.state_id = self._known(self._states, entry.state, "state")
        record.mechanism_id = self._known(self._mechanisms, entry.mechanism, "mechanism")
        record.recommenders = [
            self._known(self._states, code, "recommenders") for code in dict.fromkeys(entry.recommenders)
        ]
        record.document_id = self._document(entry, record.mechanism_id)
        record.kind, record.paragraph, record.order = entry.kind, number, order_key(number)
        record.date = entry.date.isoformat() if entry.date else None
        record.texts = {language: Text(entry.texts[language], one) for language, one in cuts.items()}
        if entry.position:
            record.position = entry.position
            record.positions = [Said(entry.position, entry.position, record.date, None, None)]
        self._refuse_twin(entry, record)
        return record

    @staticmethod
    def _known(table: dict[str, int], code: str, name: str) -> int:
        if code not in table:
            raise Invalid(N_("There is no {code}."), fields={name: N_("Choose one of the list.")}, code=code[:60])
        return table[code]

    def _document(self, entry: Entry, mechanism: int | None) -> int | None:
        key = (entry.symbol.strip().upper() or entry.title.strip())[:300]
        if not key:
            return None
        if key not in self._documents:
            found = self._session.scalar(select(Document.id).where(Document.key == key))
            self._documents[key] = found or self._new_document(key, entry, mechanism)
        return self._documents[key]

    def _new_document(self, key: str, entry: Entry, mechanism: int | None) -> int:
        title = entry.title.strip() or None
        new = Document(
            uuid=UUID(hex=derived_uuid(f"document:{key}")), key=key, symbol=entry.symbol.strip() or None, title=title,
            title_language=title_language(entry.texts) if title else None, mechanism_id=mechanism, date=entry.date,
            session=entry.session or None, cycle=entry.cycle,
        )  # fmt: skip
        self._session.add(new)
        self._session.flush()
        said = {"symbol": [None, new.symbol], "title": [None, new.title]}
        record_event(self._session, self._person.mark, "document.create", f"document/{new.id}", said)
        return new.id

    def _refuse_twin(self, entry: Entry, record: Record) -> None:
        """The same paragraph of the same document is probably there already; whoever knows better may say so."""
        if entry.anyway or not record.document_id or not record.paragraph:
            return
        twin = self._session.scalar(
            select(Recommendation.id).where(
                Recommendation.document_id == record.document_id, Recommendation.paragraph == record.paragraph,
                Recommendation.state_id == record.state_id, Recommendation.parent_id.is_(None),
            )
        )  # fmt: skip
        if twin:
            raise Invalid(
                N_("This paragraph of this document is in the register already."),
                fields={"paragraph": N_("Paragraph {paragraph} is there already. Tick “enter it anyway” if this is another one.")},
                paragraph=record.paragraph,
            )  # fmt: skip

    def _tag(self, id_: int, entry: Entry) -> None:
        for slug in dict.fromkeys(entry.terms):
            term = self._known(self._terms, slug, "terms")
            self._session.add(
                Tag(recommendation_id=id_, term_id=term, source_id=self._human, confidence=None, confirmed_by=self._person.mark,
                    rejected=False)
            )  # fmt: skip


def part_of(record: Record, words: str, number: int) -> Record:
    """One part of a compound recommendation, with the place and position of the whole."""
    language = next(iter(record.texts), "en")
    draft = Draft("", {language: words}, session=record.draft.session, cycle=record.draft.cycle)
    part = Record(draft, f"{record.key}/{number}", short_hash(words))
    part.state_id, part.mechanism_id, part.document_id = record.state_id, record.mechanism_id, record.document_id
    part.kind, part.date, part.position, part.paragraph = record.kind, record.date, record.position, record.paragraph
    part.order = f"{record.order}/{number:02d}"[:80]
    part.texts = {language: Text(words, Cut(None, record.paragraph, words))}
    part.recommenders = list(record.recommenders)
    return part
