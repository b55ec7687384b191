"""Recommendations as the exporters of plugins get them: read in batches, with a constant number of queries for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from uptake.errors import AppError, PluginFault
from uptake.hooks.contributions import Exporter, ExportRecord, Progress
from uptake.hooks.kinds import PositionDraft
from uptake.i18n import territory_name
from uptake.models.imports import Source
from uptake.models.recommendations import ExternalId, Position, Recommendation, RecommendationText, Recommender
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term, Vocabulary
from uptake.search.engine import Query
from uptake.services.importing.sources import HUMAN
from uptake.services.lists.cards import Card
from uptake.services.lists.exporting import PIECE
from uptake.services.lists.searching import everything
from uptake.services.progress.handling import handling_of

BATCH = 500


def write(session: Session, exporter: Exporter, cards: Iterable[Card], stream: BinaryIO) -> int:
    """Let a plugin write these recommendations; how many.

    Raises what the exporter refuses in words for people, and ``PluginFault`` that names it for whatever else goes wrong.
    """
    count = 0

    def counted() -> Iterator[ExportRecord]:
        nonlocal count
        for record in records(session, cards, exporter.source):
            count += 1
            yield record

    try:
        exporter.write(counted(), stream)
    except (OSError, AppError):
        raise
    except Exception as error:
        raise PluginFault(
            "The exporter {exporter} failed: {error}.", remedy="Tell its makers.",
            exporter=exporter.name, error=f"{type(error).__name__}: {error}",
        ) from error  # fmt: skip
    return count


def stream(engine: Engine, exporter: Exporter, query: Query) -> Iterator[bytes]:
    """Everything that fits the query, through a temporary file: an exporter writes, and a response is read piece by piece."""
    with Session(engine) as session, TemporaryFile() as file:
        write(session, exporter, everything(session, query), file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def records(session: Session, cards: Iterable[Card], source: str = "") -> Iterator[ExportRecord]:
    """The records of these recommendations, in their order; with a ``source`` only its own word, where it has said one."""
    names = {
        state.iso3: territory_name(state.iso2, state.names, state.iso3, "en")
        for state in session.scalars(select(State))
    }
    waiting = iter(cards)
    while batch := list(islice(waiting, BATCH)):
        ids = [card.id for card in batch]
        external = _external_ids(session, ids)
        said = _Said(source, {id_ for id_ in ids if source in external[id_]})
        texts, stated, recommenders = said.texts(session, ids), _stated(session, ids), said.recommenders(session)
        terms, suggested = said.terms(session, ids)
        handled, unresolved = handling_of(session, ids), _unresolved(session, ids)
        for card in batch:
            from_states = recommenders[card.id] if card.id in said.own else card.recommenders
            done = handled[card.id]
            yield ExportRecord(
                card.uuid, card.kind, {code: names[code] for code in card.states}, card.mechanism, card.symbol,
                card.document, card.document_title, card.paragraph, card.date, card.cycle, card.session, card.position,
                said.positions(card.id, stated[card.id]), {code: names[code] for code in from_states}, texts[card.id],
                external[card.id], terms[card.id], stated=_in_force(stated[card.id]), status=done.status_name,
                progress=[Progress(one.institution, one.day, one.claim, one.text) for one in done.said],
                suggested=suggested[card.id], unresolved=unresolved.get(card.id) or {},
            )  # fmt: skip


def _stated(session: Session, ids: list[int]) -> dict[int, list[tuple[Position, str]]]:
    """Every position with the code of its source."""
    found: defaultdict[int, list[tuple[Position, str]]] = defaultdict(list)
    wanted = select(Position, Source.code).join(Source, Source.id == Position.source_id)
    for position, source in session.execute(wanted.where(Position.recommendation_id.in_(ids)).order_by(Position.id)):
        found[position.recommendation_id].append((position, source))
    return found


def _in_force(stated: list[tuple[Position, str]]) -> PositionDraft | None:
    """A person's entry before a feed's, then the newest by date, then the last: as the register ranks them."""
    last = max(stated, key=lambda one: (one[1] == HUMAN, str(one[0].date or ""), one[0].id), default=None)
    return PositionDraft(last[0].raw, last[0].date, last[0].document_symbol, last[0].paragraph) if last else None


def _unresolved(session: Session, ids: list[int]) -> dict[int, dict[str, Any] | None]:
    table = Recommendation
    rows = session.execute(select(table.id, table.unresolved).where(table.id.in_(ids), table.unresolved.is_not(None)))
    return dict(rows.all())


def _external_ids(session: Session, ids: list[int]) -> dict[int, dict[str, list[str]]]:
    found: defaultdict[int, dict[str, list[str]]] = defaultdict(dict)
    rows = session.execute(
        select(ExternalId.recommendation_id, Source.code, ExternalId.value)
        .join(Source, Source.id == ExternalId.source_id)
        .where(ExternalId.recommendation_id.in_(ids))
        .order_by(ExternalId.id)
    )
    for id_, source, value in rows:
        held = found[id_].setdefault(source, [])
        if value not in held:
            held.append(value)
    return found


class _Said:
    """What is said of some recommendations: by everybody, and of its ``own`` by one source alone."""

    def __init__(self, source: str, own: set[int]) -> None:
        self.source, self.own = source, own

    def texts(self, session: Session, ids: list[int]) -> dict[int, dict[str, str]]:
        """The official texts; where the source has none, those of others."""
        found: defaultdict[int, dict[str, str]] = defaultdict(dict)
        others: defaultdict[int, dict[str, str]] = defaultdict(dict)
        table = RecommendationText
        rows = session.execute(
            select(table.recommendation_id, table.language, table.raw, Source.code)
            .join(Source, Source.id == table.source_id)
            .where(table.recommendation_id.in_(ids), table.origin == "official")
            .order_by(table.language)
        )
        for id_, language, raw, source in rows:
            (found if self._counts(id_, source) else others)[id_][language] = raw
        return defaultdict(dict, {id_: found[id_] or others[id_] for id_ in ids})

    def positions(self, id_: int, stated: list[tuple[Position, str]]) -> list[str]:
        """What the State said, in the sources' words."""
        return list(dict.fromkeys(position.raw for position, source in stated if self._counts(id_, source)))

    def recommenders(self, session: Session) -> dict[int, list[str]]:
        """The recommending States by the source's own word."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        if self.own:
            rows = session.execute(
                select(Recommender.recommendation_id, State.iso3)
                .join(State, State.id == Recommender.state_id)
                .join(Source, Source.id == Recommender.source_id)
                .where(Recommender.recommendation_id.in_(self.own), Source.code == self.source)
                .order_by(State.iso3)
            )
            for id_, code in rows:
                found[id_].append(code)
        return found

    def terms(
        self, session: Session, ids: list[int]
    ) -> tuple[dict[int, dict[str, list[tuple[str, str]]]], dict[int, set[tuple[str, str]]]]:
        """The terms by vocabulary without those that a person has rejected, and which of them only a machine suggests."""
        found: defaultdict[int, dict[str, list[tuple[str, str]]]] = defaultdict(dict)
        suggested: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
        sure: set[tuple[int, str, str]] = set()
        rows = session.execute(
            select(
                Tag.recommendation_id,
                Vocabulary.code,
                Term.code,
                Term.labels,
                Source.code,
                Tag.confidence,
                Tag.confirmed_by,
            )
            .join(Term, Term.id == Tag.term_id)
            .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
            .join(Source, Source.id == Tag.source_id)
            .where(Tag.recommendation_id.in_(ids), Tag.rejected.is_(False))
            .order_by(Term.id)
        )
        for id_, vocabulary, code, labels, source, confidence, confirmed in rows:
            if self._counts(id_, source):
                held = found[id_].setdefault(vocabulary, [])
                if (one := (code, labels.get("en") or next(iter(labels.values()), code))) not in held:
                    held.append(one)
                suggested[id_].add((vocabulary, code))
                if confidence is None or confirmed:
                    sure.add((id_, vocabulary, code))
        for id_, vocabulary, code in sure:
            suggested[id_].discard((vocabulary, code))
        return found, suggested

    def _counts(self, id_: int, source: str) -> bool:
        return id_ not in self.own or source == self.source
