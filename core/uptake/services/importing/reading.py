"""Reads the records of a file a batch at a time and does with each all that needs no database.

A long file is read in a process of its own, while this one writes what came before.
"""

from __future__ import annotations

import gc
import pickle
import signal
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from multiprocessing import cpu_count, get_context
from multiprocessing.connection import Connection
from typing import BinaryIO, NamedTuple

from uptake.errors import AppError, PluginFault
from uptake.hooks.kinds import Draft, Finding, Importer, ReadOptions
from uptake.search.contents import contents_of
from uptake.services.importing.identity import fingerprint
from uptake.services.importing.records import Reason, refuse_reason
from uptake.services.importing.source_file import Counting, Progress
from uptake.texts import Cut, cut

BATCH = 2000
BATCH_BYTES = 1 << 20
LONG = 16 << 20


class Prepared(NamedTuple):
    """A draft with its fingerprint, why it is refused, its texts cut apart, and what the full-text index takes of it."""

    draft: Draft
    fingerprint: str
    reason: Reason | None
    cuts: dict[str, Cut]
    content: tuple[str, str] | None


Items = list[Prepared | Finding]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read, by which importer; ``contents`` asks for what the full-text index takes.

    With ``patience`` (seconds) the importer reads in a process of its own, which is ended when it is silent that long.
    """

    importer: Importer
    options: ReadOptions
    size: int
    contents: bool = False
    patience: float | None = None

    def batches(self, progress: Progress | None) -> Iterator[Items]:
        """The records of the file in their order."""
        beside = self.size >= LONG and cpu_count() > 1 and self.options.wants is None
        return _beside(self, progress) if beside or self.patience else _here(self, progress)


def _here(reading: Reading, progress: Progress | None) -> Iterator[Items]:
    """Batches of some thousand records or a megabyte, whatever is less."""
    batch: Items = []
    size = 0
    with reading.options.path.open("rb") as raw, Counting.over(raw, reading.size, progress) as stream:
        for item in _items(reading, stream):
            if isinstance(item, Finding):
                batch.append(item)
                continue
            size += len(item.raw)
            batch.append(_prepare(item, reading))
            if len(batch) >= BATCH or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        yield batch


def _items(reading: Reading, stream: BinaryIO) -> Iterator[Draft | Finding]:
    """What the importer yields; where it fails, its name and the last place it came to."""
    where = "the beginning"
    try:
        for item in reading.importer.read(stream, reading.options):
            where = item.where
            yield item
    except (AppError, GeneratorExit):
        raise
    except Exception as error:
        raise PluginFault(
            "The importer {importer} failed on {file} after {where}: {error}.",
            remedy="Nothing was imported; tell its makers.",
            importer=reading.importer.name,
            file=reading.options.path.name,
            where=where,
            error=f"{type(error).__name__}: {error}",
        ) from error


def _prepare(draft: Draft, reading: Reading) -> Prepared:
    raw = draft.raw or repr(sorted(draft.texts.items())).encode("utf-8", "surrogatepass")
    mark = fingerprint(raw, reading.importer.version)
    draft.raw = b""
    if reason := refuse_reason(draft):
        draft.texts.clear()
        return Prepared(draft, mark, reason, {}, None)
    cuts = {language: cut(text) for language, text in draft.texts.items() if text.strip()}
    return Prepared(draft, mark, None, cuts, contents_of(cuts) if reading.contents else None)


def _beside(reading: Reading, progress: Progress | None) -> Generator[Items]:
    """The same, read by another process one batch ahead. It ends when this one does, however that comes about."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(theirs, reading), daemon=True)
    process.start()
    theirs.close()
    try:
        while (received := _receive(ours, reading)) is not None:
            items, place = received
            if progress:
                progress(place, reading.size)
            yield items
    finally:
        ours.close()
        process.terminate()
        process.join()


def _receive(pipe: Connection, reading: Reading) -> tuple[Items, int] | None:
    if not pipe.poll(reading.patience):
        raise PluginFault(
            "The importer {importer} read nothing of {file} for {seconds} seconds and was stopped.",
            remedy="Nothing was imported; tell its makers.",
            importer=reading.importer.name,
            file=reading.options.path.name,
            seconds=round(reading.patience or 0),
        )
    try:
        received = pickle.loads(pipe.recv_bytes())  # noqa: S301 (our own process speaks)
    except EOFError:
        raise PluginFault(
            "The importer {importer} was stopped while it read {file}.",
            remedy="Nothing was imported. The machine may be short of memory; try again.",
            importer=reading.importer.name,
            file=reading.options.path.name,
        ) from None
    if isinstance(received, AppError):
        raise received
    if isinstance(received, int):
        reading.options.skipped = received
        return None
    items, place = received
    return items, place


def _send(pipe: Connection, reading: Reading) -> None:
    """Runs in the other process: batches with the place in the file, then the number of skipped records, or an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    place = 0

    def move(at: int, _size: int) -> None:
        nonlocal place
        place = at

    try:
        for items in _here(reading, move):
            pipe.send_bytes(pickle.dumps((items, place), pickle.HIGHEST_PROTOCOL))
        answer: AppError | int = reading.options.skipped
    except BrokenPipeError:
        return
    except AppError as error:
        answer = error
    pipe.send_bytes(pickle.dumps(answer))
