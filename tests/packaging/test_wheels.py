"""The wheels hold the whole tree, and work in a clean environment without the checkout."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from uptake.cli import main

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("plugins/*/uptake_*/__init__.py"))
DISTRIBUTIONS = [ROOT, *(package.parent for package in PACKAGES)]
FOLDERS = {
    "uptake/translations": ROOT / "translations",
    "uptake/migrations": ROOT / "migrations",
    "uptake": ROOT / "core" / "uptake",
    **{package.name: package for package in PACKAGES},
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
LIFE = """
import json, sys
from pathlib import Path
from sqlalchemy import inspect, text
from uptake.app import create_app
from uptake.cli import main
from uptake.db import db
for folder in sys.argv[2:]:
    for step in json.loads(sys.argv[1]):
        if step == ["plan"]:
            from uptake.services.permissions import SYSTEM
            from uptake_plans import drafts, editing
            with create_app(Path(folder)).app_context():
                plan = editing.create_plan(drafts.PlanDraft("NAP", {"en": "Plan"}), person=SYSTEM)
                editing.create_action(plan, drafts.ActionDraft("1", {"en": "Act"}), person=SYSTEM)
        else:
            main.main(["--instance", folder, *step, "--json"], standalone_mode=False)
    app = create_app(Path(folder))
    with app.app_context():
        there = inspect(db.engine).has_table("plans_action")
        rows = db.session.execute(text("select count(*) from plans_action")).scalar() if there else None
        pages = [app.test_client().get(path).status_code for path in ("/", "/recommendations", "/plans")]
    print("@", json.dumps([rows, *pages]))
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheels of the core and of each plugin, built from the tree: once, whichever of pytest's workers comes first.

    All are built in one environment that holds what they ask for and nothing of the checkout.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, built = shared / "wheels", shared / "wheels.built"
    needs = {
        need
        for one in DISTRIBUTIONS
        for need in tomllib.loads((one / "pyproject.toml").read_text())["build-system"]["requires"]
    }
    pip = [str(shared / "builder" / "bin" / "python"), "-m", "pip"]
    command = [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    with (shared / "wheels.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            venv.create(shared / "builder", with_pip=True)
            subprocess.run([*pip, "install", "--quiet", *needs], check=True)
            subprocess.run([*command, *map(str, DISTRIBUTIONS)], check=True)
            built.touch()
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def clean(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheels and what they need, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-compile", *wheels.values()], check=True, cwd=folder
    )
    return folder


@pytest.fixture(scope="module")
def server(clean: Path) -> Iterator[str]:
    """The address of an empty PostgreSQL database, for which the clean environment has the driver."""
    given = os.environ.get("UPTAKE_TEST_POSTGRES")
    if not given:
        pytest.skip("UPTAKE_TEST_POSTGRES names no PostgreSQL server")
    run(clean, str(clean / "bin" / "python"), "-m", "pip", "install", "--quiet", "psycopg[binary]>=3.2")
    engine, name = create_engine(given, isolation_level="AUTOCOMMIT"), f"uptake_test_{uuid4().hex[:12]}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f'create database "{name}"')
        yield make_url(given).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f'drop database "{name}" with (force)')
    engine.dispose()


def run(clean: Path, *command: str, **more: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "UPTAKE"))} | more
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
    shipped = {
        ".py",
        ".json",
        ".po",
        ".pot",
        ".html",
        ".css",
        ".js",
        ".svg",
        ".png",
        ".typed",
        ".md",
        ".LICENSE",
        ".xml",
        ".txt",
        ".typ",
    }
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
    assert {plugin["name"]: plugin["status"] for plugin in plugins} == dict.fromkeys(
        (package.parent.name for package in PACKAGES), "enabled"
    )


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


def test_a_plugin_that_was_made_elsewhere_is_installed_beside_the_wheels(clean: Path, tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["plugin", "new", "lakes", "--kind", "importer", "--into", str(tmp_path)])
    assert made.exit_code == 0, made.stderr
    folder, python, uptake = tmp_path / "uptake-lakes", str(clean / "bin" / "python"), str(clean / "bin" / "uptake")
    build = ["wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path / "dist"), str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    [wheel] = (tmp_path / "dist").glob("uptake_lakes-*.whl")
    run(clean, python, "-m", "pip", "install", "--quiet", "--no-deps", str(wheel))
    instance = str(clean / "lakes")
    run(clean, uptake, "init", instance, "--all-states", "--json")
    sample = str(folder / "tests" / "sample.csv")
    report = json.loads(run(clean, uptake, "--instance", instance, "import", sample, "--json"))
    assert (report["importer"], report["new"]) == ("lakes-table", 2)
    checked = json.loads(run(clean, uptake, "plugin", "check", "lakes", "--sample", sample, "--json"))
    assert checked["faults"] == 0
    run(clean, python, "-m", "pip", "uninstall", "--quiet", "--yes", "uptake-lakes")
    left = json.loads(run(clean, uptake, "--instance", instance, "plugin", "list", "--json"))["plugins"]
    assert "lakes" not in {plugin["name"] for plugin in left}


def test_a_plugin_comes_goes_and_comes_again_with_its_data(clean: Path, wheels: dict[str, Path], server: str) -> None:
    """On both databases at once: what is installed is the same for both."""
    python, uptake, folders = str(clean / "bin" / "python"), str(clean / "bin" / "uptake"), []
    for name, database in (("life", ""), ("life-server", server)):
        folders.append(str(clean / name))
        run(clean, uptake, "init", folders[-1], "--state", "XMV", "--json", UPTAKE_DATABASE=database)
        if database:
            settings = Path(folders[-1]) / "uptake.toml"
            settings.write_text(f"database = {json.dumps(database)}\n{settings.read_text('utf-8')}", encoding="utf-8")

    def after(*steps: list[str]) -> list[list[int | None]]:
        """What each site holds of the plugin then, and how its pages answer."""
        said = run(clean, python, "-c", LIFE, json.dumps(steps), *folders)
        return [json.loads(line[1:]) for line in said.splitlines() if line.startswith("@")]

    def pip(*command: str) -> None:
        run(clean, python, "-m", "pip", command[0], "--quiet", *command[1:])

    upgrade = ["db", "upgrade"]
    assert after(["plan"]) == [[1, 200, 200, 200]] * 2
    assert after(["plugin", "disable", "plans"], upgrade) == [[1, 200, 200, 404]] * 2
    assert after(["plugin", "enable", "plans"], upgrade) == [[1, 200, 200, 200]] * 2
    pip("uninstall", "--yes", "uptake-plans")
    assert after(upgrade, ["doctor"]) == [[1, 200, 200, 404]] * 2
    pip("install", "--no-deps", str(wheels["uptake_plans"]))
    assert after(upgrade) == [[1, 200, 200, 200]] * 2
    pip("uninstall", "--yes", "uptake-plans")
    assert after(["plugin", "purge", "plans", "--yes"], upgrade) == [[None, 200, 200, 404]] * 2
    pip("install", "--no-deps", str(wheels["uptake_plans"]))
    assert after(upgrade, ["plan"]) == [[1, 200, 200, 200]] * 2
