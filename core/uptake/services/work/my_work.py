"""My work: what waits for a person, section by section, each with its number and the one next step."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_, sort_key
from uptake.models.jobs import Job
from uptake.models.progress import Update
from uptake.services.people.memberships import vacancies
from uptake.services.permissions import Person, may_somewhere, reach, require, require_somewhere
from uptake.services.work.work_rows import Found, Row, actor_names, load_rows, mark_reportable
from uptake.services.work.worklists import UNDERWAY, Assignments, Updates, Wanted, Worklist, look, stale_after, tally

ON_PAGE = 5
LIST_SIZE = 20
INSTITUTIONS = 10
TALLIED = ("open", "new", "overdue", "underway", "stale")
WRITERS = frozenset({"focal_point", "alternate", "member"})
VALIDATOR, COORDINATOR = frozenset({"validator"}), frozenset({"coordinator"})
READERS = frozenset({"observer"})
PUBLISHED_WITHIN = datetime.timedelta(days=30)
Actors = frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, in which institutions, today, and after how long a claim is old here."""

    person: Person
    actors: Actors
    today: datetime.date
    stale_after: datetime.timedelta


Make = Callable[[Asked], Worklist]


@dataclass(frozen=True, slots=True)
class Spec:
    """One section: for which roles, of what, in which institutions (those where they may do ``action``)."""

    name: str
    title: str
    hint: str
    roles: frozenset[str]
    action: str
    make: Make
    step: str = ""


def _recommendations(state: str) -> Make:
    return lambda asked: Wanted(asked.actors, (state,), stale_after=asked.stale_after, today=asked.today)


def _drafts(returned: bool) -> Make:
    """Who writes everywhere, as the coordinator does, is shown the own ones."""

    def make(asked: Asked) -> Worklist:
        what = (Update.state == "draft", Update.returned.is_(returned))
        own = what if asked.actors is not None else (*what, Update.author_id == asked.person.id)
        return Updates(asked.actors, own)

    return make


def _updates(*states: str) -> Make:
    return lambda asked: Updates(asked.actors, (Update.state.in_(states),))


def _assignments(state: str) -> Make:
    return lambda asked: Assignments(asked.actors, state)


def _published(asked: Asked) -> Worklist:
    start = datetime.datetime.combine(asked.today - PUBLISHED_WITHIN, datetime.time(), datetime.UTC)
    return Updates(asked.actors, (and_(Update.state == "published", Update.published >= start),), newest=True)


SECTIONS = (
    Spec("returned", N_("Sent back to you"), N_("Read the comment, mend the update, and hand it in again."),
         WRITERS, "update.draft", _drafts(True), "continue"),
    Spec("confirm", N_("Waiting for you to confirm"), N_("They go on their way when you confirm them."),
         VALIDATOR, "update.confirm", _updates("submitted"), "confirm"),
    Spec("approve", N_("Waiting for you to approve"), N_("Confirmed by their institutions. They are published when you approve them."),
         COORDINATOR, "update.approve", _updates("confirmed"), "approve"),
    Spec("declined", N_("Declined by institutions"), N_("Each came back with a reason. Find another institution, or ask again."),
         COORDINATOR, "assignment.assign", _assignments("declined"), "reassign"),
    Spec("overdue", N_("Overdue"), N_("The day has passed and nothing has been handed in."),
         WRITERS | VALIDATOR | COORDINATOR | READERS, "work.read", _recommendations("overdue"), "report"),
    Spec("new", N_("New for your institution"), N_("Accept what is yours; decline what is not, and say why."),
         WRITERS, "assignment.answer", _assignments("assigned"), "answer"),
    Spec("due", N_("Due within 90 days"), N_("The nearest first."),
         WRITERS | VALIDATOR | COORDINATOR | READERS, "work.read", _recommendations("due"), "report"),
    Spec("proposed", N_("Proposed by routing rules"), N_("Institutions learn of these when you confirm them."),
         COORDINATOR, "assignment.assign", _assignments("proposed"), "proposed"),
    Spec("release", N_("Approved, not yet published"), N_("They wait for their day, or until their set is released."),
         COORDINATOR, "update.publish", _updates("approved"), "release"),
    Spec("stale", N_("To confirm again"), N_("Say what is new; one click says that nothing has changed."),
         WRITERS, "work.read", _recommendations("stale"), "no_change"),
    Spec("unreported", N_("Nothing reported yet"), N_("Your institution has accepted these and never reported on them."),
         WRITERS, "work.read", _recommendations("unreported"), "report"),
    Spec("drafts", N_("Drafts"), N_("Begun, and seen by your institution alone."),
         WRITERS | COORDINATOR, "update.draft", _drafts(False), "continue"),
    Spec("underway", N_("On their way"), N_("Handed in; somebody else has the next step."),
         WRITERS, "update.draft", _updates(*UNDERWAY), "look"),
    Spec("published", N_("Published in the last 30 days"), N_("Everybody can read these."),
         READERS | COORDINATOR, "internal.read", _published, "look"),
)  # fmt: skip
BY_NAME = {spec.name: spec for spec in SECTIONS}


