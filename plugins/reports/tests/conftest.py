"""A scene: a review of an invented State with six recommendations, and a report on it that three people write."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.notices import Notice
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.responsibility import Assignment
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.services.importing.sources import HUMAN, source_id
from uptake.testing.people import make_actor, make_person
from uptake.testing.reporting import Scene
from uptake.toolkit import Person, session, transaction
from uptake_reports import editing, writing
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Project, Section
from uptake_reports.section_page import section_page
from uptake_reports.sections import SectionDraft, arrange

from .returned import Report

TODAY = datetime.datetime.now(datetime.UTC).date()
SOON = (TODAY + datetime.timedelta(days=14)).isoformat()


class Reports(Scene):
    """Recommendations 118.1 to 118.6 of the Universal Periodic Review; the health ministry answers for the first four."""

    def __init__(self) -> None:
        super().__init__()
        self.nobody = make_actor("network", "civil_society").id
        self.society = make_person("focal_point", actor=self.nobody)
        with transaction() as current:
            index.lock(current)
            self.document = self._document(current)
        self.numbers: dict[str, UUID] = {}
        for number in range(1, 7):
            self._recommendation(f"118.{number}", "noted" if number == 5 else "supported", assigned=number < 5)

    def _document(self, current: Any) -> int:
        self.mechanism = current.scalars(select(Mechanism.id).where(Mechanism.code == "UPR")).one()
        self.state = current.scalars(select(State.id).where(State.iso3 == "SVN")).one()
        row = Document(uuid=uuid4(), key="A/HRC/58/12", symbol="A/HRC/58/12", mechanism_id=self.mechanism, date=TODAY)
        current.add(row)
        current.flush()
        return row.id

    def _recommendation(self, paragraph: str, position: str, *, assigned: bool) -> None:
        uuid = self.numbers[paragraph] = uuid4()
        with transaction() as current:
            index.lock(current)
            source = source_id(current, HUMAN)
            row = Recommendation(
                uuid=uuid, source_id=source, kind="recommendation", paragraph=paragraph, order_key=paragraph, position=position,
                mechanism_id=self.mechanism, document_id=self.document, state_id=self.state, date=TODAY,
            )  # fmt: skip
            current.add(row)
            current.flush()
            text = f"Do what stands in {paragraph.replace('118.', 'number ')}"
            current.add(
                RecommendationText(recommendation_id=row.id, language="en", source_id=source, raw=text, cleaned=text)
            )
            term = current.scalars(select(Term.id).where(Term.slug == "right-to-health")).one()
            current.add(Tag(recommendation_id=row.id, term_id=term, source_id=source))
            if assigned:
                now = datetime.datetime.now(datetime.UTC)
                current.add(
                    Assignment(
                        recommendation_id=row.id, actor_id=self.health, role="lead", state="accepted", created=now
                    )
                )
            current.flush()
            index.add(current, [row.id])

    def begin(self, outline: str = "upr.mid-term", **values: str) -> int:
        """A report on the review."""
        given = {"mechanism": str(self.mechanism), "document": str(self.document), "title": "Our report", **values}
        return editing.create(ProjectDraft(outline=outline, **given), person=self.coordinator)

    def section(self, project: int, code: str) -> Section:
        """A section as it is saved."""
        session().rollback()
        found = select(Section).where(Section.project_id == project, Section.code == code)
        return session().scalars(found.execution_options(populate_existing=True)).one()

    def hand(self, project: int, code: str, actor: int, due: str = "") -> int:
        """Let an institution write a section; its id."""
        row = self.section(project, code)
        draft = SectionDraft(row.heading, row.guidance, str(actor), "", due, str(row.share or ""), not row.counted)
        arrange(row.id, draft, version=row.version, person=self.coordinator)
        return row.id

    def project(self, id_: int) -> Project:
        """A report as it is saved."""
        session().rollback()
        return session().get_one(Project, id_, populate_existing=True)

    def pieces(self, section: int, person: Person | None = None) -> list[tuple[str, str, int]]:
        """What is offered to a section and not yet taken in."""
        shown = section_page(session(), section, "", 1, person=person or self.coordinator)
        return [
            (piece.kind, piece.ref, piece.recommendation)
            for offer in shown.offers.rows
            for piece, taken in offer.pieces
            if not taken
        ]

    def notices(self, kind: str) -> set[int]:
        """Who was told."""
        return set(session().scalars(select(Notice.user_id).where(Notice.kind == kind)))

    def move(self, project: int, *steps: str) -> None:
        """Approve, open or freeze a report."""
        for step in steps:
            editing.move(project, step, version=self.project(project).version, person=self.coordinator)

    def write(self, project: int, code: str, body: str) -> Section:
        """Save the text of a section."""
        row = self.section(project, code)
        writing.save(row.id, body, version=row.version, person=self.coordinator)
        return self.section(project, code)

    def id_of(self, paragraph: str) -> int:
        """The number of a recommendation."""
        return self.number(self.numbers[paragraph])


@pytest.fixture
def reports(app: Flask) -> Reports:
    """A review and those who report on it."""
    return Reports()


@pytest.fixture
def report(app: Flask) -> Report:
    """A briefing that two institutions write, for the way out to Word and back."""
    return Report()
