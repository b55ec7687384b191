"""Runs programs and pages, and measures them."""

from __future__ import annotations

import gzip
import http.client
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlsplit

WORDS = ["torture", "women", "disability", "migrant", "climate", "woman", "children", "discrimination", "detained",
         "rule law", "gender equality", "judiciary", "ratify optional protocol", "death penalty", "education girls"]  # fmt: skip
QUERIES = 100


@dataclass(slots=True)
class Ended:
    """What a program printed, how long it took and how much memory it had at its peak."""

    output: str
    seconds: float
    peak_mb: float


@dataclass(slots=True)
class Times:
    """Milliseconds of pages: as the floor asks (words repeat), and each word for the first time."""

    p50: float
    p95: float
    cold_p50: float
    cold_max: float


@dataclass(slots=True)
class Figures:
    """What was measured, beside the bars."""

    floor: dict[str, float]
    rows: list[tuple[str, str, object, float | None]] = field(default_factory=list)

    def add(self, label: str, name: str, value: object, bar: float | None) -> None:
        """Note a figure and show it at once."""
        self.rows.append((label, name, value, bar))
        print(f"{label}: {name}: {_shown(value)}", flush=True)

    def table(self) -> str:
        """All figures as a Markdown table."""
        lines = ["", "| database | figure | measured | bar | |", "|---|---|---|---|---|"]
        for label, name, value, bar in self.rows:
            verdict = "" if bar is None else "met" if float(value) <= bar else "**missed**"  # type: ignore[arg-type]
            lines.append(f"| {label} | {name} | {_shown(value)} | {'' if bar is None else bar} | {verdict} |")
        return "\n".join(lines)


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def run(command: list[str], **environment: str) -> Ended:
    """Run a program to its end."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | environment)
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))  # type: ignore[union-attr]
    reader.start()
    output = process.stdout.read()  # type: ignore[union-attr]
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    reader.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors[0].decode(errors='replace')}")
    return Ended(output.decode(), seconds, usage.ru_maxrss / 1024)


def uptake(instance: Path, database: str, *words: str) -> Ended:
    """Run the command line on an instance."""
    return run([str(Path(sys.executable).with_name("uptake")), *words], **environment(instance, database))


def environment(instance: Path, database: str) -> dict[str, str]:
    """Which instance and database a program is to use."""
    return {"UPTAKE_INSTANCE": str(instance)} | ({"UPTAKE_DATABASE": database} if database else {})


@contextmanager
def served(instance: Path, database: str, **more: str) -> Iterator[http.client.HTTPConnection]:
    """A running server and an open connection to it."""
    command = [str(Path(sys.executable).with_name("uptake")), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | environment(instance, database) | more)
    try:
        address = urlsplit(re.findall(rb"http://\S+", process.stderr.readline())[0].decode())  # type: ignore[union-attr]
        Thread(target=process.stderr.read, daemon=True).start()  # type: ignore[union-attr]  # a full pipe would stop the server
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        connection.pid = process.pid  # type: ignore[attr-defined]
        yield connection
    finally:
        process.terminate()
        process.wait()


def get(connection: http.client.HTTPConnection, path: str) -> tuple[float, bytes]:
    """Milliseconds and body of a page, as a browser asks for it."""
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    milliseconds = (time.perf_counter() - begun) * 1e3
    if response.status != 200:
        sys.exit(f"{path} answered {response.status}")
    return milliseconds, body


def processor_ms(connection: http.client.HTTPConnection) -> float:
    """Milliseconds that the processor has worked for a server so far, by the process's own clock (Linux)."""
    clock = (~connection.pid << 3) | 2  # type: ignore[attr-defined]  # what clock_getcpuclockid(3) gives
    return time.clock_gettime(clock) * 1e3


def browse(instance: Path, database: str) -> Times:
    """Ask for list pages with all facets: the floor's queries in the floor's order, and each word first on a new server."""
    with served(instance, database) as connection:
        get(connection, "/recommendations")
        cold = sorted(get(connection, f"/recommendations?q={quote(word)}")[0] for word in WORDS)
    rng = random.Random(3)
    with served(instance, database) as connection:
        get(connection, "/recommendations")
        times = sorted(get(connection, f"/recommendations?q={quote(rng.choice(WORDS))}")[0] for _ in range(QUERIES))
    return Times(times[QUERIES // 2], times[int(QUERIES * 0.95)], cold[len(cold) // 2], cold[-1])


def first_visit(instance: Path, database: str) -> float:
    """Kilobytes of the home page with its css and scripts, as they go over the wire."""
    with served(instance, database) as connection:
        _, body = get(connection, "/")
        page = gzip.decompress(body).decode()
        assets = set(re.findall(r'(?:href|src)="(/[^"]*static[^"]*\.(?:css|js|svg)[^"]*)"', page))
        return (len(body) + sum(len(get(connection, asset)[1]) for asset in assets)) / 1000


def queries_per_page(instance: Path, database: str) -> str:
    """How many queries a list page takes with 20 and with 100 rows."""
    code = (
        "import sys; from pathlib import Path; from sqlalchemy import event; from uptake.app import create_app; from uptake import db\n"
        "app = create_app(Path(sys.argv[1])); client = app.test_client(); seen = []\n"
        "with app.app_context(): event.listen(db.db.engine, 'before_cursor_execute', lambda *a: seen.append(a[2]))\n"
        "client.get('/recommendations?q=women')\n"
        "for size in (20, 100):\n"
        "    seen.clear(); client.get(f'/recommendations?q=women&size={size}'); print(len(seen), end=' ')\n"
    )
    return run([sys.executable, "-c", code, str(instance)], **environment(instance, database)).output.strip()
