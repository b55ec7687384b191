"""Files are told by their content, bounded, kept once and whole, and no name leads anywhere."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from uptake.db import session, transaction
from uptake.errors import Invalid, NotFound
from uptake.models.progress import StoredFile
from uptake.services.permissions import SYSTEM
from uptake.services.storing import storage
from uptake.services.storing.file_kinds import KINDS, safe_name
from uptake.settings import Settings
from uptake.testing import files

GOOD = {
    "a.pdf": files.PDF, "a.docx": files.DOCX, "a.xlsx": files.XLSX, "a.pptx": files.PPTX, "a.png": files.png(),
    "a.odt": files.open_document("text"), "a.ods": files.open_document("spreadsheet"),
    "a.odp": files.open_document("presentation"), "a.jpg": files.jpeg(), "A.JPEG": files.jpeg(), "a.gif": files.GIF,
    "a.webp": files.webp(), "a.mp4": files.MP4, "a.txt": "Année ٢٠٢٦\n".encode(), "a.csv": b"\xef\xbb\xbfa;b\n1;2\n",
}  # fmt: skip
BAD = {
    "page.pdf": files.HTML, "page.txt": files.HTML, "picture.png": files.SVG, "picture.svg": files.SVG, "report.docx": files.EXE,
    "report.pdf": files.EXE, "report.exe": files.EXE, "old.doc": files.OLE, "macro.docx": files.DOCM, "x.html": b"hello",
    "archive.docx": files.zipped({"a.txt": b"x"}), "run.txt": b"#!/bin/sh\nrm -rf /\n", "latin.txt": "é".encode("latin-1"),
    "wide.txt": "hello".encode("utf-16"), "nul.txt": b"a\0b", "cut.pdf": b"%PDF-1.7 no end", "bare": b"\x00\x01\x02",
    "gif.gif": b"GIF89a/*" + b"x" * 40 + b"*/=1;alert(1)//", "xml.txt": b'<?xml version="1.0"?><a/>', "rtf.txt": b"{\\rtf1 x}",
    "cut.docx": files.DOCX[:-30], "before.docx": b"MZ" + files.DOCX, "behind.docx": files.DOCX + b"<script>",
    "cut.png": files.png()[:40],
    "cut.jpg": files.jpeg()[:30], "both.pdf": files.PDF + files.DOCX, "mov.mp4": b"\0\0\0\x14ftypXXXX" + bytes(20),
}  # fmt: skip
SWAPPED = {
    "a.pdf": files.png(),
    "a.png": files.PDF,
    "a.xlsx": files.DOCX,
    "a.js": b"alert(1)",
    "a.bat": b"del *.*",
    "a.exe": files.PDF,
}


@pytest.fixture
def folder(tmp_path: Path) -> Settings:
    """The settings of an instance without a database: receiving needs none."""
    return Settings(instance=tmp_path)


def receive(settings: Settings, data: bytes, name: str = "a.pdf", limit_mb: int | None = None) -> storage.Received:
    return storage.receive(settings, io.BytesIO(data), name, limit_mb=limit_mb)


def kept(settings: Settings) -> list[Path]:
    return sorted(path for path in (settings.instance / "files").rglob("*") if path.is_file())


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_taken_with_their_type(folder: Settings, name: str) -> None:
    found = receive(folder, GOOD[name], name)
    assert os.path.splitext(name)[1].lower() in next(
        k.endings for k in KINDS.values() if k.media_type == found.media_type
    )
    (path,) = kept(folder)
    data = path.read_bytes()
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (found.sha256, found.size)
    assert (
        path.relative_to(folder.instance / "files").as_posix()
        == f"{found.sha256[:2]}/{found.sha256[2:4]}/{found.sha256}"
    )


@pytest.mark.parametrize("name", BAD)
def test_what_is_none_of_these_is_refused_whatever_its_name(folder: Settings, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        receive(folder, BAD[name], name)
    assert safe_name(name) in caught.value.fields["file"]
    assert kept(folder) == []


@pytest.mark.parametrize("name", SWAPPED)
def test_a_good_file_under_the_name_of_another_is_refused(folder: Settings, name: str) -> None:
    with pytest.raises(Invalid, match="not what its name says"):
        receive(folder, SWAPPED[name], name)
    assert kept(folder) == []


def test_a_name_without_an_ending_gets_the_right_one(folder: Settings) -> None:
    assert receive(folder, files.PDF, "Loi nº 5").name == "Loi nº 5.pdf"


@pytest.mark.parametrize(("given", "safe"), [
    ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/abs/a.pdf", "a.pdf"), ("C:\\x\\a.pdf", "a.pdf"),
    ("a\x00b\r\nX: y.pdf", "abX_ y.pdf"), ("report\u202efdp.exe", "reportfdp.exe"), ("con.pdf", "_con.pdf"), ("...", "file"),
    ("", "file"), ('a"b;c%.pdf', "a_b_c_.pdf"), ("تقرير.pdf", "تقرير.pdf"), ("e\u0301.pdf", "é.pdf"), (" .pdf ", "pdf"),
    ("x" * 300 + ".pdf", "x" * 116 + ".pdf"), ("\u200b\ufeffa.pdf", "a.pdf"),
])  # fmt: skip
def test_names_lead_nowhere_and_hide_nothing(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_traversal_in_a_name_writes_nowhere_else(folder: Settings, tmp_path: Path) -> None:
    receive(folder, files.PDF, "../../../../outside.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["files"]
    assert not list(tmp_path.parent.glob("outside*"))


def test_too_large_is_refused_while_it_comes_and_leaves_nothing(folder: Settings) -> None:
    class Endless:
        read_so_far = 0

        def read(self, size: int, /) -> bytes:
            self.read_so_far += size
            return b"x" * size

    source = Endless()
    with pytest.raises(Invalid, match="larger than 2 MB"):
        storage.receive(folder, source, "a.txt", limit_mb=2)
    assert source.read_so_far < 3_000_000
    assert kept(folder) == []


def test_the_setting_bounds_the_size(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="larger than 1 MB"):
        receive(Settings(instance=tmp_path, limits={"evidence_mb": 1}), b"x" * 1_000_001, "a.txt")


def test_an_empty_file_is_refused(folder: Settings) -> None:
    with pytest.raises(Invalid, match="empty"):
        receive(folder, b"")


def test_a_zip_bomb_is_refused(folder: Settings) -> None:
    bomb = files.zipped({"[Content_Types].xml": b"<T/>", "word/document.xml": bytes(150_000_000)})
    assert len(bomb) < 400_000
    with pytest.raises(Invalid, match="far too large inside"):
        receive(folder, bomb, "a.docx")


def test_an_archive_of_countless_members_is_refused_before_it_is_listed(folder: Settings) -> None:
    many = files.zipped(
        {"[Content_Types].xml": b"", **{f"word/{n}.xml": b"" for n in range(10_001)}}, zipfile.ZIP_STORED
    )
    with pytest.raises(Invalid, match="not a kind of file"):
        receive(folder, many, "a.docx")


def test_the_same_file_is_kept_once_under_every_name(app: Flask) -> None:
    with transaction() as current:
        one, two = (storage.store(current, io.BytesIO(files.PDF), name, SYSTEM) for name in ("a.pdf", "b.pdf"))
    assert (one.name, two.name) == ("a.pdf", "b.pdf")
    assert one.uuid != two.uuid
    assert one.key == two.key
    assert len(kept(app.extensions["uptake"])) == 1
    with storage.open_file(one) as stream:
        assert stream.read() == files.PDF
    with storage.as_path(two) as path:
        assert path.read_bytes() == files.PDF


def test_a_file_whose_bytes_are_gone_is_told(app: Flask) -> None:
    with transaction() as current:
        one = storage.store(current, io.BytesIO(files.PDF), "a.pdf", SYSTEM)
    kept(app.extensions["uptake"])[0].unlink()
    with pytest.raises(NotFound, match="no longer in the store"):
        storage.open_file(one)


def test_any_content_is_taken_where_asked_for(folder: Settings) -> None:
    found = storage.receive(folder, io.BytesIO(b'[{"a": 1}]'), "export.json", kinds=None)
    assert (found.name, found.media_type) == ("export.json", "application/octet-stream")


def test_only_the_wanted_kinds_are_taken(folder: Settings) -> None:
    with pytest.raises(Invalid, match=r"one of these: pdf, docx\."):
        storage.receive(folder, io.BytesIO(files.png()), "a.png", kinds={"pdf", "docx"})


def test_a_killed_write_shows_no_file_and_its_rest_is_swept(folder: Settings) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path; from uptake.services.storing import storage;"
        "from uptake.settings import Settings\n"
        "class Dying:\n"
        "    sent = 0\n"
        "    def read(self, size):\n"
        "        self.sent += 1\n"
        "        if self.sent > 8: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return b'x' * size\n"
        "storage.receive(Settings(instance=Path(sys.argv[1])), Dying(), 'a.txt')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder.instance)], check=False)
    assert done.returncode == -9
    (left,) = kept(folder)
    assert left.parent.name == "incoming"
    long_ago = time.time() - storage.ABANDONED - 1
    os.utime(left, (long_ago, long_ago))
    receive(folder, files.PDF)
    assert [path.parent.name for path in kept(folder)] == [kept(folder)[0].name[2:4]]


def test_what_no_row_knows_is_swept_after_a_day(app: Flask) -> None:
    settings = app.extensions["uptake"]
    with transaction() as current:
        known = storage.store(current, io.BytesIO(files.PDF), "a.pdf", SYSTEM)
    receive(settings, b"forgotten", "a.txt")
    assert storage.sweep(session()) == 0
    assert storage.sweep(session(), older_than=-1) == 1
    assert [path.name for path in kept(settings)] == [known.sha256]
    assert session().get(StoredFile, known.id) is not None


def test_memory_stays_flat_over_a_hundred_megabytes(folder: Settings) -> None:
    code = (
        "import sys, resource, io; from pathlib import Path; from uptake.services.storing import storage\n"
        "from uptake.settings import Settings; from uptake.testing.files import PDF\n"
        "class Big:\n"
        "    left = 99_000_000\n"
        "    def read(self, size):\n"
        "        if self.left == 99_000_000: self.left -= len(PDF); return PDF\n"
        "        if self.left <= 0: return b''\n"
        "        self.left -= size\n"
        "        return (b'y' * (size - 6) + b'%%EOF\\n')\n"
        "settings = Settings(instance=Path(sys.argv[1]))\n"
        "storage.receive(settings, io.BytesIO(PDF), 'a.pdf')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert storage.receive(settings, Big(), 'b.pdf').size > 98_000_000\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder.instance)], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) < 20
