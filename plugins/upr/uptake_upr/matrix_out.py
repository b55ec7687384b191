"""What stands in the cells of a matrix that is written: the opposite of ``matrix_cells``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from uptake.toolkit import ExportRecord, cut

from uptake_upr.brackets import wordings
from uptake_upr.matrix_drafts import report_of

GROUPS, GOALS = "uhri-groups", "sdg"
THEMES = ("uhri-themes", "ohchr-themes-2014", "ohchr-themes-2013")
ASSESSMENT = "Assessment/comments on level of implementation"
_DIGITS = re.compile(r"\d+")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_TEXT, _POSITION, _GOALS = "Recommendation", "Position", "Relevant SDGs"
_THEMES = {
    "ohchr-themes-2013": "Full list of themes",
    "ohchr-themes-2014": "Full list of rights/affected persons",
    "uhri-themes": "Human rights themes and groups of persons",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A layout as OHCHR prints it: of cycles 2 and 3 with a column for the assessment (``filled`` from what the State has
    published), or of cycle 4 with one for the goals."""

    goals: bool = False
    filled: bool = False

    def labels(self, vocabulary: str) -> tuple[str, ...]:
        """The header row. Its column of themes says whose list they are from, by which it is read again."""
        if self.goals:
            return (
                "Recommendation and recommending State",
                "Position of the State under review",
                _THEMES[vocabulary],
                _GOALS,
            )
        return _TEXT, _POSITION, _THEMES[vocabulary], ASSESSMENT

    @property
    def widths(self) -> tuple[int, ...]:
        """How the line is divided."""
        return (48, 14, 30, 24) if self.goals else (44, 12, 26, 34)

    def row(self, record: ExportRecord, vocabulary: str) -> tuple[str, ...]:
        """The cells of one recommendation."""
        last = "\n".join(_goals(record)) if self.goals else (_assessment(record) if self.filled else "")
        stated = record.stated.raw if record.stated else ""
        return text_cell(record), stated, "\n".join(self._themes(record, vocabulary)), last

    def _themes(self, record: ExportRecord, vocabulary: str) -> list[str]:
        dash = "- " if self.goals else ""
        lines = [f"{dash}{label}" for label in theme_labels(record, vocabulary)]
        if groups := _said(record, GROUPS):
            lines += [
                "Groups of Persons:" if self.goals else "Affected persons:",
                *(f"- {label}" for _, label in groups),
            ]
        if not self.goals and (goals := _goals(record)):
            lines += ["Relevant SDGs:", *goals]
        return lines


@dataclass(slots=True)
class Review:
    """The recommendations of one review of one State, or of another mechanism to it: a matrix of its own."""

    head: str
    records: list[ExportRecord] = field(default_factory=list)

    @property
    def vocabulary(self) -> str:
        """The list of themes that most of them carry."""
        counted = Counter(dict.fromkeys(THEMES, 0))
        for record in self.records:
            counted.update({name: len(record.terms.get(name, ())) for name in THEMES})
        return counted.most_common(1)[0][0]

    @property
    def symbol(self) -> str | None:
        """The document, where they all stand in one."""
        symbols = {record.symbol for record in self.records}
        return symbols.pop() if len(symbols) == 1 else None

    def by_theme(self) -> list[tuple[str, list[ExportRecord]]]:
        """Under the first theme of each, in the order of the themes' codes and labels; those without one come first."""
        found: dict[str, list[ExportRecord]] = {}
        for record in self.records:
            labels = theme_labels(record, self.vocabulary)
            found.setdefault(labels[0] if labels else "", []).append(record)
        return sorted(found.items(), key=lambda one: [int(part) if part.isdigit() else part.lower()
                                                      for part in re.split(r"(\d+)", one[0])])  # fmt: skip


def reviews(records: Iterable[ExportRecord]) -> list[Review]:
    """The records by State, mechanism and cycle, in the order in which they come."""
    found: dict[str, Review] = {}
    for record in records:
        head = head_of(record)
        found.setdefault(head, Review(head)).records.append(record)
    return list(found.values())


def head_of(record: ExportRecord) -> str:
    """The line of the page header, by which the matrix is read again: ``UPR of Slovenia (4th Cycle – 48th Session)``."""
    states = ", ".join(record.states.values()) or "no State"
    if record.mechanism != "UPR":
        return f"Recommendations to {states} by {record.mechanism or 'no mechanism'}"
    session = _DIGITS.search(record.session or "")
    facts = [f"{_ordinal(record.cycle)} Cycle"] if record.cycle else []
    facts += [f"{_ordinal(int(session[0]))} Session"] if session and record.cycle else []
    return f"UPR of {states} ({' – '.join(facts)})" if facts else f"UPR of {states}"


def text_cell(record: ExportRecord) -> str:
    """Number, text and recommending States, and under them where the position stands."""
    text = (record.texts.get("en") or next(iter(record.texts.values()), "")).rstrip()
    if record.paragraph and not cut(text).number:
        text = f"{record.paragraph} {text}"
    if record.recommenders and not any(part.states for part in wordings(text)):
        text += "".join(f" ({name})" for name in record.recommenders.values())
    stated = record.stated
    if stated is None or not stated.symbol or report_of(stated.symbol) != (record.symbol or report_of(stated.symbol)):
        return text
    return f"{text}\nSource of position: {stated.symbol}" + (f" - Para. {stated.paragraph}" if stated.paragraph else "")


def theme_labels(record: ExportRecord, vocabulary: str) -> Sequence[str]:
    """The themes of one list as it prints them: with their code, where it has codes."""
    terms = _said(record, vocabulary)
    return [label if vocabulary == "uhri-themes" else _coded(code, label, vocabulary) for code, label in terms]


def _coded(code: str, label: str, vocabulary: str) -> str:
    if code == label or not code[:1].isalnum() or not any(char.isdigit() for char in code):
        return label
    return f"{code}. {label}" if vocabulary == "ohchr-themes-2014" else f"{code} {label}"


def _goals(record: ExportRecord) -> list[str]:
    return [f"- {code} - {label}" for code, label in _said(record, GOALS)]


def _said(record: ExportRecord, vocabulary: str) -> list[tuple[str, str]]:
    """The terms of one list that a source or a person has given: a machine's guess is no part of an official matrix."""
    return [term for term in record.terms.get(vocabulary, ()) if (vocabulary, term[0]) not in record.suggested]


def _assessment(record: ExportRecord) -> str:
    """The State's published claim, then what its institutions have said last."""
    lines = [record.status]
    for said in record.progress:
        day = f", {said.day.isoformat()}" if said.day else ""
        lines.append(f"{said.institution}{day}: {said.text}")
    return "\n".join(filter(None, lines))


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 < number % 100 < 14 else _SUFFIXES.get(number % 10, 'th')}"
