"""Daily work measured: pages with 20,000 updates, fifty people at once, and a large upload beside the web process."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.crowd import Crowd
from tests.bench.measure import Figures, environment, run, served

SECONDS = float(os.environ.get("UPTAKE_BENCH_CROWD_SECONDS", "60"))
ROUNDS = 60
UPLOAD = 100 << 20
COUNT = """
import json, sys
from collections import Counter
from pathlib import Path
from sqlalchemy import select
from uptake.app import create_app
from uptake.db import session
from uptake.models.progress import Update, UpdateStep
app = create_app(Path(sys.argv[1]))
with app.app_context():
    new = set(session().scalars(select(Update.id).where(Update.done == "A circular was sent.")))
    steps = Counter((s.update_id, s.step) for s in session().scalars(select(UpdateStep)) if s.update_id in new)
    print(json.dumps({"updates": len(new), "twice": sum(n > 1 for n in steps.values()),
                      **Counter(step for _, step in steps)}))
"""


def measure_work(instance: Path, database: str, figures: Figures, label: str) -> None:
    """Fill the instance, then measure pages, the crowd and the upload."""
    filled = run([sys.executable, "-m", "tests.bench.work_data", str(instance)], **environment(instance, database))
    data = json.loads(filled.output)
    with served(instance, database) as connection:
        _pages(connection, data, figures, label)
        _crowd(connection, instance, database, data, figures, label)
        _upload(connection, data, figures, label)


def _pages(connection: HTTPConnection, data: dict[str, Any], figures: Figures, label: str) -> None:
    focal = next(one for one in data["people"] if one["role"] == "focal_point")
    one = data["work"][str(focal["actor"])][0]
    public = _p95(connection, "/recommendations?q=women", "")
    figures.add(label, "public list page with 5,000 recommendations, p95 in ms", public, None)
    for name, path in (("my work", "/work"), ("list", "/recommendations?q=women"), ("recommendation", f"/recommendations/{one}"),
                       ("history", f"/recommendations/{one}/history")):  # fmt: skip
        p95 = _p95(connection, path, focal["cookie"])
        figures.add(label, f"{name}, signed in, p95 / public list page's", p95 / public, 2.0)


def _p95(connection: HTTPConnection, path: str, cookie: str) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - begun) * 1e3)
        if answer.status != 200:
            sys.exit(f"{path} answered {answer.status}")
    return sorted(times)[int(ROUNDS * 0.95)]


def _crowd(
    connection: HTTPConnection, instance: Path, database: str, data: dict[str, Any], figures: Figures, label: str
) -> None:
    crowd = Crowd(connection.host, connection.port, data["people"], data["work"], SECONDS)
    crowd.run()
    counted = json.loads(run([sys.executable, "-c", COUNT, str(instance)], **environment(instance, database)).output)
    for wrong in crowd.wrong[:5]:
        print(wrong, file=sys.stderr)
    figures.add(label, f"50 people for {SECONDS:.0f} s: submitted, confirmed, approved",
                " ".join(str(crowd.done[name]) for name in ("submitted", "confirmed", "approved")), None)  # fmt: skip
    figures.add(label, "errors among them", len(crowd.wrong), 0)
    lost = sum(abs(crowd.done[name] - counted.get(name, 0)) for name in ("submitted", "confirmed", "approved"))
    figures.add(
        label, "lost or counted twice", lost + counted["twice"] + abs(counted["updates"] - crowd.done["submitted"]), 0
    )


def _upload(connection: HTTPConnection, data: dict[str, Any], figures: Figures, label: str) -> None:
    """Send 100 MB as an import's file and see how much the web process has grown."""
    cookie = next(one for one in data["people"] if one["role"] == "coordinator")["cookie"]
    connection.request("GET", "/imports/new", headers={"Cookie": cookie})
    answer = connection.getresponse()
    page, cookie = answer.read(), (answer.getheader("Set-Cookie") or cookie).split(";")[0]
    token = re.findall(rb'name="csrf_token" value="([^"]+)"', page)[0]
    Path(f"/proc/{connection.pid}/clear_refs").write_text("5")  # type: ignore[attr-defined]
    before = _memory(connection.pid)  # type: ignore[attr-defined]
    edge = b"----uptake"
    head = (b"--" + edge + b'\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token + b"\r\n--" + edge
            + b'\r\nContent-Disposition: form-data; name="file"; filename="big.json"\r\n\r\n[')  # fmt: skip
    tail = b"]\r\n--" + edge + b"--\r\n"
    connection.putrequest("POST", urlsplit("/imports/new").path)
    for name, value in (("Cookie", cookie), ("Content-Type", "multipart/form-data; boundary=" + edge.decode()),
                        ("Content-Length", str(len(head) + UPLOAD + len(tail)))):  # fmt: skip
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(head)
    for _ in range(UPLOAD >> 20):
        connection.send(b" " * (1 << 20))
    connection.send(tail)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in {200, 303, 422}:
        sys.exit(f"the upload answered {answer.status}")
    figures.add(label, "upload of 100 MB: growth of the web process, MB", _memory(connection.pid) - before, 50)  # type: ignore[attr-defined]


def _memory(pid: int) -> float:
    """The peak of a process, in megabytes."""
    found = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[0]) / 1024
