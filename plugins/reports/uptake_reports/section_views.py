"""The pages of a section: its text, its editor, its versions, what belongs there, and who writes it."""

from __future__ import annotations

from flask import redirect, render_template, request
from uptake.toolkit import (
    Conflict,
    Invalid,
    allowed,
    institution_options,
    moment,
    ngettext,
    people_named,
    person,
    session,
    site,
    version_from,
)
from uptake.toolkit import gettext as _

from uptake_reports import locks, outlines, reading, sections, sources, writing
from uptake_reports.access import found, section_for, writable
from uptake_reports.blueprint import View, blueprint, faults, refused, saved
from uptake_reports.comparing import compare
from uptake_reports.counting import words_in
from uptake_reports.drafts import number_of
from uptake_reports.models import Section
from uptake_reports.section_page import rendered, section_page
from uptake_reports.sections import SectionDraft

HERE = "/reports/sections/{}"


@blueprint.get("/sections/<int:section_id>")
@allowed("reports.read")
def section(section_id: int) -> View:
    """A section: what it says, what belongs there, and where its sentences come from."""
    number = number_of(request.args.get("page", "")) or 1
    shown = section_page(session(), section_id, request.args.get("q", "").strip()[:200], number, person=person())
    return render_template("reports/section.html", page=shown)


@blueprint.post("/sections/<int:section_id>/open")
@allowed("reports.write")
def open_section(section_id: int) -> View:
    """Begin to edit; where somebody else does, the editor says so and offers to take over."""
    locks.take(section_id, over=bool(request.form.get("over")), person=person())
    return redirect(site(f"{HERE.format(section_id)}/edit"), 303)


@blueprint.get("/sections/<int:section_id>/edit")
@allowed("reports.write")
def write(section_id: int) -> View:
    """The editor of a section."""
    row, _project = writable(session(), section_id, person())
    return _editor(row, row.body, row.version, "")


@blueprint.post("/sections/<int:section_id>/edit")
@allowed("reports.write")
def save(section_id: int) -> View:
    """Save the text of a section. What is stale is shown beside what was typed, and nothing is lost."""
    body, version = request.form.get("body", ""), version_from(request.form)
    try:
        writing.save(section_id, body, version=version, person=person())
    except Conflict as error:
        now = error.values.get("now")
        if not isinstance(now, dict):
            raise
        row = found(session(), Section, section_id)
        return _editor(row, body, int(now["version"]), str(now["body"])), 409
    except Invalid as error:
        row = found(session(), Section, section_id)
        return _editor(row, body, version, "", " ".join((_(error.message), *faults(error).values()))), 422
    if request.form.get("do") == "stay":
        return saved(f"{HERE.format(section_id)}/edit")
    locks.leave(section_id, person=person())
    return saved(HERE.format(section_id))


@blueprint.post("/sections/<int:section_id>/alive")
@allowed("reports.write")
def alive(section_id: int) -> View:
    """A sign of life of the editor."""
    taken = locks.take(section_id, over=False, person=person())
    return ("", 204) if taken else ("", 409)


@blueprint.post("/sections/<int:section_id>/leave")
@allowed("reports.write")
def leave(section_id: int) -> View:
    """Stop editing without saving."""
    locks.leave(section_id, person=person())
    return redirect(site(HERE.format(section_id)), 303)


@blueprint.post("/sections/<int:section_id>/take")
@allowed("reports.write")
def take(section_id: int) -> View:
    """Take pieces of the register into the text."""
    picks = [one.split("|", 2) for one in request.form.getlist("piece")]
    chosen = [(kind, ref, number_of(id_)) for id_, kind, ref in (one for one in picks if len(one) == 3)]
    try:
        count = sources.take_in(section_id, chosen, version=version_from(request.form), person=person())
    except Invalid as error:
        return refused(HERE.format(section_id), error)
    said = ngettext(
        "{count} piece was taken in, at the end of the text.",
        "{count} pieces were taken in, at the end of the text.",
        count,
    )
    return saved(HERE.format(section_id), said)


@blueprint.post("/sections/<int:section_id>/sources/<int:source_id>")
@allowed("reports.write")
def refresh(section_id: int, source_id: int) -> View:
    """Bring a source up to date, with its new words or without."""
    words, version = request.form.get("do") == "words", version_from(request.form)
    try:
        done = sources.refresh(source_id, words=words, version=version, person=person())
    except Invalid as error:
        return refused(HERE.format(section_id), error)
    if not done:
        said = Invalid(
            _("Your text differs from what was taken in, so it was left as it is."),
            remedy=_("Compare and edit it, then keep it."),
        )
        return refused(HERE.format(section_id), said)
    return saved(HERE.format(section_id))


