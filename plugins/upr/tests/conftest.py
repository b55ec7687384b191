"""What the plugin's tests share: the real files, and small Word documents made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from uptake.toolkit import Draft, FileInfo, Finding, Importer, ReadOptions

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Read = Callable[..., tuple[list[Draft], list[Finding]]]
MakeWord = Callable[..., Path]


@pytest.fixture(scope="session")
def file_info() -> Callable[[Path], FileInfo]:
    def info(path: Path) -> FileInfo:
        head = path.read_bytes()[:4096]
        try:
            with ZipFile(path) as archive:
                members = tuple(archive.namelist())
        except Exception:
            members = ()
        return FileInfo(path, path.name, path.stat().st_size, head, members)

    return info


@pytest.fixture(scope="session")
def read() -> Read:
    """The drafts and the findings of a file; a draft's own findings among them."""

    def read_all(importer: Importer, path: Path, **options: object) -> tuple[list[Draft], list[Finding]]:
        with path.open("rb") as stream:
            items = list(importer.read(stream, ReadOptions(path, **options)))  # type: ignore[arg-type]
        drafts = [item for item in items if isinstance(item, Draft)]
        loose = [item for item in items if isinstance(item, Finding)]
        return drafts, [*loose, *(finding for draft in drafts for finding in draft.findings)]

    return read_all


def paragraph(text: str) -> str:
    lines = "<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in text.split("\n"))
    return f"<w:p><w:r>{lines}</w:r></w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


@pytest.fixture
def make_word(tmp_path: Path) -> MakeWord:
    """Write a Word document of a page header and tables (or of a body given as XML)."""

    def make(
        *tables: Sequence[Sequence[str]], head: str = "UPR of Chad (3rd Cycle - 31st session)", body: str = ""
    ) -> Path:
        path = tmp_path / "matrix.docx"
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            inner = body or "".join(map(table, tables))
            archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>')
            archive.writestr("word/header1.xml", f'<w:hdr xmlns:w="{WORD}">{paragraph(head)}</w:hdr>')
        return path

    return make
