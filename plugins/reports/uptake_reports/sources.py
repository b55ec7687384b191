"""What a section has taken from the register: taken in with its source, watched, and brought up to date."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from uptake.toolkit import N_, Invalid, Material, Person, material_of, may, record_event, speaking, transaction

from uptake_reports import pictures
from uptake_reports.access import MANAGE, found, require_version, writable
from uptake_reports.document import Block, Paragraph, Run, runs_of
from uptake_reports.models import PICTURE, Project, Section, Source
from uptake_reports.richtext import clean_body, to_blocks, to_html
from uptake_reports.writing import put

MOST = 200
Key = tuple[str, str, int]


def take_in(section_id: int, picks: Sequence[tuple[str, str, int]], *, version: int, person: Person) -> int:
    """Take pieces (kind, ref, recommendation) into a section, each with its source behind it; how many are new.

    What is not there, or not yet public for somebody who may not see it, is not taken. Raises ``Invalid`` for nothing at all.
    """
    with transaction() as session:
        section, project = writable(session, section_id, person)
        require_version(section, version)
        if not picks or len(picks) > MOST:
            raise Invalid(N_("Choose what to take in."), remedy=N_("Tick at most 200 pieces."))
        held = pieces(session, project, {id_ for _kind, _ref, id_ in picks}, may(person, MANAGE))
        blocks, new = to_blocks(section.body), 0
        known = {(one.kind, one.ref): one for one in _all(session, section_id)}
        there = {key for key, row in known.items() if str(row.uuid) in section.body}
        for kind, ref, id_ in picks:
            piece = held.get((kind, ref, id_))
            if piece is None or (kind, ref) in there:
                continue
            row = known.get((kind, ref)) or Source(section_id=section_id, kind=kind, ref=ref)
            blocks += _blocks(piece, str(_noted(session, row, piece, person).uuid))
            there.add((kind, ref))
            new += 1
        if new:
            put(session, section, clean_body(to_html(blocks)), person)
            said = {"sources": [f"{kind}:{ref}" for kind, ref, _id in picks]}
            record_event(session, person.mark, "reports.take", f"reports.section/{section_id}", said)
        return new


def refresh(source_id: int, *, words: bool, version: int, person: Person) -> bool:
    """Bring a source up to date. With ``words`` its new words (or numbers) replace the old ones where these still stand as they
    were taken; False where somebody has rewritten them, so that they stay."""
    with transaction() as session:
        source = found(session, Source, source_id)
        section, project = writable(session, source.section_id, person)
        require_version(section, version)
        if source.kind == PICTURE:
            pictures.renew(session, source, section, project, numbers=words)
            _recorded(session, source, person)
            return True
        ids = [source.recommendation_id] if source.recommendation_id else []
        key = (source.kind, source.ref, source.recommendation_id or 0)
        piece = pieces(session, project, ids, unpublished=True).get(key)
        if piece is None:
            raise Invalid(
                N_("The source is no longer to be seen."),
                remedy=N_("Take its words out, or keep them."),
            )
        done = True
        if words:
            blocks = _replaced(to_blocks(section.body), source, piece)
            done = blocks is not None
            if blocks is not None:
                put(session, section, clean_body(to_html(blocks)), person)
        if done or not words:
            _noted(session, source, piece)
            _recorded(session, source, person)
        return done


def _recorded(session: Session, source: Source, person: Person) -> None:
    subject = f"reports.section/{source.section_id}"
    record_event(session, person.mark, "reports.refresh", subject, {"source": f"{source.kind}:{source.ref}"})


def pieces(session: Session, project: Project, ids: Collection[int], unpublished: bool) -> dict[Key, Material]:
    """What the register holds on some recommendations now, in the report's language."""
    with speaking(project.language):
        held = material_of(session, sorted(set(ids)), unpublished=unpublished)
    return {(one.kind, one.ref, one.recommendation): one for listed in held.values() for one in listed}


