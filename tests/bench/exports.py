"""Measures exports of the whole register against XlsxWriter and csv writing the same cells and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.measure import Ended, Figures, run, uptake

BARE = """
import csv, sys, time
from pathlib import Path
from xlsxwriter import Workbook
csv.field_size_limit(1 << 30)
with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as file:
    rows = list(csv.reader(file))
begun = time.perf_counter()
book = Workbook(sys.argv[2] + ".xlsx", {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
sheet = book.add_worksheet()
for number, row in enumerate(rows):
    for column, cell in enumerate(row):
        if cell:
            sheet.write_string(number, column, cell)
book.close()
middle = time.perf_counter()
with open(sys.argv[2] + ".csv", "w", encoding="utf-8-sig", newline="") as file:
    csv.writer(file).writerows(rows)
print(len(rows) - 1, middle - begun, time.perf_counter() - middle)
"""


def measure_exports(instance: Path, database: str, figures: Figures, label: str) -> None:
    """CSV and XLSX of everything, by the command; a plugin of the same shape (the matrix in Excel) beside them."""
    made = {form: _export(instance, database, form) for form in ("csv", "xlsx", "jsonl", "matrix-cycle4.xlsx")}
    command = [sys.executable, "-c", BARE, str(_file(instance, "csv")), str(instance / "bare")]
    count, sheet, plain = map(float, run(command).output.split())
    print(f"{label}: bare writing of {count:,.0f} rows: XlsxWriter {sheet:.1f} s, csv {plain:.1f} s", flush=True)
    figures.add(label, "export as CSV / XlsxWriter's bare time", made["csv"].seconds / sheet, 4.0)
    figures.add(label, "export as CSV / csv's bare time", made["csv"].seconds / plain, None)
    figures.add(label, "export as XLSX / XlsxWriter's bare time", made["xlsx"].seconds / sheet, 2.0)
    figures.add(label, "export as JSON lines, s", made["jsonl"].seconds, None)
    figures.add(label, "OHCHR's matrix in Excel, s", made["matrix-cycle4.xlsx"].seconds, None)
    for form, ended in made.items():
        figures.add(label, f"peak memory of the export as {form}, MB", ended.peak_mb, 400)


def _export(instance: Path, database: str, form: str) -> Ended:
    return uptake(instance, database, "export", str(_file(instance, form)))


def _file(instance: Path, form: str) -> Path:
    return instance / f"bench.{form}"
