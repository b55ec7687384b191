"""The API measured: a list of a hundred with relations beside the list for people, and the queries that each takes."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.bench.measure import WORDS, Figures, environment, get, run, served

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
    """Ask both lists for the same words in turn, so that both meet the same moments of the machine."""
    times: dict[str, list[float]] = {HTML: [], API: [], WITH_ALL: []}
    rng = random.Random(3)
    with served(instance, database, UPTAKE_LIMITS_API_PER_MINUTE="1000000") as connection:
        for address in times:
            for word in WORDS:
                get(connection, address.format(word=word.replace(" ", "+")))
        for _ in range(ROUNDS):
            word = rng.choice(WORDS).replace(" ", "+")
            for address, found in times.items():
                found.append(get(connection, address.format(word=word))[0])
    html, api, whole = (sorted(found)[int(ROUNDS * 0.95)] for found in times.values())
    figures.add(label, "HTML list of 100, p95 in ms", html, None)
    figures.add(
        label, "API list of 100 with states, terms, status and institutions, p95 / HTML list's", api / html, 1.0
    )
    figures.add(label, "the same with all texts, updates and assessments, p95 / HTML list's", whole / html, 1.0)
    queries = run([sys.executable, "-c", COUNT, str(instance)], **environment(instance, database)).output.split()
    figures.add(label, "queries of the API list with all relations, 10 and 100", " ".join(queries), None)
    figures.add(label, "its queries for 100 / for 10", int(queries[1]) / int(queries[0]), 1.0)
