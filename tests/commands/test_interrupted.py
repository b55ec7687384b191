"""Killed, out of room, two at once, or far too large: nothing is half applied, and the next import works."""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

Run = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]
MEGABYTE = 1 << 20
FLAT = 256  # of which SQLite's page cache may take 64, and Python with its libraries and all plugins takes 126


@pytest.fixture
def big(tmp_path: Path, record: Callable[..., dict[str, Any]]) -> Path:
    """40,000 records: some seconds of work."""
    path = tmp_path / "big.json"
    words = "The Committee recommends that the State party allocate resources. " * 5
    path.write_text(json.dumps([record(number, Text=f"{number % 90}.{words}{number}") for number in range(40_000)]))
    return path


@contextmanager
def connected(instance: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(instance / "uptake.db", timeout=5, isolation_level=None)) as connection:
        yield connection


def statuses(instance: Path) -> list[tuple[str, str | None]]:
    with connected(instance) as connection:
        return connection.execute("select status, error from import_run order by id").fetchall()


def wait_until(reached: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    """Look again and again until the import has come so far, as long as it runs."""
    end = time.monotonic() + 60
    while not reached():
        assert running.poll() is None, "the import ended before the test could interrupt it"
        assert time.monotonic() < end
        time.sleep(0.01)


def is_writing(instance: Path) -> bool:
    wal = instance / "uptake.db-wal"
    return wal.exists() and wal.stat().st_size > MEGABYTE


def is_at_work(instance: Path) -> bool:
    """Whether the run has left its trace and holds the lock."""
    if statuses(instance) != [("running", None)]:
        return False
    with connected(instance) as connection:
        connection.execute("pragma busy_timeout=0")
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
        connection.execute("rollback")
    return False


def test_an_import_that_is_killed_leaves_nothing_behind(
    uptake: Run, process: Start, instance: Path, big: Path, demo_files: list[Path], dump: Run
) -> None:
    before = dump()
    running = process("import", big)
    wait_until(lambda: is_at_work(instance) and is_writing(instance), running)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert dump() == before
    doctor = uptake("doctor", "--json")
    assert [one["code"] for one in doctor.json["findings"] if one["code"] == "import"] == ["import"]
    assert "was interrupted; nothing of it was kept" in doctor.err
    again = uptake("import", demo_files[0], "--json")
    assert (again.code, again.json["new"]) == (0, 209)
    assert statuses(instance) == [("failed", "interrupted"), ("applied", None)]
    assert uptake("search", "--limit", 0, "--json").json["count"] == 209


def test_an_import_does_not_wait_long_for_another_writer(uptake: Run, instance: Path, demo_files: list[Path]) -> None:
    with connected(instance) as writer:
        writer.execute("begin immediate")
        started = time.monotonic()
        ran = uptake("import", demo_files[0], "--json")
        waited = time.monotonic() - started
        writer.execute("rollback")
    assert (ran.code, "Another import is writing" in ran.err) == (2, True)
    assert waited < 20, "SQLite's own patience is thirty seconds"


def test_the_second_of_two_imports_at_once_is_refused(
    uptake: Run, process: Start, instance: Path, big: Path, demo_files: list[Path]
) -> None:
    first = process("import", big, "--json")
    wait_until(lambda: is_at_work(instance), first)
    second = process("import", demo_files[0], "--json")
    out, err = second.communicate(timeout=60)
    assert second.returncode == 2
    assert "Another import is writing to this database. Wait until it has ended" in err
    assert json.loads(out)["kind"] == "Conflict"
    assert json.loads(first.communicate(timeout=120)[0])["new"] == 40_000
    assert statuses(instance) == [("applied", None)]
    assert uptake("import", demo_files[0], "--json").json["new"] == 209


def test_an_import_that_finds_no_room_keeps_nothing_and_says_so(
    uptake: Run, process: Start, instance: Path, big: Path, dump: Run
) -> None:
    before = dump()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MEGABYTE, 4 * MEGABYTE))

    running = process("import", big, "--json", preexec_fn=limit)
    out, err = running.communicate(timeout=120)
    assert (running.returncode, "Traceback" in err) == (2, False)
    assert "big.json" in json.loads(out)["error"]
    assert dump() == before
    again = uptake("import", big, "--state", "PER", "--json")
    assert (again.code, again.json["skipped"]) == (0, 40_000)


def test_a_full_disk_is_called_so(uptake: Run, instance: Path, big: Path, dump: Run) -> None:
    before = dump()
    with connected(instance) as connection:
        [pages] = connection.execute("pragma page_count").fetchone()

    def narrow(raw: Any, _record: object) -> None:
        raw.execute(f"pragma max_page_count={pages + 200}")

    event.listen(Engine, "connect", narrow)
    try:
        ran = uptake("import", big, "--json")
    finally:
        event.remove(Engine, "connect", narrow)
    assert ran.code == 2
    assert "The disk is full: big.json was not imported. Make room and import it again." in ran.err
    assert dump() == before


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.returncode)
sys.stderr.write(done.stderr)
"""


def peak_of(instance: Path, *arguments: object) -> tuple[int, int, str]:
    """Megabytes at the peak, exit code and words of a command, measured in a process of its own."""
    command = [str(Path(sys.executable).with_name("uptake")), "--instance", str(instance), *map(str, arguments)]
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    peak, code = map(int, done.stdout.split())
    return peak, code, done.stderr


def write_large(path: Path, record: Callable[..., dict[str, Any]], texts: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for number, text in enumerate(texts, 1):
            stream.write(("," if number > 1 else "") + json.dumps(record(number, Text=text)))
        stream.write("]")


def hundred_megabytes_with_a_long_text() -> Iterator[str]:
    filler = "The State party should act. " * 360
    for number in range(9_000):
        yield "x" * (10 * MEGABYTE) if number == 4_000 else f"{number}.{filler}"


def hundred_megabytes_of_long_texts() -> Iterator[str]:
    return (f"{number}." + f"word{number} " * 100_000 for number in range(110))


def test_memory_stays_flat_over_100_megabytes_with_10_in_one_text(
    instance: Path, tmp_path: Path, record: Callable[..., dict[str, Any]], dump: Run
) -> None:
    path = tmp_path / "large.json"
    write_large(path, record, hundred_megabytes_with_a_long_text())
    assert path.stat().st_size > 90 * MEGABYTE
    before = dump()
    peak, code, words = peak_of(instance, "import", path)
    assert (code, "record 4001" in words) == (2, True)
    assert peak < FLAT
    assert dump() == before


def test_memory_stays_flat_over_a_hundred_texts_of_the_greatest_length(
    instance: Path, tmp_path: Path, record: Callable[..., dict[str, Any]]
) -> None:
    path = tmp_path / "large.json"
    write_large(path, record, hundred_megabytes_of_long_texts())
    peak, code, words = peak_of(instance, "import", path)
    assert (code, "110 new" in words) == (0, True)
    assert peak < FLAT
