"""The kinds of reports that plugins bring, and the sections of which one of them is made for a mechanism."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    MechanismChoice,
    NotFound,
    ReportOutline,
    ReportSection,
    mechanism_options,
    registry_of,
)


def outlines(session: Session) -> dict[str, ReportOutline]:
    """All kinds by their code; those that only add sections to others are not among them."""
    return {code: one for code, one in registry_of(session).report_sections.items() if not one.extends}


def outline_of(session: Session, code: str) -> ReportOutline:
    """One kind. Raises ``NotFound`` where no plugin brings it any more."""
    found = outlines(session).get(code)
    if found is None:
        raise NotFound(N_("There is no kind of report called {code}."), remedy=N_("Look at the list."), code=code)
    return found


def places(session: Session, outline: ReportOutline) -> list[MechanismChoice]:
    """The mechanisms to which such a report can go; a first report goes to those that have said nothing yet as well."""
    options = mechanism_options(session, heard=not outline.across)
    anywhere = not outline.mechanisms and not outline.families
    return [one for one in options if anywhere or fits(outline, one.code, one.family)]


def known(session: Session, code: str) -> ReportOutline:
    """The same, and where its plugin is gone an empty one: what was written stays readable."""
    return outlines(session).get(code) or ReportOutline(code, {"en": code}, ())


def fits(outline: ReportOutline, mechanism: str, family: str) -> bool:
    """Whether such a report goes to this mechanism (``""``: to none)."""
    if not outline.mechanisms and not outline.families:
        return True
    return mechanism in outline.mechanisms or family in outline.families


def sections_for(session: Session, outline: ReportOutline, mechanism: str, family: str) -> tuple[ReportSection, ...]:
    """The sections of a report to this mechanism, with those that plugins add for it."""
    sections = outline.sections
    for one in registry_of(session).report_sections.values():
        if outline.code in one.extends and fits(one, mechanism, family):
            sections = _with(sections, one.under, one.sections)
    return sections


def _with(
    sections: tuple[ReportSection, ...], under: str, more: tuple[ReportSection, ...]
) -> tuple[ReportSection, ...]:
    if not under:
        return (*sections, *more)
    return tuple(
        replace(one, sections=(*one.sections, *more) if one.code == under else _with(one.sections, under, more))
        for one in sections
    )
