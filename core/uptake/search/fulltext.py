"""Full-text search on both databases behind one set of expressions: SQLite's FTS5 and PostgreSQL's tsvector.

An expression is built of ``Terms``: any one of some stems, these words in order, or a beginning of a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import text
from sqlalchemy.orm import Session

from uptake.db import is_sqlite


@dataclass(frozen=True, slots=True)
class Terms:
    """One of several runs of tokens in the column ``stems`` or ``words``; ``prefix``: the last token is a beginning."""

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


def ranked(session: Session, expression: Expression, ids: BitMap | FrozenBitMap) -> list[int]:
    """Recommendations that are known to fit, the most relevant first."""
    connection = session.connection()
    if is_sqlite(session):
        # The plus keeps SQLite from asking the index anew for every id; ordering by bm25() and not by rank keeps FTS5
        # from scoring what is not among the ids.
        statement = (
            "select rowid from search_text where search_text match ? and +rowid in (select value from json_each(?)) "
            "order by bm25(search_text), rowid desc"
        )
        rows = connection.exec_driver_sql(statement, (_fts5(expression), str(ids.to_array().tolist())))
    else:
        queries = {column: _flat(expression, column) for column in ("stems", "words")}
        scores = [f"ts_rank({column}, cast(:{column} as tsquery), 1)" for column, query in queries.items() if query]
        statement = f"select id from search_text where id = any(:ids) order by {' + '.join(scores)} desc, id desc"  # noqa: S608
        rows = connection.execute(text(statement), {"ids": ids.to_array().tolist(), **queries})
    return [row[0] for row in rows.cursor]  # type: ignore[attr-defined]


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


def _flat(expression: Expression, column: str) -> str:
    """Everything that is looked for in one column, for the ranking."""
    return " | ".join(f"({_tsquery(terms)})" for terms in _terms(expression) if terms.column == column)
