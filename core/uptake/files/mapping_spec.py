"""A column mapping: which column of a table is which field, checked when it is read from a dict or from TOML."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path

from uptake.errors import Invalid
from uptake.files.cells import NAMED_SEPARATORS
from uptake.texts import fold

FIELDS = (
    "text", "state", "mechanism", "kind", "symbol", "paragraph", "date", "session", "cycle", "position", "recommenders",
    "themes", "groups", "sdgs", "title", "key", "language", "document_title",
)  # fmt: skip
LISTS = ("recommenders", "themes", "groups", "sdgs")
VOCABULARIES = {"themes": "uhri-themes", "groups": "uhri-groups", "sdgs": "sdg"}
IN_TEXT = "(text)"
_TABLES = ("columns", "constants", "separators", "values", "replace", "vocabularies")
_WORDS = ("encoding", "separator", "sheet", "name", "title")
KEYS = (*_TABLES, "encoding", "separator", "sheet", "header_row", "group", "name", "title")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the columns of a table become the fields of a recommendation.

    ``columns`` maps a field to its columns; ``text.fr`` is the text in French. ``constants`` maps a field to what holds
    for every row. ``separators`` says how a cell lists several values (see ``split_cell``). ``values`` maps a field to
    the source's words, folded, and ours; an empty word of ours drops the value. ``replace`` puts wrongly written
    characters right in every cell. ``group`` merges rows that follow each other and repeat one text for each
    recommending State. ``fingerprint`` changes with every change of the mapping.
    """

    columns: dict[str, tuple[str, ...]]
    constants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    separators: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    replace: dict[str, str] = field(default_factory=dict)
    vocabularies: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    group: bool = False
    recommenders_in_text: bool = False
    fingerprint: str = ""

    @classmethod
    def from_spec(cls, spec: Dict[str, object]) -> Mapping:
        """A mapping from its dict. Raises ``Invalid`` that names everything that is wrong with it."""
        problems = _problems(spec)
        if problems:
            raise Invalid(
                "The column mapping cannot be used: {problems}.",
                remedy="Known fields: {known}; text.fr and the like for further languages.",
                problems="; ".join(problems), known=", ".join(FIELDS),
            )  # fmt: skip
        columns = _flat(spec.get("columns"))
        return cls(
            columns={name: names for name, names in columns.items() if names != (IN_TEXT,)},
            constants=_flat(spec.get("constants")),
            separators=_words(spec.get("separators")),
            values={name: _folded(pairs) for name, pairs in _table(spec, "values").items()},
            replace=_words(spec.get("replace")),
            vocabularies={**VOCABULARIES, **_words(spec.get("vocabularies"))},
            encoding=_word(spec, "encoding"),
            separator=_word(spec, "separator"),
            sheet=_word(spec, "sheet"),
            header_row=int(str(spec["header_row"])) if spec.get("header_row") else None,
            group=spec.get("group") is True,
            recommenders_in_text=columns.get("recommenders") == (IN_TEXT,),
            fingerprint=hashlib.sha256(json.dumps(spec, sort_keys=True, default=str).encode()).hexdigest()[:16],
        )


def read_spec(path: Path) -> dict[str, object]:
    """The dict of a mapping saved as TOML, checked. Raises ``Invalid`` with the file and what is wrong."""
    try:
        spec = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "{file} is no TOML: {what}.",
            remedy='Write lines such as: [columns] and under it text = "Recommendation".',
            file=path.name, what=str(error),
        ) from error  # fmt: skip
    except OSError as error:
        raise Invalid("{file} cannot be read: {what}.", file=str(path), what=error.strerror or str(error)) from error
    Mapping.from_spec(spec)
    return spec


def _problems(spec: Dict[str, object]) -> list[str]:
    wrong = [f"“{key}” is no part of a mapping (these are: {', '.join(KEYS)})" for key in spec if key not in KEYS]
    tables = [key for key in _TABLES if key in spec and not isinstance(spec[key], Dict)]
    wrong += [f"“{key}” must be a table of names and values" for key in tables]
    wrong += [f"“{key}” must be a word" for key in _WORDS if not isinstance(spec.get(key, ""), str | None)]
    if "group" in spec and not isinstance(spec["group"], bool):
        wrong.append("“group” must be true or false")
    if "header_row" in spec and not str(spec["header_row"] or 1).isdigit():
        wrong.append("“header_row” must be a row number")
    return wrong if tables else wrong + _wrong_fields(spec)


def _wrong_fields(spec: Dict[str, object]) -> list[str]:
    columns = _flat(spec.get("columns"))
    named: list[tuple[str, Iterable[str]]] = [("columns", columns), ("constants", _flat(spec.get("constants")))]
    named += [(key, _table(spec, key)) for key in ("separators", "values", "vocabularies")]
    values = _table(spec, "values")
    wrong = [f"there is no field “{name}” ({key})" for key, table in named for name in table if not _known(name)]
    wrong += [f"“values.{name}” must be a table" for name, pairs in values.items() if not isinstance(pairs, Dict)]
    wrong += [f"the field “{name}” names no column" for name, names in columns.items() if not all(names) or not names]
    if not any(name.partition(".")[0] == "text" for name in columns):
        wrong.append("no column is named for the field “text”, which is required")
    wrong += [
        f"the separator “{mark}” of “{name}” is empty (a text, or one of: {', '.join(NAMED_SEPARATORS)})"
        for name, mark in _words(spec.get("separators")).items()
        if not mark
    ]
    return wrong


def _known(name: str) -> bool:
    head, dot, language = name.partition(".")
    return head in FIELDS and (not dot or (head == "text" and language.replace("-", "").isalpha()))


def _table(spec: Dict[str, object], key: str) -> dict[str, object]:
    table = spec.get(key)
    return {str(name): value for name, value in table.items()} if isinstance(table, Dict) else {}


def _flat(table: object) -> dict[str, tuple[str, ...]]:
    """Fields and their names; ``text.fr = "…"`` in TOML arrives as a table in the table."""
    flat: dict[str, tuple[str, ...]] = {}
    for name, value in table.items() if isinstance(table, Dict) else ():
        if isinstance(value, Dict):
            flat.update({f"{name}.{inner}": _several(names) for inner, names in value.items()})
        else:
            flat[str(name)] = _several(value)
    return flat


def _several(value: object) -> tuple[str, ...]:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(str(item).strip() for item in value)
    return (str(value).strip(),)


def _words(table: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in table.items()} if isinstance(table, Dict) else {}


def _folded(table: object) -> dict[str, str]:
    return {fold(theirs): ours for theirs, ours in _words(table).items()}


def _word(spec: Dict[str, object], key: str) -> str | None:
    return str(spec[key]) if spec.get(key) else None
