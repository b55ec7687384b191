"""The wheels hold the whole tree, and work in a clean environment without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = {"uptake": ROOT, "uptake_uhri": ROOT / "plugins" / "uhri", "uptake_upr": ROOT / "plugins" / "upr"}
FOLDERS = {
    "uptake/translations": ROOT / "translations",
    "uptake/migrations": ROOT / "migrations",
    "uptake": ROOT / "core" / "uptake",
    "uptake_uhri": ROOT / "plugins" / "uhri" / "uptake_uhri",
    "uptake_upr": ROOT / "plugins" / "upr" / "uptake_upr",
}
PAGE = """
import sys
from pathlib import Path
from uptake.app import create_app
client = create_app(Path(sys.argv[1])).test_client()
for path in sys.argv[2:]:
    answer = client.get(path)
    sys.stdout.write(f"{answer.status_code} {answer.content_type}\\n{answer.get_data(as_text=True)}\\n\\f")
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three wheels, built from the tree."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([*command, *map(str, DISTRIBUTIONS.values())], check=True)
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def clean(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheels and what they need, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wheels.values()], check=True, cwd=folder)
    return folder


def run(clean: Path, *command: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "UPTAKE"))}
    done = subprocess.run(command, cwd=clean, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def source_of(member: str) -> Path:
    folder = max((name for name in FOLDERS if member.startswith(f"{name}/")), key=len)
    return FOLDERS[folder] / member.removeprefix(f"{folder}/")


def test_wheels_hold_the_tree_and_nothing_else(wheels: dict[str, Path]) -> None:
    members: set[str] = set()
    for path in wheels.values():
        with zipfile.ZipFile(path) as archive:
            members |= {name for name in archive.namelist() if ".dist-info/" not in name}
    shipped = {".py", ".json", ".po", ".html", ".css", ".js", ".svg", ".typed", ".md", ".LICENSE", ".xml", ".txt"}
    left_out = {"__pycache__", "_tests_"}
    tree = set()
    for name, folder in FOLDERS.items():
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix in shipped and not left_out & set(path.parts):
                tree.add(f"{name}/{path.relative_to(folder).as_posix()}")
    assert members == tree | {name for name in members if name.endswith("script.py.mako")}
    for member in members:
        assert source_of(member).is_file()


def test_the_wheels_work_without_the_checkout(clean: Path) -> None:
    uptake, python = str(clean / "bin" / "uptake"), str(clean / "bin" / "python")
    instance = clean / "site"
    run(clean, uptake, "init", str(instance), "--state", "XMV", "--json")
    sample = run(clean, python, "-c", "import uptake.demo as d; print(d.__path__[0])").strip()
    for language in ("en", "fr"):
        file = Path(sample) / f"export-full-{language}.json"
        report = json.loads(run(clean, uptake, "--instance", str(instance), "import", str(file), "--json"))
        assert report["refused"] == 0
    found = json.loads(run(clean, uptake, "--instance", str(instance), "search", "torture", "--json"))
    assert found["count"] == len(found["items"]) > 0
    plugins = json.loads(run(clean, uptake, "--instance", str(instance), "plugin", "list", "--json"))["plugins"]
    assert {plugin["name"]: plugin["status"] for plugin in plugins} == {"uhri": "enabled", "upr": "enabled"}


def test_a_page_of_the_wheels_has_its_style_and_its_translations(clean: Path) -> None:
    python, instance = str(clean / "bin" / "python"), clean / "page"
    run(clean, str(clean / "bin" / "uptake"), "init", str(instance), "--state", "XMV", "--json")
    home = run(clean, python, "-c", PAGE, str(instance), "/", "/fr/", "/ar/").split("\f")
    assert home[0].startswith("200 text/html")
    assert 'lang="fr"' in home[1]
    assert "Recommandations" in home[1]
    assert 'dir="rtl"' in home[2]
    assets = [part.split('"')[0] for part in home[0].split('href="')[1:] if ".css" in part.split('"')[0]]
    assert len(assets) >= 2
    for style in run(clean, python, "-c", PAGE, str(instance), *assets).split("\f")[: len(assets)]:
        assert style.startswith("200 text/css")
        assert len(style) > 1000