@blueprint.get("/sections/<int:section_id>/versions")
@allowed("reports.read")
def versions(section_id: int) -> View:
    """The versions of a section, and two of them compared."""
    row, project = section_for(session(), section_id, person())
    listed = reading.versions(session(), section_id)
    by_number = {one.number: one for one in listed}
    numbers = sorted(by_number)
    new = number_of(request.args.get("new", "")) or (numbers[-1] if numbers else 0)
    old = number_of(request.args.get("old", "")) or max((one for one in numbers if one < new), default=0)
    before, after = (by_number[one].body if one in by_number else "" for one in (old, new))
    return render_template(
        "reports/versions.html", section=row, project=project, versions=listed, old=old, new=new, rows=compare(before, after),
        names=people_named(session(), [one.user_id for one in listed]),
    )  # fmt: skip


@blueprint.post("/sections/<int:section_id>/restore")
@allowed("reports.write")
def restore(section_id: int) -> View:
    """Bring an earlier version back."""
    number = number_of(request.form.get("number", ""))
    writing.restore(section_id, number, version=version_from(request.form), person=person())
    return saved(HERE.format(section_id))


@blueprint.post("/sections/<int:section_id>/comments")
@allowed("reports.comment")
def comment(section_id: int) -> View:
    """Say something to a paragraph."""
    anchor = request.form.get("anchor", "")
    back = f"{HERE.format(section_id)}#{anchor}" if anchor else HERE.format(section_id)
    try:
        writing.comment(section_id, anchor, request.form.get("comment", ""), person=person())
    except Invalid as error:
        return refused(HERE.format(section_id), error)
    return saved(back)


@blueprint.post("/comments/<int:comment_id>/resolve")
@allowed("reports.comment")
def resolve(comment_id: int) -> View:
    """Settle a comment."""
    return saved(HERE.format(writing.resolve(comment_id, person=person())))


@blueprint.get("/sections/<int:section_id>/settings")
@allowed("reports.manage")
def settings(section_id: int) -> View:
    """Who writes a section until when."""
    row = found(session(), Section, section_id)
    actor, user, share = (str(one or "") for one in (row.actor_id, row.user_id, row.share))
    draft = SectionDraft(row.heading, row.guidance, actor, user, str(row.due or ""), share, not row.counted)
    return _settings(row, draft, {}, row.version)


@blueprint.post("/sections/<int:section_id>/settings")
@allowed("reports.manage")
def arrange(section_id: int) -> View:
    """Save who writes a section until when."""
    names = ("heading", "guidance", "actor", "user", "due", "share")
    draft = SectionDraft(**{name: request.form.get(name, "") for name in names}, annex=bool(request.form.get("annex")))
    version = version_from(request.form)
    try:
        sections.arrange(section_id, draft, version=version, person=person())
    except Invalid as error:
        return _settings(found(session(), Section, section_id), draft, faults(error), version), 422
    return saved(f"/reports/{found(session(), Section, section_id).project_id}#s-{section_id}")


@blueprint.post("/<int:project_id>/sections")
@allowed("reports.manage")
def add(project_id: int) -> View:
    """Add a section."""
    try:
        id_ = sections.add(project_id, request.form.get("heading", ""), request.form.get("parent", ""), person=person())
    except Invalid as error:
        return refused(f"/reports/{project_id}", error)
    return saved(f"/reports/{project_id}#s-{id_}")


@blueprint.post("/sections/<int:section_id>/<any(up,down):direction>")
@allowed("reports.manage")
def shift(section_id: int, direction: str) -> View:
    """Move a section up or down."""
    return saved(f"/reports/{sections.shift(section_id, direction, person=person())}#s-{section_id}")


@blueprint.post("/sections/<int:section_id>/remove")
@allowed("reports.manage")
def remove(section_id: int) -> View:
    """Take an empty section away."""
    return saved(f"/reports/{sections.remove(section_id, version=version_from(request.form), person=person())}")


def _editor(row: Section, body: str, version: int, theirs: str, fault: str = "") -> str:
    row, project = section_for(session(), row.id, person())
    held = locks.held(session(), row.id)
    total, others = reading.limit_of(session(), project, row.id)
    outline = outlines.known(session(), project.outline)
    heading = words_in(row.heading) if row.counted and "headings" not in outline.uncounted else 0
    return render_template(
        "reports/editor.html", section=row, project=project, body=body, version=version, theirs=rendered(theirs) if theirs else None,
        held=held if held and held.user_id != person().id else None, others=others.words + heading, total=total,
        counted=row.counted, uncounted=outline.uncounted, fault=fault, moment=moment,
    )  # fmt: skip


def _settings(row: Section, draft: SectionDraft, errors: dict[str, str], version: int) -> str:
    project = section_for(session(), row.id, person())[1]
    return render_template(
        "reports/section_form.html", section=row, project=project, draft=draft, errors=errors, version=version,
        institutions=institution_options(session()), people=reading.people(session()),
    )  # fmt: skip
