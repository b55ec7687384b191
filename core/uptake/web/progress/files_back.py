"""Files that went out and come back filled: uploaded, shown row by row as what they would do, and taken in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.errors import Invalid
from uptake.i18n import told
from uptake.services.storing.waiting_uploads import Waiting
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from

ON_PAGE = 50


def received(
    read: Callable[[BinaryIO, str], str], ask: Callable[[dict[str, str]], str], missing: str, folder: str
) -> Response | tuple[str, int]:
    """Read the file that was sent, and lead to what it would do; else ask again, and say what is wrong."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return ask({"file": missing}), 422
    try:
        token = read(cast("BinaryIO", file.stream), file.filename)
    except Invalid as error:
        return ask({"file": told(error)}), 422
    return redirect(site(f"{folder}/{token}"), 303)


def shown(template: str, found: Waiting[Any], **more: Any) -> str:
    """The rows of a file, all or of the kind that was chosen, a page at a time."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    wanted = request.args.get("what", "")
    chosen = wanted if wanted in found.counts else ""
    rows = [one for one in found.outcomes if not chosen or one.what == chosen]
    return render_template(
        template, found=found, rows=rows[(number - 1) * ON_PAGE : number * ON_PAGE], number_=number,
        pages=max(1, -(-len(rows) // ON_PAGE)), chosen=chosen, **more,
    )  # fmt: skip


def taken(said: str, to: str) -> Response:
    """Say what was taken, and lead on."""
    flash(said, "success")
    return redirect(site(to), 303)
