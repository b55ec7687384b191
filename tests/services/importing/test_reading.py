"""A long file is read beside: the same records in the same order, the same errors, and no process left over."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import BinaryIO

import pytest
from uptake.errors import Invalid, PluginFault
from uptake.hooks.kinds import Draft, FileInfo, Finding, Importer, ReadOptions
from uptake.services.importing import reading
from uptake.services.importing.reading import Items, Prepared, Reading


class Lines(Importer):
    """One recommendation a line; some lines are instructions to fail."""

    name = "lines"
    title = "Lines"
    source = "lines"

    def recognises(self, file: FileInfo) -> bool:
        """Whatever it is."""
        return True

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        """Yield each line; stop, fail or die where a line says so."""
        for number, line in enumerate(stream, 1):
            word = line.decode().strip()
            where = f"row {number}"
            if word == "odd":
                yield Finding(where, "odd", "An odd line.")
            elif word == "invalid":
                raise Invalid("{file} breaks off.", remedy="Again.", fields={"a": "b"}, file="x")
            elif word == "fault":
                raise ZeroDivisionError("no")
            elif word == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            elif word == "skip":
                options.skipped += 1
            else:
                yield Draft(where, {"en": f"12. {word}"}, raw=line)


def _reading(folder: Path, *lines: str) -> Reading:
    path = folder / "lines.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return Reading(Lines(), ReadOptions(path), path.stat().st_size, contents=True)


def _all(batches: Iterator[Items]) -> list[Prepared | Finding]:
    return [item for batch in batches for item in batch]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as long."""
    monkeypatch.setattr(reading, "LONG", 0)
    monkeypatch.setattr(reading, "cpu_count", lambda: 2)


def test_the_other_process_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*(f"Ratify {number}" for number in range(5000)), "odd", "skip", "\x01bad", "End"]
    here = _reading(tmp_path, *lines)
    there = replace(here, options=ReadOptions(here.options.path))
    expected = _all(here.batches(None))
    monkeypatch.setattr(reading, "LONG", 0)
    monkeypatch.setattr(reading, "cpu_count", lambda: 2)
    places: list[int] = []
    found = _all(there.batches(lambda place, _size: places.append(place)))
    assert found == expected
    assert there.options.skipped == here.options.skipped == 1
    assert places == sorted(places)
    assert places[-1] == here.size
    assert isinstance(found[0], Prepared)
    assert found[0].cuts["en"].number == "12"
    assert found[0].content == ("ratifi 0", "ratify 0")
    assert not active_children()


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize(
    ("word", "error", "said"),
    [
        ("invalid", Invalid, "x breaks off. Again."),
        ("fault", PluginFault, "failed on lines.txt after row 1: ZeroDivisionError: no"),
        ("die", PluginFault, "was stopped while it read lines.txt"),
    ],
)
def test_what_goes_wrong_there_is_told_here(tmp_path: Path, word: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        _all(_reading(tmp_path, "One", word).batches(None))
    if isinstance(caught.value, Invalid):
        assert caught.value.fields == {"a": "b"}
    assert not active_children()


@pytest.mark.usefixtures("beside")
def test_leaving_early_stops_the_other_process(tmp_path: Path) -> None:
    batches = _reading(tmp_path, *map(str, range(20_000))).batches(None)
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert not active_children()
