"""What languages cost: the first text in a language, and later ones. Run: python -m tests.bench.languages"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from uptake import builtin, i18n
from uptake.hooks import loader
from uptake.languages import layers
from uptake.languages.layers import file_of
from uptake.services.translating.languages import speak
from uptake.settings import Settings

ROUNDS = 100_000
FIRST_MS, LATER_US = 100.0, 20.0


def main() -> None:
    """Print a line for each language."""
    registry = loader.load(builtin=[builtin])
    with tempfile.TemporaryDirectory() as folder:
        codes = tuple(sorted({spec.code for spec in registry.languages}))
        speak(registry, Settings(Path(folder), languages=("en", *codes)))
        print(f"{'language':10}{'file, kB':>10}{'first, ms':>12}{'later, µs':>12}{'a page, µs':>12}")
        for code in codes:
            size = sum(
                file_of(each, code).stat().st_size for each in i18n.layers().folders if file_of(each, code).is_file()
            )
            first, later, page = _measure(code)
            bad = " too slow" if first > FIRST_MS or later > LATER_US else ""
            print(f"{code:10}{size / 1000:>10.0f}{first:>12.1f}{later:>12.2f}{page:>12.1f}{bad}")


def _measure(code: str) -> tuple[float, float, float]:
    """The first text, read from nothing; a later one; and what choosing the language costs a page."""
    layers._read.clear()
    begin = time.perf_counter()
    i18n.set_locale(code)
    i18n.gettext("Recommendations")
    first = (time.perf_counter() - begin) * 1e3
    begin = time.perf_counter()
    for _ in range(ROUNDS):
        i18n.gettext("Recommendations")
    later = (time.perf_counter() - begin) / ROUNDS * 1e6
    begin = time.perf_counter()
    for _ in range(1000):
        i18n.set_locale(code)
    return first, later, (time.perf_counter() - begin) * 1e3


if __name__ == "__main__":
    main()
