"""Reports as files, for pages and programs: in every format that a plugin brings."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from uuid import UUID

from flask import Response, send_file
from uptake.toolkit import NotFound, Person, ReportFormat, registry_of, require_somewhere, session, slugify
from uptake.toolkit import gettext as _

from uptake_reports import assembling, publishing
from uptake_reports.access import READ
from uptake_reports.document import Document


def whole(project_id: int, suffix: str, *, person: Person) -> Response:
    """A report as it stands now. Raises ``NotFound`` for whoever may not read it, and for a format that nobody brings."""
    require_somewhere(person, READ)
    made = _format(suffix)
    report = assembling.assemble(session(), project_id, person=person)
    return _sent(report.title, made, _written(made, report))


def public(uuid: UUID, suffix: str) -> Response:
    """A published report, made once for all who ask. Raises ``NotFound`` for one that is not public."""
    made, found = _format(suffix), publishing.public_page(session(), uuid)
    report = found.document
    if report is None:
        raise NotFound(_("There is no format called {name}."), name=suffix)
    data = publishing.kept.get(f"{made.suffix}:{found.key}", lambda: _written(made, report))
    return _sent(found.report.title, made, data)


def _format(suffix: str) -> ReportFormat:
    made = registry_of(session()).report_formats.get(suffix)
    if made is None:
        raise NotFound(_("There is no format called {name}."), name=suffix)
    return made


def _written(made: ReportFormat, report: Document) -> bytes:
    stream = BytesIO()
    made.write(report, stream)
    return stream.getvalue()


def _sent(title: str, made: ReportFormat, data: bytes) -> Response:
    name = f"{slugify(title)[:80] or 'report'}.{made.suffix}"
    return send_file(
        BytesIO(data), mimetype=made.media_type, as_attachment=True, download_name=name, etag=sha256(data).hexdigest()
    )
