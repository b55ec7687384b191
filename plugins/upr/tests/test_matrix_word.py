from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uptake.toolkit import Draft, FileInfo, Finding, Invalid, ReadOptions
from uptake_upr import matrix_word
from uptake_upr.matrix import UprMatrix
from uptake_upr.matrix_word import word_head, word_rows

Read = Callable[..., tuple[list[Draft], list[Finding]]]
MakeWord = Callable[..., Path]
Info = Callable[[Path], FileInfo]
TEXT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
HEADER = ["Recommendation", "Position", "Full list of themes"]
ROW = ["9.1 Sign it (Peru);", "Noted", "A12 Norms"]


def word(tmp_path: Path, document: bytes) -> Path:
    path = tmp_path / "matrix.docx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
    return path


def cells(path: Path) -> list[tuple[str, ...]]:
    with path.open("rb") as stream:
        return [row.cells for row in word_rows(stream, path.name)]


def test_tracked_insertions_and_content_controls_are_text_and_deletions_are_not(make_word: MakeWord) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    inserted = f"<w:ins>{run.format('new')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{run.format('away')}</w:moveFrom>"
    held = f"<w:sdt><w:sdtContent><w:p>{run.format('held')}</w:p></w:sdtContent></w:sdt>"
    row = f"<w:tr><w:tc><w:p>{inserted}{moved}</w:p>{held}</w:tc></w:tr>"
    path = make_word(body=f"<w:tbl><w:sdt><w:sdtContent>{row}</w:sdtContent></w:sdt></w:tbl>")
    assert cells(path) == [("new\nheld",)]


def test_a_table_within_a_cell_is_text_of_the_cell(make_word: MakeWord) -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>in</w:t><w:tab/><w:t>ner</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    path = make_word(body=f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>")
    assert cells(path) == [("in\tner\n",)]


def test_tab_stops_and_fallbacks_are_no_text(make_word: MakeWord) -> None:
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    twice = f"<mc:Fallback {space}><w:r><w:t>again</w:t></w:r></mc:Fallback>"
    path = make_word(
        body=f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>once</w:t></w:r>{twice}</w:p>", head=""
    )
    with path.open("rb") as stream:
        assert word_head(stream, path.name) == ["once"]


def test_a_word_document_without_a_matrix_is_refused_with_what_to_do(
    make_word: MakeWord, read: Read, file_info: Info
) -> None:
    path = make_word([["Name", "Address"], ["A", "B"]])
    assert not UprMatrix().recognises(file_info(path))
    with pytest.raises(Invalid, match="holds no matrix") as caught:
        read(UprMatrix(), path)
    assert caught.value.remedy


def test_a_matrix_that_names_no_state_is_refused_with_what_to_do(make_word: MakeWord, read: Read) -> None:
    with pytest.raises(Invalid, match=r"State under review.*page header"):
        read(UprMatrix(), make_word([HEADER, ROW], head="List of recommendations"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a zip"),
        (b"\xd0\xcf\x11\xe0 an old .doc", "not a zip"),
        (b"PK\x03\x04 and then nothing", "not a zip"),
    ],
)
def test_a_file_that_is_no_zip_is_refused(
    tmp_path: Path, read: Read, file_info: Info, content: bytes, reason: str
) -> None:
    path = tmp_path / "matrix.docx"
    path.write_bytes(content)
    assert not UprMatrix().recognises(file_info(path))
    with pytest.raises(Invalid, match=reason):
        read(UprMatrix(), path)


def test_a_zip_that_is_no_word_document_is_refused(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "photos.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    with pytest.raises(Invalid, match=r"photos\.zip cannot be read as a Word document.*word/document\.xml"):
        read(UprMatrix(), path)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<w:document",
        TEXT.format("<w:tbl>").encode(),
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + TEXT.format("&b;").encode(),
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]>' + TEXT.format("&a;")).encode("utf-16"),
    ],
)
def test_damaged_or_hostile_xml_is_refused(tmp_path: Path, read: Read, document: bytes) -> None:
    with pytest.raises(Invalid, match="cannot be read as a Word document"):
        read(UprMatrix(), word(tmp_path, document))


def test_a_document_that_would_fill_the_memory_is_refused(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_word, "LARGEST", 1 << 20)
    path = word(tmp_path, TEXT.format(" " * (2 << 20)).encode())
    with pytest.raises(Invalid, match="larger than 1 MB"):
        read(UprMatrix(), path)
    honest = path.read_bytes()
    size, lie = (len(TEXT) - 2 + (2 << 20)).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert honest.count(size) == 2
    path.write_bytes(honest.replace(size, lie))
    with pytest.raises(Invalid):
        read(UprMatrix(), path)


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_a_file_cut_or_with_wrong_bytes_never_ends_in_a_traceback(rng: random.Random, wrong: int) -> None:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", TEXT.format("<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"))
    content = bytearray(buffer.getvalue())
    for _ in range(wrong):
        content[rng.randrange(len(content))] = rng.randrange(256)
    content = content[: len(content) - rng.choice([0, 0, rng.randrange(len(content))])]
    said, found = "", []
    try:
        found = list(UprMatrix().read(io.BytesIO(bytes(content)), ReadOptions(Path("matrix.docx"))))
    except Invalid as error:
        said = str(error)
    assert not said or "matrix.docx" in said
    assert all(type(item) in {Draft, Finding} for item in found)
