"""What a plugin's importers do with files: good ones, damaged ones, and files of quite another kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from uptake.errors import Invalid
from uptake.hooks.kinds import Draft, FileInfo, Finding, Importer, ReadOptions
from uptake.services.importing.source_file import inspect_file
from uptake.testing import files
from uptake.testing.checks.subject import Subject

EDITION = 20
MOST = 1000
NOISE = random.Random(7).randbytes(3000)  # noqa: S311 (nobody's secret)
JUNK = {
    "empty.csv": b"",
    "blank.csv": b" \r\n\r\n",
    "error.html": files.HTML,
    "error.json": files.HTML,
    "error.xlsx": files.HTML,
    "noise.bin": NOISE,
    "noise.csv": NOISE,
    "noise.xlsx": b"PK\x03\x04" + NOISE,
    "noise.docx": files.DOCX,
    "hollow.xlsx": files.XLSX,
    "cut.zip": files.zipped({"data.json": b"[{}]" * 100})[:60],
    "cut.json": b'[{"Text": "a", "Symbol": ["b"',
    "odd.json": b'[7, null, "text", [], {}, {"Text": {"en": 7}}, {"Text": null}]',
    "object.json": b'{"error": "not today"}',
    "odd.csv": b'Nr,State,Text\n,,\n1\n"unclosed,2,3\n\x00\xff\xfe,\xd8\n1,2,3,4,5,6\n',
}


def recognition(subject: Subject) -> Iterator[str]:
    """``recognises`` answers yes or no to any file and never raises; the plugin's own samples it knows."""
    with TemporaryDirectory() as folder:
        for importer in _importers(subject):
            for file in _written(Path(folder), JUNK):
                yield from _asked(importer, file)
    for path in subject.samples:
        file = inspect_file(path)
        if not any(one.recognises(file) for one in _importers(subject)):
            yield f"no importer recognises the sample {path.name}"


def damage(subject: Subject) -> Iterator[str]:
    """``read`` gives drafts one by one, and for damaged files findings or ``Invalid``, never another error."""
    with TemporaryDirectory() as folder:
        for importer in _importers(subject):
            for file in _written(Path(folder), JUNK | _damaged(subject)):
                yield from _read(importer, file)


def samples(subject: Subject) -> Iterator[str]:
    """A good file gives drafts, the same ones each time, each with its place."""
    for path in subject.samples:
        for importer in _importers(subject):
            if not importer.recognises(inspect_file(path)):
                continue
            first, second = (_items(importer, path) for _ in range(2))
            if [repr(item) for item in first] != [repr(item) for item in second]:
                yield f"{importer.name} reads {path.name} differently the second time"
            drafts = [item for item in first if isinstance(item, Draft)]
            if not drafts:
                yield f"{importer.name} finds nothing in {path.name}"
            keys = [draft.key for draft in drafts if draft.key is not None]
            yield from (f"{importer.name} says no place for {draft.texts}" for draft in drafts if not draft.where)
            yield from (
                f"{importer.name} gives the key {key} twice" for key in sorted({k for k in keys if keys.count(k) > 1})
            )
            if importer.keyed and len(keys) < len(drafts):
                yield f"{importer.name} is keyed, and {len(drafts) - len(keys)} drafts have no key"


def _importers(subject: Subject) -> list[Importer]:
    return [
        one for hook, _, one in subject.contributions() if hook == "register_importers" and isinstance(one, Importer)
    ]


def _written(folder: Path, contents: Mapping[str, bytes]) -> Iterator[FileInfo]:
    for name, content in contents.items():
        path = folder / name
        path.write_bytes(content)
        yield inspect_file(path) if content else FileInfo(path, name, 0, b"")


def _damaged(subject: Subject) -> dict[str, bytes]:
    """Every sample cut short, with bytes changed, and with another file behind it."""
    found: dict[str, bytes] = {}
    for path in subject.samples:
        whole = path.read_bytes()
        scratched = bytearray(whole)
        for place in random.Random(len(whole)).sample(range(len(whole)), min(20, len(whole))):  # noqa: S311
            scratched[place] ^= 0xFF
        pieces = {"third": whole[: len(whole) // 3], "half": whole[: len(whole) // 2], "last": whole[:-1],
                  "scratched": bytes(scratched), "more": whole + files.HTML}  # fmt: skip
        found |= {f"{how}-{path.name}": content for how, content in pieces.items()}
    return found


def _asked(importer: Importer, file: FileInfo) -> Iterator[str]:
    try:
        answer = importer.recognises(file)
        edition = importer.edition(file, ReadOptions(file.path))
    except Exception as error:
        yield f"{importer.name}: recognises or edition raised {_said(error)} on {file.name}"
        return
    if not isinstance(answer, bool):
        yield f"{importer.name}: recognises returned {answer!r} for {file.name}, neither True nor False"
    elif answer and file.name in ("empty.csv", "noise.bin", "error.html"):
        yield f"{importer.name} claims to recognise {file.name}"
    if len(edition) > EDITION:
        yield f"{importer.name}: the edition {edition!r} has more than {EDITION} characters"


def _read(importer: Importer, file: FileInfo) -> Iterator[str]:
    try:
        with file.path.open("rb") as stream:
            found = importer.read(stream, ReadOptions(file.path))
            if not isinstance(found, Iterator):
                yield f"{importer.name}: read returned {type(found).__name__}, not an iterator: yield each draft"
                return
            strange = [item for item in islice(found, MOST) if not isinstance(item, (Draft, Finding))]
    except Invalid as error:
        if not str(error).strip():
            yield f"{importer.name} says nothing of what is wrong with {file.name}"
    except Exception as error:
        yield f"{importer.name} raised {_said(error)} on {file.name}: yield a Finding, or raise Invalid"
    else:
        yield from (f"{importer.name} gave {item!r}, neither Draft nor Finding" for item in strange[:1])


def _items(importer: Importer, path: Path) -> list[Draft | Finding]:
    with path.open("rb") as stream:
        return list(importer.read(stream, ReadOptions(path)))


def _said(error: Exception) -> str:
    return f"{type(error).__name__} ({error})"
