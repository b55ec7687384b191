"""The guide to the API is true: its examples run one after another against a site."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from uptake.api.description import LISTS
from uptake.services.people import api_tokens
from uptake.services.telling.webhook_sending import signature
from uptake.services.telling.webhooks import EVENTS
from uptake.testing.files import PDF
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor, make_person
from werkzeug.serving import make_server

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_examples_run(demo: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "law.pdf").write_bytes(PDF)
    (tmp_path / "matrix.csv").write_text("Recommendation,State\nRatify it,XMV\nTeach it,XMV\n", encoding="utf-8")
    make_actor("MOJ")
    token = api_tokens.make("Guide", tuple(api_tokens.SCOPES), 7, person=make_person("coordinator"))
    server = make_server("127.0.0.1", 0, demo, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        code = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
        assert code.count("requests.get") > 5
        code = code.replace("https://followup.example.org", f"http://127.0.0.1:{server.port}").replace("upt_…", token)
        assert code.count("time.sleep(1)") == 1
        code = code.replace("time.sleep(1)", "work()")
        told: dict[str, Any] = {"work": lambda: run_jobs(demo)}
        exec(compile(code, "docs/api.md", "exec"), told)
    finally:
        server.shutdown()
        server.server_close()
    assert told["found"]["count"] > 0
    assert told["done"]["counts"]["new"] == 2
    assert [one["kind"] for one in told["left"]] == ["file"]
    assert len(told["mechanisms"]) > 10
    headers, body = signature("whs_1", b"{}", int(time.time())), b"{}"
    assert told["is_ours"]("whs_1", headers, body)
    assert not told["is_ours"]("whs_2", headers, body)
    assert not told["is_ours"]("whs_1", signature("whs_1", b"{}", int(time.time()) - 900), body)


def test_the_tables_name_all_there_is() -> None:
    for name in (*LISTS, *api_tokens.SCOPES, *EVENTS):
        assert name in GUIDE, name
