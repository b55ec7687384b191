"""A table as the answer to a request: in the format of the address' ending, with the columns that it names."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import Response, request, send_file

from uptake.db import session
from uptake.services.lists.list_files import FORMATS, ListFile, write_list
from uptake.web.portal.exports import asked_columns


def list_answer(table: ListFile, format: str, name: str, *, public: bool = True) -> Response:
    """The table as a file called ``name`` with the day; one that is not public is kept by no cache.

    Raises ``Invalid`` for an unknown format or column, and for more rows or columns than paper takes.
    """
    stream = BytesIO()
    if request.method != "HEAD":
        write_list(stream, format, table, session(), asked_columns())
    stream.seek(0)
    told = f"{name}-{date.today().isoformat()}.{format}"
    answer = send_file(stream, FORMATS.get(format), as_attachment=format != "json", download_name=told)
    answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate" if public else "private, no-store"
    return answer
