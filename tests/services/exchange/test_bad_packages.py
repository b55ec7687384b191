"""A package that is not what it says is refused with the reason, and nothing has changed then: neither rows nor files."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from uptake.errors import AppError, Conflict, Invalid, NotFound

from .conftest import Packed, held, store_bytes

Members = dict[str, bytes]
FILES = "files/"


def said(members: Members, **changes: Any) -> None:
    """Change what the manifest says."""
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps(manifest | changes).encode()


def put(members: Members, path: str, data: bytes, rows: int | None = None) -> None:
    """Change a part, and let the manifest agree."""
    members[path] = data
    manifest = json.loads(members["manifest.json"])
    for part in [*manifest["tables"], *manifest["files"], *manifest["others"]]:
        if part["path"] == path:
            part |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            if rows is not None:
                part["rows"] = rows
    members["manifest.json"] = json.dumps(manifest).encode()


def edit(members: Members, table: str, change: Callable[[dict[str, Any]], object], at: int = 0) -> None:
    """Change one row."""
    lines = members[f"data/{table}.jsonl"].splitlines()
    row = json.loads(lines[at])
    change(row)
    lines[at] = json.dumps(row).encode()
    put(members, f"data/{table}.jsonl", b"\n".join(lines) + b"\n")


def rename(members: Members, old: str, new: str) -> None:
    members[new] = members.pop(old)


def a_file(members: Members) -> str:
    return next(name for name in members if name.startswith(FILES))


def lying_key(row: dict[str, Any]) -> None:
    row["key"] = "../../../../etc/passwd"


CASES: dict[str, tuple[Callable[[Members], object], str]] = {
    "newer": (lambda m: said(m, version=2, uptake="9.0"), r"made by a newer version, Uptake 9\.0.*Upgrade"),
    "another program's": (lambda m: said(m, format="x"), "is no package of Uptake"),
    "no JSON": (lambda m: m.update({"manifest.json": b"{"}), "manifest of .* cannot be read"),
    "other tables": (lambda m: said(m, components={"core": "9999"}), "core at 9999; here they are at 000"),
    "no components": (lambda m: said(m, components={}), "does not say which tables"),
    "other plugin": (lambda m: said(m, components={"core": json.loads(m["manifest.json"])["components"]["core"], "plans": "0"}),
                     "tables of plans at 0"),
    "missing table": (lambda m: m.pop("data/term.jsonl"), "lacks data/term.jsonl"),
    "missing file": (lambda m: m.pop(a_file(m)), "lacks files/"),
    "altered rows": (lambda m: m.update({"data/source.jsonl": m["data/source.jsonl"].replace(b"uhri", b"uhrj")}),
                     "checksum of data/source.jsonl .* is wrong"),
    "altered file": (lambda m: m.update({a_file(m): bytes(len(m[a_file(m)]))}), "checksum of files/.* is wrong"),
    "other size": (lambda m: m.update({"data/source.jsonl": b""}), "size of data/source.jsonl"),
    "one more file": (lambda m: m.update({f"{FILES}{'0' * 64}": b"x"}), "which its manifest does not name"),
    "path traversal": (lambda m: m.update({"../evil.jsonl": b"x"}), r"holds \.\./evil\.jsonl, which no package holds"),
    "absolute path": (lambda m: m.update({"/etc/evil": b"x"}), "holds /etc/evil"),
    "words elsewhere": (lambda m: m.update({"words/../../x.po": b"x"}), "which no package holds"),
    "backslashes": (lambda m: m.update({"files\\evil": b"x"}), "which no package holds"),
    "file under another name": (lambda m: said(m, files=[{**json.loads(m["manifest.json"])["files"][0], "sha256": "0" * 64}]),
                                "is not its checksum"),
    "unknown column": (lambda m: edit(m, "source", lambda row: row.update(evil=1)), "source.jsonl .*, line 1: .*unknown field"),
    "wrong type": (lambda m: edit(m, "source", lambda row: row.update(code=5)), "line 1: Expected `str`, got `int`"),
    "no day": (lambda m: edit(m, "recommendation", lambda row: row.update(date="2024-13-01"), 3), "line 4: Invalid RFC3339"),
    "column left out": (lambda m: edit(m, "source", lambda row: row.pop("code")), "missing required field `code`"),
    "lone row": (lambda m: edit(m, "recommendation", lambda row: row.update(document_id=999_999)),
                 "data/recommendation.jsonl .* refers to a row of document that is not there"),
    "same id twice": (lambda m: edit(m, "document", lambda row: row.update(id=2)), "data/document.jsonl .* does not fit: UNIQUE"),
    "fewer rows": (lambda m: put(m, "data/tag.jsonl", m["data/tag.jsonl"].split(b"\n", 1)[1]), "rows, and its manifest says"),
    "file key": (lambda m: edit(m, "stored_file", lying_key), "lacks files/"),
    "file of a row": (lambda m: (said(m, files=[]), m.pop(a_file(m))), "lacks files/.*, which one of its rows names"),
    "strange table": (lambda m: (rename(m, "data/source.jsonl", "data/sqlite_master.jsonl"), m.update({"manifest.json":
                      m["manifest.json"].replace(b'"source"', b'"sqlite_master"').replace(b"data/source", b"data/sqlite_master")})),
                      "holds sqlite_master, which no table here has"),
}  # fmt: skip


def write(path: Path, members: Members) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_fault_is_named_and_nothing_changes(
    bare_site: Flask, packed: Packed, bring: Callable[..., Any], tmp_path: Path, subtests: Any
) -> None:
    good = members_of(packed.files["public"])
    before, instance = held(), bare_site.extensions["uptake"].instance
    for name, (spoil, message) in CASES.items():
        with subtests.test(name):
            members = dict(good)
            spoil(members)
            with pytest.raises(Invalid, match=message):
                bring(bare_site, write(tmp_path / "public.zip", members))
            assert store_bytes(instance) == {}
            assert not (instance / "translations").exists()
    assert held() == before
    assert bring(bare_site, write(tmp_path / "public.zip", dict(good))).applied


def test_a_zip_bomb_is_not_unpacked(
    bare_site: Flask, packed: Packed, bring: Callable[..., Any], tmp_path: Path
) -> None:
    members = members_of(packed.files["public"])
    put(members, "data/tag.jsonl", bytes(150_000_000))
    with pytest.raises(Invalid, match=r"would unpack to 15\d MB from 0\.\d MB"):
        bring(bare_site, write(tmp_path / "public.zip", members))


def test_what_is_no_package_says_so(
    bare_site: Flask, packed: Packed, bring: Callable[..., Any], tmp_path: Path
) -> None:
    def refused(kind: type[AppError], message: str, path: Path, **options: Any) -> None:
        with pytest.raises(kind, match=message):
            bring(bare_site, path, **options)

    refused(NotFound, "There is no file", tmp_path / "none.zip")
    (tmp_path / "cut.zip").write_bytes(packed.files["public"].read_bytes()[:50_000])
    refused(Invalid, "no package, or it was cut short", tmp_path / "cut.zip")
    refused(Invalid, "holds a.txt", write(tmp_path / "other.zip", {"a.txt": b"x"}))
    refused(Invalid, "no manifest", write(tmp_path / "empty.zip", {}))
    refused(Invalid, "is a backup.*uptake restore", packed.files["backup"], backup=False)
    refused(Invalid, "not a backup.*uptake import", packed.files["public"], backup=True)


def test_the_import_page_says_where_packages_go(bare_site: Flask, packed: Packed) -> None:
    from uptake.app import registry
    from uptake.services.importing.run import run_import

    with pytest.raises(Conflict, match=r"package of a whole site.*uptake import"):
        run_import(registry(bare_site), packed.files["public"])
