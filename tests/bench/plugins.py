"""What plugins cost: the start of the site with all bundled ones, a page with thirty plugins' panels, the first word of a
language and those after it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import Figures

PANELS = 30
SCRIPT = """
import json, sys, time
begun = time.perf_counter()
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from uptake.app import build
from uptake.settings import load
folder, which, times = sys.argv[1:]
names = [point.name for point in entry_points(group="uptake.plugins")]
off = {"all": [], "none": names, "panels": [], "bare": [name for name in names if name.startswith("bench")]}[which]
settings = load(Path(folder))
if which == "none":
    settings = replace(settings, languages=("en",), default_language="en")
app = build(replace(settings, disabled_plugins=tuple(off)))
client = app.test_client()
assert client.get("/").status_code == 200
found = {"start": time.perf_counter() - begun}
path = client.get("/recommendations.json?size=1").get_json()["items"]
if path and int(times):
    page = f"/recommendations/{path[0]['id']}"
    client.get(page)
    taken = []
    for _ in range(int(times)):
        at = time.perf_counter()
        assert client.get(page).status_code == 200
        taken.append(time.perf_counter() - at)
    found["page"] = sorted(taken)[len(taken) // 2]
from uptake import i18n
with app.app_context():
    at = time.perf_counter()
    i18n.set_locale("ar" if which != "none" else "en")
    i18n.gettext("Recommendations")
    found["first"] = time.perf_counter() - at
    at = time.perf_counter()
    for _ in range(1000):
        i18n.gettext("Recommendations")
    found["later"] = (time.perf_counter() - at) / 1000
print(json.dumps(found))
"""
PLUGIN = """
from flask import Blueprint
from uptake.toolkit import Panel, hookimpl

@hookimpl
def register_panels():
    return [
        Panel("recommendation", "bench{number}.panel", "A panel", "bench{number}/panel.html", lambda context: {"rows": range(3)})
    ]

@hookimpl
def register_pages():
    return [Blueprint("bench{number}", __name__, template_folder="templates")]
"""
TEMPLATE = "<ul>{% for row in rows %}<li>{{ _('Recommendations') }} {{ row }}</li>{% endfor %}</ul>\n"


def measure_plugins(instance: Path, figures: Figures, label: str) -> None:
    """Measure on an instance that holds recommendations."""
    starts = {which: min(_run(instance, which)["start"] for _ in range(3)) for which in ("all", "none")}
    figures.add(label, "start with all bundled plugins / without any", starts["all"] / starts["none"], 1.5)
    words = _run(instance, "all")
    figures.add(label, "first word of a language, ms", words["first"] * 1000, 100)
    figures.add(label, "later words, µs", words["later"] * 1e6, 20)
    with tempfile.TemporaryDirectory() as site:
        for number in range(PANELS):
            _install(Path(site), number)
        pages = {
            which: statistics.median(_run(instance, which, 100, site)["page"] for _ in range(3))
            for which in ("panels", "bare")
        }
    figures.add(label, f"page with {PANELS} plugins' panels / without", pages["panels"] / pages["bare"], 1.1)


def _install(site: Path, number: int) -> None:
    package = site / f"uptake_bench{number}"
    templates = package / "templates" / f"bench{number}"
    templates.mkdir(parents=True)
    (package / "__init__.py").write_text(PLUGIN.replace("{number}", str(number)), encoding="utf-8")
    (templates / "panel.html").write_text(TEMPLATE, encoding="utf-8")
    info = site / f"uptake_bench{number}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: uptake-bench{number}\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        f"[uptake.plugins]\nbench{number} = uptake_bench{number}\n", encoding="utf-8"
    )


def _run(instance: Path, which: str, times: int = 0, site: str = "") -> dict[str, float]:
    script = f"import sys; sys.path.insert(0, {site!r})\n{SCRIPT}" if site else SCRIPT
    done = subprocess.run(
        [sys.executable, "-c", script, str(instance), which, str(times)], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
