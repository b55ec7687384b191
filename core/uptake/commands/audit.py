"""Commands on the audit trail: prove it, export it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from uptake.commands.base import Context, Refusal, as_json, open_app, say
from uptake.db import db, session
from uptake.errors import Invalid
from uptake.services import audit_pages
from uptake.services.audit_pages import FORMATS, Filter
from uptake.services.permissions import SYSTEM


@click.group()
def audit() -> None:
    """Prove or export the audit trail."""


@audit.command()
@as_json
def verify(context: Context) -> dict[str, Any]:
    """Walk the whole chain; where it is broken, name the first entry and end with exit code 2."""
    app = open_app(context)
    with app.app_context():
        proof = audit_pages.prove(session(), person=SYSTEM)
        say(audit_pages.described(proof), bold=proof.broken is not None)
    result = {"entries": proof.count, "whole": proof.broken is None, "broken": proof.broken}
    return result if proof.broken is None else Refusal(result)


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--who", default="", help="Part of a name, an e-mail address, or a mark such as user/7.")
@click.option("--action", default="", help="Such as recommendation.edit, or its beginning.")
@click.option("--subject", default="", help="Such as recommendation/17, or recommendation.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Until this day, included.")
@as_json
def export(
    context: Context, file: str, who: str, action: str, subject: str, since: datetime | None, until: datetime | None
) -> dict[str, Any]:
    """Write what fits to FILE; its ending (csv, jsonl) is the format."""
    path = Path(file)
    form = path.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise Invalid(
            "{file} has no known ending.", remedy="Endings: {names}.", file=path.name, names=", ".join(FORMATS)
        )
    app = open_app(context)
    wanted = Filter(who, action, subject, since.date() if since else None, until.date() if until else None)
    part = path.with_name(f".{path.name}.part")
    with app.app_context():
        try:
            with part.open("wb") as stream:
                stream.writelines(audit_pages.export(session(), db.engine, wanted, form, person=SYSTEM))
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise Invalid("{file} cannot be written: {error}.", file=str(path), error=error.strerror) from error
    say(f"Written to {path}.")
    return {"file": str(path)}