def of_sections(session: Session, sections: Iterable[int]) -> list[Source]:
    """The sources that still stand behind words of some sections, in the order in which they were taken."""
    wanted = select(Source, Section.body).join(Section, Section.id == Source.section_id)
    rows = session.execute(wanted.where(Source.section_id.in_(list(sections))).order_by(Source.id))
    return [source for source, body in rows if str(source.uuid) in body]


def states(session: Session, project: Project, sources: Sequence[Source]) -> dict[int, str]:
    """How each source stands now: fresh, changed, or gone from what can be seen."""
    ids = {one.recommendation_id for one in sources if one.recommendation_id}
    texts = [one for one in sources if one.kind != PICTURE]
    return _states(texts, pieces(session, project, ids, unpublished=True)) | pictures.states(session, project, sources)


def watch(session: Session, recommendations: Collection[int] | None = None) -> int:
    """Write down which sources of open reports have changed, inside the running transaction; how many have only now."""
    wanted = (
        select(Source, Project, Section.body)
        .join(Section, Section.id == Source.section_id)
        .join(Project, Project.id == Section.project_id)
        .where(Project.status != "frozen")
    )
    if recommendations is not None:
        wanted = wanted.where(or_(Source.recommendation_id.in_(recommendations), Source.kind == PICTURE))
    by_project: dict[int, tuple[Project, list[Source]]] = {}
    for source, project, body in session.execute(wanted.order_by(Source.id)):
        if str(source.uuid) not in body:
            continue
        by_project.setdefault(project.id, (project, []))[1].append(source)
    count = 0
    for project, sources in by_project.values():
        now = states(session, project, sources)
        for source in sources:
            if source.state != now[source.id]:
                count += now[source.id] != "fresh"
                source.state = now[source.id]
    return count


def _states(sources: Iterable[Source], now: Mapping[Key, Material]) -> dict[int, str]:
    found = {}
    for one in sources:
        piece = now.get((one.kind, one.ref, one.recommendation_id or 0))
        found[one.id] = "gone" if piece is None else "fresh" if piece.fingerprint == one.fingerprint else "changed"
    return found


def _all(session: Session, section_id: int) -> list[Source]:
    return list(session.scalars(select(Source).where(Source.section_id == section_id)))


def _noted(session: Session, row: Source, piece: Material, person: Person | None = None) -> Source:
    """Write down what a source says now."""
    row.recommendation_id, row.label, row.path = piece.recommendation, piece.label[:300], piece.path[:300]
    row.text, row.fingerprint, row.state = piece.text, piece.fingerprint, "fresh"
    row.taken = datetime.datetime.now(datetime.UTC)
    if person is not None:
        row.user_id = person.id
    session.add(row)
    session.flush()
    return row


def _blocks(piece: Material, key: str) -> list[Block]:
    """A piece as it is taken in: its words as paragraphs, the source behind each; a recommendation after its number."""
    before = (Run(f"{piece.label}: ", bold=True),) if piece.kind == "recommendation" else ()
    said = [part.strip() for part in piece.text.split("\n\n") if part.strip()] or [piece.label]
    return [Paragraph((*(before if not index else ()), Run(part, source=key))) for index, part in enumerate(said)]


def _replaced(blocks: list[Block], source: Source, piece: Material) -> list[Block] | None:
    """The blocks with the new words in place of the old ones; None where these were rewritten."""
    key = str(source.uuid)
    at = [index for index, block in enumerate(blocks) if any(run.source == key for run in runs_of(block))]
    said = ["".join(run.text for run in runs_of(blocks[index]) if run.source == key) for index in at]
    old = [" ".join(part.split()) for part in source.text.split("\n\n") if part.strip()]
    if not at or [" ".join(one.split()) for one in said] != old:
        return None
    new = _blocks(piece, key)
    kept = [replace(block, anchor=blocks[index].anchor) for block, index in zip(new, at, strict=False)]
    result = list(blocks)
    for index in reversed(at[1:]):
        del result[index]
    result[at[0] : at[0] + 1] = [*kept, *new[len(kept) :]]
    return result
