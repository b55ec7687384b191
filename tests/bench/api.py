"""The API measured: a list of a hundred with relations beside the list for people, and the queries that each takes."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.bench.measure import WORDS, Figures, environment, get, processor_ms, run, served

ROUNDS = 60
HTML = "/recommendations?q={word}&size=100"
API = "/api/v1/recommendations?q={word}&limit=100"
WITH_ALL = API + "&include=texts&include=updates&include=assessments"
COUNT = """
import sys
from pathlib import Path
from sqlalchemy import event
from uptake import db
from uptake.app import create_app
app = create_app(Path(sys.argv[1]))
client, seen = app.test_client(), []
with app.app_context():
    event.listen(db.db.engine, "before_cursor_execute", lambda *values: seen.append(values[2]))
client.get("/api/v1/recommendations?q=women")
for limit in (10, 100):
    seen.clear()
    client.get(f"/api/v1/recommendations?q=women&limit={limit}&include=texts&include=updates&include=assessments")
    print(len(seen), end=" ")
"""


def measure_api(instance: Path, database: str, figures: Figures, label: str) -> None:
    """Ask both lists for the same words in turn, so that both meet the same moments of the machine; the processor time of the
    server is told beside the wall time, since others may be at work on the machine."""
    found: dict[str, list[tuple[float, float]]] = {HTML: [], API: [], WITH_ALL: []}
    rng = random.Random(3)
    with served(instance, database, UPTAKE_LIMITS_API_PER_MINUTE="1000000") as connection:
        for address in found:
            for word in WORDS:
                get(connection, address.format(word=word.replace(" ", "+")))
        for _ in range(ROUNDS):
            word = rng.choice(WORDS).replace(" ", "+")
            for address, times in found.items():
                before = processor_ms(connection)
                wall = get(connection, address.format(word=word))[0]
                times.append((wall, processor_ms(connection) - before))
    figures.add(label, "HTML list of 100, p95 in ms", _part(found[HTML], 0, 0.95), None)
    for address, what in (
        (API, "API list of 100 with states, terms, status and institutions"),
        (WITH_ALL, "the same with all texts, updates and assessments"),
    ):
        for which, kind in enumerate(("wall", "processor")):
            for share in (0.5, 0.95):
                ratio = _part(found[address], which, share) / _part(found[HTML], which, share)
                bar = 1.0 if share > 0.5 else None
                figures.add(label, f"{what}, {kind} time, p{share * 100:.0f} / HTML list's", ratio, bar)
    queries = run([sys.executable, "-c", COUNT, str(instance)], **environment(instance, database)).output.split()
    figures.add(label, "queries of the API list with all relations, 10 and 100", " ".join(queries), None)
    figures.add(label, "its queries for 100 / for 10", int(queries[1]) / int(queries[0]), 1.0)


def _part(found: list[tuple[float, float]], which: int, share: float) -> float:
    return sorted(times[which] for times in found)[int(ROUNDS * share)]