@dataclass(slots=True)
class Section:
    """A section with its first rows; ``count`` is that of the list behind it."""

    spec: Spec
    kind: str
    count: int
    rows: list[Row] = field(default_factory=list)
    number: int = 1
    size: int = ON_PAGE

    @property
    def path(self) -> str:
        """Where the whole list stands: recommendations can be narrowed further there."""
        return (
            f"/work/recommendations?state={self.spec.name}"
            if self.kind == "recommendation"
            else f"/work/{self.spec.name}"
        )

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.count // self.size))


@dataclass(slots=True)
class Institution:
    """An institution with what waits there, and whether nobody speaks for it."""

    id: int
    name: str
    counts: dict[str, int]
    vacant: bool


@dataclass(slots=True)
class MyWork:
    """The page. ``sections`` are those that the person's roles have, empty ones too."""

    sections: list[Section]
    institutions: list[Institution]
    institution_count: int
    failed_jobs: int | None

    @property
    def waiting(self) -> int:
        """How many things have a next step for this person."""
        return sum(section.count for section in self.sections if section.spec.name not in {"underway", "published"})


def my_work(session: Session, *, person: Person, today: datetime.date | None = None) -> MyWork:
    """What waits for the person: a constant number of queries, whatever the size of the register."""
    require_somewhere(person, "work.read")
    day = today or datetime.date.today()
    stale = stale_after(session)
    sections = []
    pages: list[tuple[Section, list[int]]] = []
    for spec in SECTIONS:
        if not holds(person, spec.roles):
            continue
        wanted = spec.make(Asked(person, _scope(person, spec), day, stale))
        ids, count = look(session, wanted, size=ON_PAGE)
        section = Section(spec, _kind(wanted), count)
        sections.append(section)
        pages.append((section, ids))
    _fill(session, person, pages)
    listed = institutions(session, person=person, today=day) if _oversees(person) else []
    return MyWork(sections, listed[:INSTITUTIONS], len(listed), _failed_jobs(session, person))


def section(
    session: Session, name: str, number: int = 1, *, person: Person, today: datetime.date | None = None
) -> Section:
    """One section as a list of its own, page by page. Raises ``NotFound`` where the person has no such section."""
    require_somewhere(person, "work.read")
    spec = BY_NAME.get(name)
    if spec is None or not holds(person, spec.roles):
        raise NotFound(N_("There is no such list of work for your role."), remedy=N_("Go back to My work."))
    asked = Asked(person, _scope(person, spec), today or datetime.date.today(), stale_after(session))
    wanted = spec.make(asked)
    ids, count = look(session, wanted, number, LIST_SIZE)
    found = Section(spec, _kind(wanted), count, number=number, size=LIST_SIZE)
    _fill(session, person, [(found, ids)])
    return found


def institutions(session: Session, *, person: Person, today: datetime.date | None = None) -> list[Institution]:
    """The institutions in the person's reach with what waits there, the latest first."""
    require_somewhere(person, "work.read")
    wanted = Wanted(reach(person, "work.read"), stale_after=stale_after(session), today=today or datetime.date.today())
    counts = tally(session, wanted, TALLIED)
    names, vacant = actor_names(session), vacancies(session)
    found = [Institution(id_, names.get(id_, ""), each, id_ in vacant) for id_, each in counts.items()]
    return sorted(found, key=lambda each: (-each.counts["overdue"], -each.counts["new"], sort_key(each.name)))


def holds(person: Person, roles: frozenset[str]) -> bool:
    """Whether the person has one of these roles anywhere."""
    return any(role in person.site_roles or person.actor_roles.get(role) for role in roles)


def _scope(person: Person, spec: Spec) -> Actors:
    """Where a section looks. Who may act everywhere as coordinator answers assignments only for an own institution."""
    found = reach(person, spec.action)
    if found is None and not person.site_roles & spec.roles:
        return _own(person, spec.roles)
    return found


def _own(person: Person, roles: frozenset[str]) -> frozenset[int]:
    return frozenset().union(*(person.actor_roles.get(role, frozenset()) for role in roles))


def _oversees(person: Person) -> bool:
    return bool(person.site_roles) or person.system


def _kind(wanted: Worklist) -> str:
    return {Wanted: "recommendation", Updates: "update", Assignments: "assignment"}[type(wanted)]


def _fill(session: Session, person: Person, pages: list[tuple[Section, list[int]]]) -> None:
    ids: dict[str, list[int]] = {"recommendation": [], "update": [], "assignment": []}
    for section, wanted in pages:
        ids[section.kind] += wanted
    rows = load_rows(
        session, ids["recommendation"], ids["update"], ids["assignment"], within=reach(person, "work.read")
    )
    mark_reportable(rows.recommendations.values(), person)
    for section, wanted in pages:
        found = _of(rows, section.kind)
        section.rows = [found[id_] for id_ in wanted if id_ in found]


def _of(rows: Found, kind: str) -> dict[int, Row]:
    return {"recommendation": rows.recommendations, "update": rows.updates, "assignment": rows.assignments}[kind]


def _failed_jobs(session: Session, person: Person) -> int | None:
    if not may_somewhere(person, "job.view"):
        return None
    require(person, "job.view")
    return len(session.scalars(select(Job.id).where(Job.state == "failed").limit(1000)).all())
