"""Files that wait to be imported: streamed to ``<instance>/uploads``, kept for some days, never served to anybody."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.services.importing.source_file import inspect_file
from uptake.services.permissions import Person, require

FOLDER = "uploads"
NOTE = "~upload.json"  # no upload can be called so: safe_name takes the tilde away
BEGUN = "~"  # before a folder's name while its file is still written: nobody finds it
KEPT = timedelta(days=3)
PIECE = 1 << 20
LARGEST = 1_000_000_000
_UNSAFE = re.compile(r"[^\w.()+, -]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits, under the name that it came with; ``known`` where it waited already when it was sent once more."""

    id: UUID
    path: Path
    name: str
    size: int
    user_id: int | None
    created: datetime
    known: bool = False


def keep(instance: Path, stream: BinaryIO, name: str, *, person: Person, limit: int = LARGEST) -> Upload:
    """Write an uploaded file to the disk, a megabyte at a time, and look at it. Where the person's same file waits already,
    that one is given: what it is and whose makes its number, so that of two that come at once one is kept.

    Raises ``Invalid`` for an empty, unreadable or too large file; then nothing is left of it.
    """
    require(person, "import.run")
    sweep(instance)
    if not name.strip():
        raise Invalid(N_("No file was chosen."), fields={"file": N_("Choose the file to import.")})
    folder = instance / FOLDER / f"{BEGUN}{uuid4().hex}"
    folder.mkdir(parents=True)
    path = folder / safe_name(name)
    try:
        checksum = _copy(stream, path, limit)
        inspect_file(path)
        id_ = uuid5(NAMESPACE_OID, f"{person.id} {checksum} {path.suffix.lower()}")
        place = instance / FOLDER / id_.hex / path.name
        upload = Upload(id_, place, path.name, path.stat().st_size, person.id, datetime.now(UTC))
        _note(folder, upload)
        return _placed(folder, upload)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise Conflict(
                N_("The file cannot be kept: {error}."), remedy=N_("Ask whoever runs this site to make room."),
                error=error.strerror or "",
            ) from error  # fmt: skip
        raise


def find(instance: Path, id_: UUID, *, person: Person) -> Upload:
    """An upload by its number. Raises ``NotFound`` where it was imported, discarded or is too old."""
    require(person, "import.run")
    found = _read(instance / FOLDER / id_.hex)
    if found is None:
        raise NotFound(
            N_("This uploaded file is no longer here."),
            remedy=N_("Uploaded files are kept for three days. Upload it again."),
        )
    return found


def waiting(instance: Path, *, person: Person) -> list[Upload]:
    """The uploads that wait, the newest first."""
    require(person, "import.view")
    folders = sorted((instance / FOLDER).glob("*")) if (instance / FOLDER).is_dir() else []
    found = [upload for folder in folders if (upload := _read(folder))]
    return sorted(found, key=lambda one: one.created, reverse=True)


def discard(instance: Path, id_: UUID, *, person: Person) -> None:
    """Remove an upload; removing one that is gone is no error."""
    require(person, "import.run")
    shutil.rmtree(instance / FOLDER / id_.hex, ignore_errors=True)


def sweep(instance: Path, now: datetime | None = None) -> int:
    """Remove uploads older than three days and the leavings of broken ones; how many went."""
    oldest = ((now or datetime.now(UTC)) - KEPT).timestamp()
    gone = 0
    for folder in (instance / FOLDER).glob("*"):
        with suppress(FileNotFoundError):  # somebody else has taken it away
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    return gone


def safe_name(name: str) -> str:
    """A file name without folders and odd characters; importers look at its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = _UNSAFE.sub("_", last).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:12]}" if dot and stem else plain[:80]


def _placed(folder: Path, upload: Upload) -> Upload:
    """Move an upload to its place. Where it waits already, that one is kept, for three days from now."""
    place = upload.path.parent
    try:
        os.rename(folder, place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        if there := _read(place):
            shutil.rmtree(folder, ignore_errors=True)
            os.utime(place)
            return replace(there, known=True)
        shutil.rmtree(place, ignore_errors=True)  # the leavings of a broken one
        os.rename(folder, place)
    return upload


def _copy(stream: BinaryIO, path: Path, limit: int) -> str:
    """Write the file; its SHA-256."""
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > limit:
                raise Invalid(
                    N_("The file is larger than {limit} MB."), remedy=N_("Cut it into parts, or ask for a higher limit."),
                    fields={"file": N_("The file is too large.")}, limit=str(limit // 1_000_000),
                )  # fmt: skip
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _note(folder: Path, upload: Upload) -> None:
    said = {"name": upload.name, "user": upload.user_id, "created": upload.created.isoformat()}
    (folder / NOTE).write_text(json.dumps(said), encoding="utf-8")


def _read(folder: Path) -> Upload | None:
    try:
        said = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        path = folder / said["name"]
        created = datetime.fromisoformat(said["created"])
        return Upload(UUID(hex=folder.name), path, said["name"], path.stat().st_size, said["user"], created)
    except (OSError, ValueError, KeyError):
        return None
