"""What differs between two states of one recommendation, fact by fact, in codes that every language has names for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.states import State
from uptake.models.vocabularies import Term
from uptake.services.importing.aggregates import HEAD, POSITIONS, RECOMMENDERS, STATES, TAGS, TEXTS, Aggregate, Row

LONGEST = 2000
_AT = {column: index for index, column in enumerate(HEAD.columns)}
_PLAIN = ("kind", "paragraph", "date", "cycle", "session", "position")


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact before and after. ``field`` is a fact's name, or ``text.fr`` for the text in French."""

    field: str
    before: str | list[str] | None
    after: str | list[str] | None

    def as_json(self) -> list[Any]:
        """For the result of a job."""
        return [self.field, self.before, self.after]


class Codes:
    """The codes behind the numbers in rows: small tables once, documents as they are met."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._documents: dict[int, str] = {}

    @cached_property
    def states(self) -> dict[int, str]:
        """ISO 3166 alpha-3 codes."""
        return dict(self._session.execute(select(State.id, State.iso3)).all())

    @cached_property
    def mechanisms(self) -> dict[int, str]:
        """Codes of mechanisms."""
        return dict(self._session.execute(select(Mechanism.id, Mechanism.code)).all())

    @cached_property
    def terms(self) -> dict[int, str]:
        """Slugs of terms."""
        return dict(self._session.execute(select(Term.id, Term.slug)).all())

    def meet(self, aggregates: Iterable[Aggregate]) -> None:
        """Read the documents of some recommendations at once."""
        wanted = {one.head[_AT["document_id"]] for one in aggregates} - {None, *self._documents}
        if wanted:
            rows = self._session.execute(
                select(Document.id, Document.symbol, Document.title, Document.key).where(Document.id.in_(wanted))
            )
            self._documents |= {id_: symbol or title or key for id_, symbol, title, key in rows}

    def document(self, id_: int | None) -> str | None:
        """A document's symbol, else its title."""
        return self._documents.get(id_, str(id_)) if id_ is not None else None

    def facts(self, one: Aggregate) -> dict[str, Any]:
        """All facts of a recommendation by name; lists are in order, texts at most some thousand characters."""
        head = one.head
        found: dict[str, Any] = {name: _word(head[_AT[name]]) for name in _PLAIN}
        state, mechanism = head[_AT["state_id"]], head[_AT["mechanism_id"]]
        found["state"] = self.states.get(state) if state else None
        found["mechanism"] = self.mechanisms.get(mechanism) if mechanism else None
        found["document"] = self.document(head[_AT["document_id"]])
        for row in one.rows(TEXTS):
            found[f"text.{row[1]}"] = ": ".join(part for part in (row[4], row[6]) if part)[:LONGEST]
        found["other_state"] = self._listed(one.rows(STATES), 1, self.states)
        found["recommender"] = self._listed(one.rows(RECOMMENDERS), 1, self.states)
        found["term"] = self._listed([row for row in one.rows(TAGS) if not row[5]], 1, self.terms)
        found["positions"] = [" ".join(str(part) for part in (row[3], row[5]) if part) for row in one.rows(POSITIONS)]
        found["unresolved"] = _unresolved(head[_AT["unresolved"]])
        return found

    @staticmethod
    def _listed(rows: list[Row], at: int, names: dict[int, str]) -> list[str]:
        return sorted({names.get(row[at], str(row[at])) for row in rows})


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """The facts that differ."""
    names = dict.fromkeys([*before, *after])
    return [
        Difference(name, before.get(name) or None, after.get(name) or None)
        for name in names
        if (before.get(name) or None) != (after.get(name) or None)
    ]


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _unresolved(value: Any) -> list[str]:
    data = json.loads(value) if isinstance(value, str) else value or {}
    return [f"{name}: {', '.join(what) if isinstance(what, list) else what}" for name, what in data.items()]
