"""Full-text search on both databases behind one set of expressions: SQLite's FTS5 and PostgreSQL's tsvector.

An expression is built of ``Terms``: any one of some stems, these words in order, or a beginning of a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import text
from sqlalchemy.orm import Session

from uptake.db import is_sqlite


@dataclass(frozen=True, slots=True)
class Terms:
    """One of several runs of tokens in the column ``stems`` or ``words``; with ``prefix`` the last token is a beginning."""

    column: str
    runs: tuple[tuple[str, ...], ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Both:
    """Texts that fit every part."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Texts that fit one part."""

    parts: tuple[Expression, ...]


Expression = Terms | Both | Either


def matching(session: Session, terms: Terms) -> BitMap:
    """All recommendations whose text fits."""
    connection = session.connection()
    if is_sqlite(session):
        rows = connection.exec_driver_sql("select rowid from search_text where search_text match ?", (_fts5(terms),))
    else:
        statement = f"select id from search_text where {terms.column} @@ cast(:query as tsquery)"  # noqa: S608
        rows = connection.execute(text(statement), {"query": _tsquery(terms)})
    return BitMap([row[0] for row in rows.cursor])  # type: ignore[attr-defined]


def ranked(session: Session, expression: Expression, limit: int | None) -> Iterator[int]:
    """The recommendations that fit, the most relevant first."""
    connection = session.connection()
    if is_sqlite(session):
        statement = "select rowid from search_text where search_text match ? order by rank"
        if limit is not None:
            statement += f" limit {int(limit)}"
        rows = connection.exec_driver_sql(statement, (_fts5(expression),))
    else:
        statement = (
            f"select id from search_text, cast(:query as tsquery) q where {_where(expression)} "  # noqa: S608
            "order by ts_rank(stems, q, 1) desc, id"
        )
        if limit is not None:
            statement += f" limit {int(limit)}"
        rows = connection.execute(text(statement), {"query": _flat(expression), **_values(expression)})
    with rows:
        yield from (row[0] for row in rows.cursor)  # type: ignore[attr-defined]


def _fts5(expression: Expression) -> str:
    if isinstance(expression, Terms):
        runs = []
        for run in expression.runs:
            phrase = '"' + " ".join(run) + '"'
            runs.append(f"{phrase} *" if expression.prefix else phrase)
        return f"{expression.column} : ({' OR '.join(runs)})"
    glue = " AND " if isinstance(expression, Both) else " OR "
    return "(" + glue.join(_fts5(part) for part in expression.parts) + ")"


def _tsquery(terms: Terms) -> str:
    mark = ":*" if terms.prefix else ""
    runs = ["(" + " <-> ".join(f"'{token}'" for token in run) + mark + ")" for run in terms.runs]
    return " | ".join(runs)


def _terms(expression: Expression) -> list[Terms]:
    return [expression] if isinstance(expression, Terms) else [one for part in expression.parts for one in _terms(part)]


def _where(expression: Expression, numbers: Iterator[int] | None = None) -> str:
    """The condition as SQL, its terms numbered in order: words and stems are two columns."""
    numbers = numbers if numbers is not None else iter(range(10_000))
    if isinstance(expression, Terms):
        return f"{expression.column} @@ cast(:term_{next(numbers)} as tsquery)"
    glue = " and " if isinstance(expression, Both) else " or "
    return "(" + glue.join(_where(part, numbers) for part in expression.parts) + ")"


def _values(expression: Expression) -> dict[str, str]:
    return {f"term_{number}": _tsquery(terms) for number, terms in enumerate(_terms(expression))}


def _flat(expression: Expression) -> str:
    """Everything that is looked for, for the ranking."""
    return " | ".join(f"({_tsquery(terms)})" for terms in _terms(expression))
