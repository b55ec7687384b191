"""Commands: ``uptake plans list``."""

from __future__ import annotations

from typing import Any

import click
from uptake.toolkit import Context, as_json, open_app, say, session

from uptake_plans.reading import plans


@click.command(name="list")
@as_json
def list_plans(context: Context) -> dict[str, Any]:
    """All plans, with how many of their actions stand where."""
    with open_app(context).app_context():
        rows = plans(session())
    for row in rows:
        say(f"{row.id}. {row.code} {row.title}: {row.done} of {row.wanted} actions done")
    return {
        "plans": [
            {
                "id": row.id,
                "code": row.code,
                "title": row.title,
                "actions": row.states,
                "done": row.done,
                "wanted": row.wanted,
            }
            for row in rows
        ]
    }
