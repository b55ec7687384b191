"""Writing reports through the API: begun, framed, handed out, written and closed, by the rules of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Response
from uptake.toolkit import (
    Invalid,
    Person,
    api_matched,
    api_thing,
    api_writer,
    find_document,
    institutions_by_code,
    mechanism_options,
    recommendation_ids,
    session,
    state_options,
)

from uptake_reports import api_bodies as sent
from uptake_reports import api_reading as reading
from uptake_reports import api_schemas as said
from uptake_reports import editing, sections, sending
from uptake_reports.access import MANAGE, WRITE, found
from uptake_reports.api_views import blueprint
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Project, Section
from uptake_reports.sections import SectionDraft

SCOPE = "reports:write"
DAYS = ("period_from", "period_to", "deadline")
Given = dict[str, Any]


@blueprint.writes(
    "", said.WholeReport, endpoint="create_report", about="Begin a report", scope=SCOPE, needs=MANAGE,
    body=sent.ReportDraft, status=201,
)  # fmt: skip
def create(given: Given) -> Response:
    """Needs the scope reports:write. With all sections of its kind, which says to which mechanisms it can go."""
    person, uuid, symbol = api_writer(SCOPE), given.pop("id", None), given.pop("document")
    mechanisms = {one.code: one.id for one in mechanism_options(session(), heard=False)}
    states = {code: id_ for id_, code, _name in state_options(session())}
    answered = find_document(session(), symbol=symbol) if symbol else None
    draft = replace(
        ProjectDraft(**_typed(given)),
        mechanism=str(mechanisms.get(given["mechanism"], given["mechanism"])),
        state=str(states.get(given["state"], given["state"])),
        document=str(answered[0]) if answered else symbol,
    )
    with _by_its_name():
        id_ = editing.create(draft, person=person, uuid=uuid)
    return api_thing(_report(id_, person), 201, at=f"reports/{id_}")


@blueprint.writes(
    "/<int:id>", said.WholeReport, endpoint="change_report", about="Change the frame of a report", scope=SCOPE,
    needs=MANAGE, body=sent.ReportChange, method="PATCH", conditional=True,
)  # fmt: skip
def change(given: Given, id: int) -> Response:
    """Needs the scope reports:write. Title, period, deadline, language and limit; its kind and mechanism stay."""
    person = api_writer(SCOPE)
    version = api_matched(_report(id, person)["version"])
    row = found(session(), Project, id)
    now = {name: getattr(row, name) for name in ("title", "language", *DAYS)} | {"words_limit": row.words}
    with _by_its_name():
        editing.change(id, ProjectDraft(**_typed(now | given)), version=version, person=person)
    return api_thing(_report(id, person))


@blueprint.writes(
    "/<int:id>/steps", said.WholeReport, endpoint="move_report", about="Approve, open or freeze a report", scope=SCOPE,
    needs=MANAGE, body=sent.ReportStep, conditional=True,
)  # fmt: skip
def step(given: Given, id: int) -> Response:
    """Needs the scope reports:write. What is frozen stays as it is for good."""
    person = api_writer(SCOPE)
    version = api_matched(_report(id, person)["version"])
    editing.move(id, given["step"], version=version, person=person)
    return api_thing(_report(id, person))


@blueprint.writes(
    "/<int:id>/sections/<int:section>", said.WholeReportSection, endpoint="change_report_section",
    about="Say who writes a section until when", scope=SCOPE, needs=MANAGE, body=sent.SectionChange, method="PATCH",
    conditional=True,
)  # fmt: skip
def arrange(given: Given, id: int, section: int) -> Response:
    """Needs the scope reports:write. Whoever is new to it is told."""
    person = api_writer(SCOPE)
    version = api_matched(_section(id, section, person)["version"])
    with _by_its_name():
        sections.arrange(
            section, _surroundings(found(session(), Section, section), given), version=version, person=person
        )
    return api_thing(_section(id, section, person))


@blueprint.writes(
    "/<int:id>/sections/<int:section>/text", said.WholeReportSection, endpoint="write_report_section",
    about="Write the text of a section", scope=SCOPE, needs=WRITE, body=sent.SectionText, method="PUT", conditional=True,
)  # fmt: skip
def write(given: Given, id: int, section: int) -> Response:
    """Needs the scope reports:write, and a part in the section. Each saving is a version; 409 names who is editing it."""
    person = api_writer(SCOPE)
    version = api_matched(_section(id, section, person)["version"])
    body = given["body"] if "body" in given else sending.paragraphs(given["text"])
    sending.send_text(section, body, version=version, over=given["take_over"], person=person)
    return api_thing(_section(id, section, person))


@blueprint.writes(
    "/<int:id>/sections/<int:section>/sources", said.WholeReportSection, endpoint="take_into_report_section",
    about="Take pieces of the register into a section", scope=SCOPE, needs=WRITE, body=sent.SectionPieces,
    conditional=True,
)  # fmt: skip
def take_in(given: Given, id: int, section: int) -> Response:
    """Needs the scope reports:write, and a part in the section. They come to its end; what is there already is left out."""
    person = api_writer(SCOPE)
    version = api_matched(_section(id, section, person)["version"])
    ids = recommendation_ids(session(), [one["recommendation"] for one in given["pieces"]])
    picks = [(one["kind"], one["ref"], ids.get(one["recommendation"], 0)) for one in given["pieces"]]
    sending.send_pieces(section, picks, version=version, over=given["take_over"], person=person)
    return api_thing(_section(id, section, person))


def _report(id_: int, person: Person) -> Given:
    session().expire_all()
    return reading.report(session(), id_, person=person)


def _section(id_: int, section: int, person: Person) -> Given:
    session().expire_all()
    return reading.section(session(), id_, section, person=person)


def _typed(given: Given) -> dict[str, str]:
    """Values as forms send them."""
    words = {"words_limit": "words"}
    return {words.get(name, name): "" if value is None else str(value) for name, value in given.items()}


def _surroundings(row: Section, given: Given) -> SectionDraft:
    """What surrounds the text of a section, with what is to be changed of it."""
    now = {"heading": row.heading, "guidance": row.guidance, "due": row.due, "words_limit": row.share}
    typed = _typed(now | {name: given[name] for name in now.keys() & given.keys()})
    actor = str(row.actor_id or "")
    if code := given.get("institution", ""):
        actor = str(institutions_by_code(session(), [code]).get(code, code))
    elif "institution" in given:
        actor = ""
    return SectionDraft(
        typed["heading"], typed["guidance"], actor, str(row.user_id or ""), typed["due"], typed["words"],
        given.get("annex", not row.counted),
    )  # fmt: skip


@contextmanager
def _by_its_name() -> Iterator[None]:
    """Say what is wrong with a field under the name that the program has sent."""
    names = {"words": "words_limit", "share": "words_limit", "actor": "institution"}
    try:
        yield
    except Invalid as error:
        error.fields = {names.get(name, name): what for name, what in error.fields.items()}
        raise
