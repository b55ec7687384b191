"""A report as PDF: tagged, after PDF/UA. The engine gets the report as data, never as markup."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import msgspec
from uptake.toolkit import N_, Conflict

from uptake_reports.document import Block, Document, Figure, Heading, ListBlock, Paragraph, Run, Table
from uptake_reports.output import charts, layout
from uptake_reports.output.writing import SIDE, eastern, runs_right, tag, writable

FONTS = ["Noto Sans", "Arial", "Liberation Sans", "DejaVu Sans"]
SCRIPTS = {
    "ar": ["Noto Sans Arabic", "Noto Naskh Arabic", "Arial", "DejaVu Sans"],
    "zh": ["Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "SimSun"],
}
STANDARD = "ua-1"
_SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')
_UNDRAWN = re.compile(r"the text `(.*?)` could not be displayed")


def available() -> bool:
    """Whether PDF can be written here."""
    return importlib.util.find_spec("typst") is not None


def write_pdf(document: Document) -> bytes:
    """The file. Raises ``Conflict`` where the server lacks the engine or a font for the report's script."""
    if not available():
        raise Conflict(
            N_("This server cannot write PDF: the extra “pdf” of Uptake is not installed."),
            remedy=N_("Take the report as a Word file, or ask whoever runs this site to install uptake[pdf]."),
        )
    typst: Any = importlib.import_module("typst")
    data = msgspec.json.encode(_Data(document).whole()).decode()
    try:
        made: bytes = typst.compile(_template(), font_paths=_fonts(), sys_inputs={"data": data}, pdf_standards=STANDARD)
    except typst.TypstError as error:
        found = _UNDRAWN.search(error.message)
        if found is None:
            raise
        raise Conflict(
            N_("This report holds characters that no font of the server can draw: {said}"),
            remedy=N_(
                "Ask whoever runs this site to install the Noto fonts of its languages, or take the report as a Word file."
            ),
            said=found[1][:80],
        ) from error
    return made


@functools.cache
def _template() -> bytes:
    return files("uptake_reports.output").joinpath("report.typ").read_bytes()


@functools.cache
def _fonts() -> Any:
    """The fonts of the server; looking for them takes longer than a short report."""
    return importlib.import_module("typst").Fonts()


class _Data:
    """The report as the template reads it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._right = document.direction == "rtl"
        self._notes = {note.key: number for number, note in enumerate(document.notes(), 1)}
        self._mentioned: set[str] = set()
        self._number = 0
        self._east = eastern(document.title) or document.language.startswith("zh")

    def whole(self) -> dict[str, Any]:
        """Everything."""
        document = self._document
        language, _, region = tag(document.language).partition("-")
        title = _said(document.title)
        return {
            "title": title, "short": title[:90], "subtitle": _said(document.subtitle), "lang": language,
            "region": region.upper() if len(region) == 2 else None, "direction": document.direction,
            "fonts": fonts(language, set(_known())), "latin": fonts("", set(_known())),
            "facts": [[f"{_said(label)}:{SIDE if self._right else ''}", _said(value)] for label, value in document.facts],
            "notes": [{"text": _said(note.text), "address": note.address} for note in document.notes()],
            "spreads": [{"wide": wide, "blocks": [self._block(block) for block in blocks]}
                        for wide, blocks in layout.spreads(layout.laid(document))],
        }  # fmt: skip

    def _block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Heading):
            return {"k": "heading", "level": block.level, "text": _said(block.text), "annex": block.annex}
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, ListBlock):
            return {"k": "list", "ordered": block.ordered, "items": [self._cell(item) for item in block.items]}
        return self._table(block) if isinstance(block, Table) else self._figure(block)

    def _paragraph(self, block: Paragraph) -> dict[str, Any]:
        self._number += block.numbered
        side = self._side(block.runs)
        return {
            "k": "paragraph",
            "side": side,
            "runs": self._runs(block.runs),
            "number": self._number if block.numbered else None,
        }

    def _table(self, block: Table) -> dict[str, Any]:
        header = [self._cell(cell) for cell in block.header]
        rows = [[self._cell(cell) for cell in row] for row in block.rows]
        return {
            "k": "table",
            "header": header,
            "rows": rows,
            "caption": _said(block.caption),
            "widths": layout.shares(block),
        }

    def _figure(self, block: Figure) -> dict[str, Any]:
        if not charts.available():
            return self._paragraph(Paragraph((Run(block.alt),)))
        drawn = charts.svg_for_pdf(block.spec, tag(self._document.language))
        width, height = (float(size) for size in _SIZE.search(drawn).groups())  # type: ignore[union-attr]
        caption = self._runs([Run(block.caption, source=block.source)]) if block.caption else []
        across, _down = layout.picture_size(width, height)
        return {
            "k": "picture",
            "svg": drawn,
            "alt": _said(block.alt),
            "caption": caption,
            "width": across,
            "keep": bool(block.note),
        }

    def _cell(self, runs: Sequence[Run]) -> dict[str, Any]:
        return {"side": self._side(runs), "runs": self._runs(runs)}

    def _side(self, runs: Iterable[Run]) -> bool:
        return runs_right("".join(run.text for run in runs), self._right)

    def _runs(self, runs: Iterable[Run]) -> list[dict[str, Any]]:
        return [self._run(run) for run in runs]

    def _run(self, run: Run) -> dict[str, Any]:
        said: dict[str, Any] = {"t": _said(run.text)}
        said |= {"b": True} if run.bold else {}
        said |= {"i": True} if run.italic else {}
        said |= {"l": run.link} if run.link else {}
        said |= {"a": True} if self._east and not eastern(run.text) else {}
        if run.source in self._notes:
            said |= {"n": self._notes[run.source], "first": run.source not in self._mentioned}
            self._mentioned.add(run.source)
        return said


def fonts(language: str, known: set[str]) -> list[str]:
    """The families to draw with, the language's own first, out of those that are there."""
    wanted = [*SCRIPTS.get(language, []), *FONTS, *(name for names in SCRIPTS.values() for name in names)]
    return [name for name in dict.fromkeys(wanted) if name in known] or ["Libertinus Serif"]


@functools.cache
def _known() -> tuple[str, ...]:
    return tuple(_fonts().families())


def _said(text: str) -> str:
    return writable(text)
