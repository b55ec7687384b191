"""Measures Uptake beside the bare floor (orjson and SQLite alone) in the same run, and prints the ratios.

Needs ../shared/tools beside the checkout. `make bench` runs it; UPTAKE_TEST_POSTGRES adds PostgreSQL's figures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.api import measure_api
from tests.bench.exports import measure_exports
from tests.bench.measure import Figures, browse, first_visit, queries_per_page, run, uptake
from tests.bench.packages import measure_packages
from tests.bench.plugins import measure_plugins
from tests.bench.reports import measure_reports
from tests.bench.work import measure_work

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
RECORDS = int(os.environ.get("UPTAKE_BENCH_RECORDS", "267600"))
SMALL = 5000


def main() -> None:
    """Measure everything and print a table."""
    tools = SHARED / "tools"
    if not tools.is_dir():
        sys.exit(f"There is no {tools}: the floor and the export of full size are made with its tools.")
    with tempfile.TemporaryDirectory(prefix="uptake-bench-") as name:
        folder = Path(name)
        full, small = _export(tools, folder / "full", RECORDS), _export(tools, folder / "small", SMALL)
        floor = json.loads(
            run([sys.executable, str(tools / "floor.py"), str(full), "--db", str(folder / "floor.db")]).output
        )
        print(f"floor: {floor}")
        figures = Figures(floor)
        measure_reports(figures, "none")
        _measure(folder, full, small, figures, "SQLite", "")
        measure_packages(folder / "SQLite-full", "", {"SQLite": ""}, figures, "SQLite")
        server = os.environ.get("UPTAKE_TEST_POSTGRES")
        if server:
            _measure_postgres(folder, full, small, figures, server)
        print(figures.table())


def _export(tools: Path, folder: Path, records: int) -> Path:
    folder.mkdir()
    path = folder / "uhri.json"
    run([sys.executable, str(tools / "make_uhri_export.py"), "--records", str(records), "--out", str(path)])
    return path


def _measure_postgres(folder: Path, full: Path, small: Path, figures: Figures, server: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url

    names = [f"uptake_bench_{kind}_{os.getpid()}" for kind in ("full", "state", "small", "back")]
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    address = make_url(server)
    try:
        with engine.connect() as connection:
            for name in names:
                connection.exec_driver_sql(f'create database "{name}"')
        *addresses, back = [address.set(database=name).render_as_string(hide_password=False) for name in names]
        _measure(folder, full, small, figures, "PostgreSQL", *addresses)
        measure_packages(folder / "PostgreSQL-full", addresses[0], {"SQLite": ""}, figures, "PostgreSQL")
        measure_packages(folder / "SQLite-full", "", {"PostgreSQL": back}, figures, "SQLite")
    finally:
        with engine.connect() as connection:
            for name in names:
                connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')


def _measure(folder: Path, full: Path, small: Path, figures: Figures, label: str, *databases: str) -> None:
    full_db, state_db, small_db = databases if len(databases) == 3 else ("", "", "")
    floor = figures.floor["import_s"]
    instance = folder / f"{label}-full"
    uptake(instance, full_db, "init", str(instance), "--all-states")
    first = uptake(instance, full_db, "import", str(full), "--json")
    figures.add(label, "full import, wall time / floor's", first.seconds / floor, 3.0)
    figures.add(label, "its peak memory, MB", first.peak_mb, 400)
    again = uptake(instance, full_db, "import", str(full), "--json")
    report = json.loads(again.output)
    figures.add(label, "the same file again: new or changed", report["new"] + report["changed"], 0)
    figures.add(label, "the same file again / floor's import", again.seconds / floor, 2.0)
    state = folder / f"{label}-state"
    uptake(state, state_db, "init", str(state), "--state", "SVN")
    one = uptake(state, state_db, "import", str(full), "--state", "SVN", "--json")
    figures.add(label, "one State out of the full file / floor's import", one.seconds / floor, 0.6)
    times = browse(instance, full_db)
    p50, p95 = figures.floor["query_p50_ms"], figures.floor["query_p95_ms"]
    figures.add(label, "list page over HTTP, p50 / floor's p50", times.p50 / p50, 1.0)
    figures.add(label, "list page over HTTP, p95 / floor's p95", times.p95 / p95, 1.2)
    figures.add(label, "each query asked for the first time, p50 / floor's p50", times.cold_p50 / p50, None)
    figures.add(label, "each query asked for the first time, slowest / floor's p95", times.cold_max / p95, None)
    measure_exports(instance, full_db, figures, label)
    few = folder / f"{label}-small"
    uptake(few, small_db, "init", str(few), "--all-states")
    uptake(few, small_db, "import", str(small), "--json")
    figures.add(label, f"the same with {SMALL:,} records, p95 / floor's p50", browse(few, small_db).p95 / p50, 0.5)
    figures.add(label, "first visit of home, kB over the wire", first_visit(few, small_db), 100)
    figures.add(label, "queries of the list page, 20 rows and 100 rows", queries_per_page(few, small_db), None)
    measure_work(few, small_db, figures, label)
    measure_api(few, small_db, figures, label)
    if label == "SQLite":
        measure_plugins(few, figures, label)


if __name__ == "__main__":
    main()
