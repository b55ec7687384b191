"""What others say of the follow-up: the mechanism's grade, and assessments by NHRIs, civil society and the UN.

They stand beside the State's claim and are never mixed with it. No institution that answers for the follow-up writes or
changes one: only people who are themselves in the assessing institution do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism
from uptake.models.people import Membership
from uptake.models.progress import Assessment
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.search import index
from uptake.services.addresses import path_of
from uptake.services.audit import record_event
from uptake.services.permissions import ACTOR, Person, may, require, table
from uptake.services.progress import scales
from uptake.services.progress.evidence import checked_address
from uptake.services.telling import notice_words, notices
from uptake.services.telling.webhooks import announce
from uptake.texts import unprintable

MECHANISM = "mechanism"
notice_words.register("assessment.published", N_("An assessment by others was published of: {recommendation}"))
LONGEST = 20_000
EARLIEST = date(1948, 12, 10)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,4}){0,2}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form holds. ``by`` is the id of an institution, or ``mechanism``; ``grade`` is ``scale:grade``."""

    by: str
    grade: str
    text: str
    language: str
    date: str
    source: str = ""


def own_institutions(session: Session, person: Person, action: str = "assessment.write") -> dict[int, Actor]:
    """The assessing institutions in which the person has the role itself; roles in institutions above do not count."""
    roles = [role for role, scope in table()[action].items() if scope == ACTOR and person.actor_roles.get(role)]
    if not roles:
        return {}
    today = date.today()
    rows = session.scalars(
        select(Actor)
        .join(Membership, Membership.actor_id == Actor.id)
        .where(
            Membership.user_id == person.id,
            Membership.role.in_(roles),
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
            Actor.kind.in_(scales.assessors()),
            or_(Actor.closed_on.is_(None), Actor.closed_on > today),
        )
        .order_by(Actor.id)
    )
    return {actor.id: actor for actor in rows}


def may_write(session: Session, person: Person) -> bool:
    """Whether the person may grade or assess anything at all."""
    return may(person, "assessment.grade") or bool(own_institutions(session, person))


def write(recommendation: UUID, given: Draft, *, publish: bool, person: Person) -> Assessment:
    """Write an assessment or a grade, published at once or kept as a draft. The same one twice is there once."""
    with transaction() as session:
        index.lock(session)
        target = session.scalar(select(Recommendation).where(Recommendation.uuid == recommendation).with_for_update())
        if target is None:
            raise NotFound(N_("There is no recommendation at this address."), remedy=N_("Check the address."))
        actor = _may_write_as(session, given.by, person)
        one = Assessment(
            recommendation_id=target.id, actor_id=actor, mechanism_id=None if actor else target.mechanism_id,
            author_id=person.id, state="published" if publish else "draft", created=datetime.now(UTC),
        )  # fmt: skip
        _fill(session, one, given, target)
        twin = session.scalar(select(Assessment).where(*(
            getattr(Assessment, name) == getattr(one, name)
            for name in ("recommendation_id", "actor_id", "mechanism_id", "scale", "grade", "text", "date", "language", "state")
        )))  # fmt: skip
        if twin is not None:
            return twin
        session.add(one)
        index.refresh_facts(session, [target.id])
        said = {"grade": [None, f"{one.scale}:{one.grade}"], "state": [None, one.state]}
        record_event(
            session, person.mark, "assessment.write", _subject(one), {**said, "recommendation": [None, target.id]}
        )
        if publish:
            _tell(session, one, target, person)
    return one


def edit(uuid: UUID, given: Draft, *, version: int, publish: bool, person: Person) -> Assessment:
    """Change a draft, and publish it where wanted. What is published is never changed, only withdrawn."""
    with transaction() as session:
        one = _changeable(session, uuid, person)
        if one.version != version:
            raise Conflict(
                N_("Somebody has changed this draft since you opened it."),
                remedy=N_("Compare what you wrote with what stands there now, and save again."),
            )
        target = session.get_one(Recommendation, one.recommendation_id)
        before = {
            "grade": f"{one.scale}:{one.grade}",
            "text": one.text,
            "date": one.date.isoformat(),
            "state": one.state,
        }
        _fill(session, one, given, target)
        one.state = "published" if publish else "draft"
        index.refresh_facts(session, [target.id])
        after = {
            "grade": f"{one.scale}:{one.grade}",
            "text": one.text,
            "date": one.date.isoformat(),
            "state": one.state,
        }
        changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if changes:
            record_event(session, person.mark, "assessment.edit", _subject(one), dict(changes))
        if publish:
            _tell(session, one, target, person)
    return one


def withdraw(uuid: UUID, reason: str, *, person: Person) -> Assessment:
    """Take an assessment back; it is kept, and the trail says who did it and why."""
    with transaction() as session:
        one = _found(session, uuid, lock=True)
        if one.actor_id is not None and not may(person, "assessment.withdraw"):
            require(person, "assessment.withdraw", actor=one.actor_id)
            if one.actor_id not in own_institutions(session, person, "assessment.withdraw"):
                raise _not_yours()
        elif one.actor_id is None:
            require(person, "assessment.grade")
        if one.state == "withdrawn":
            return one
        if one.state == "published" and not reason.strip():
            raise Invalid(N_("Say why it is withdrawn."), fields={"reason": _(N_("Say why it is withdrawn."))})
        before, one.state = one.state, "withdrawn"
        index.refresh_facts(session, [one.recommendation_id])
        record_event(
            session, person.mark, "assessment.withdraw", _subject(one), {"state": [before, "withdrawn"]}, reason[:2000]
        )
    return one


def to_edit(session: Session, uuid: UUID, *, person: Person) -> Assessment:
    """A draft for its form."""
    return _changeable(session, uuid, person)


def mechanism_of(session: Session, recommendation: Recommendation) -> Mechanism | None:
    """Whose recommendation it is."""
    return session.get(Mechanism, recommendation.mechanism_id) if recommendation.mechanism_id else None


def _may_write_as(session: Session, by: str, person: Person) -> int | None:
    """The institution that speaks, None for the mechanism."""
    if by == MECHANISM:
        require(person, "assessment.grade")
        return None
    actor = int(by) if by.isdecimal() and len(by) < 10 else 0
    require(person, "assessment.write", actor=actor)
    if actor not in own_institutions(session, person):
        raise _not_yours()
    return actor


def _changeable(session: Session, uuid: UUID, person: Person) -> Assessment:
    one = _found(session, uuid)
    _may_write_as(session, MECHANISM if one.actor_id is None else str(one.actor_id), person)
    if one.state != "draft":
        raise Conflict(
            N_("What has been published is not changed any more."),
            remedy=N_("Withdraw it with a reason, and write a new one."),
        )
    return one


def _found(session: Session, uuid: UUID, *, lock: bool = False) -> Assessment:
    query = select(Assessment).where(Assessment.uuid == uuid)
    one = session.scalar(query.with_for_update() if lock else query)
    if one is None:
        raise NotFound(N_("There is no assessment at this address."), remedy=N_("Check the address."))
    return one


def _fill(session: Session, one: Assessment, given: Draft, target: Recommendation) -> None:
    """Check everything that was given and put it into the assessment. Raises ``Invalid`` per field."""
    wrong: dict[str, str] = {}
    mechanism = mechanism_of(session, target)
    by = MECHANISM if one.actor_id is None else "others"
    if by == MECHANISM and mechanism is None:
        wrong["by"] = _(N_("It is not known which mechanism made this recommendation."))
    scale, _sign, grade = given.grade.partition(":")
    known = {found.code: found for found in scales.fitting(by, mechanism.code if mechanism else None)}
    if scale not in known or grade not in known[scale].grades:
        wrong["grade"] = _(N_("Choose a grade."))
    text = given.text.strip()
    if len(text) > LONGEST:
        wrong["text"] = _(N_("The text is too long."))
    elif unprintable(text):
        wrong["text"] = _(N_("The text holds signs that cannot be shown."))
    if not _LANGUAGE.fullmatch(given.language):
        wrong["language"] = _(N_("Choose the language of the text."))
    day = _day(given.date)
    if day is None or not EARLIEST <= day <= date.today():
        wrong["date"] = _(N_("Give the day of the assessment; it cannot lie ahead."))
    source = _source(given.source, wrong)
    if wrong or day is None:
        raise Invalid(N_("The assessment was not saved."), remedy=N_("Correct what is marked."), fields=wrong)
    one.scale, one.grade, one.text, one.language, one.date, one.source = scale, grade, text, given.language, day, source


def _source(given: str, wrong: dict[str, str]) -> str | None:
    if not given.strip():
        return None
    try:
        return checked_address(given)
    except Invalid as error:
        wrong["source"] = error.fields["address"]
    return None


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _tell(session: Session, one: Assessment, target: Recommendation, person: Person) -> None:
    """Those who answer for the recommendation hear of it, and whoever listens from outside."""
    announce(session, "assessment.published", {"assessment": str(one.uuid), "recommendation": str(target.uuid)})
    actors = session.scalars(
        select(Assignment.actor_id).where(
            Assignment.recommendation_id == target.id, Assignment.state.in_(("assigned", "accepted"))
        )
    ).all()
    people = notices.people_of(session, None, "coordinator")
    for actor in actors:
        people |= notices.people_of(session, actor, "focal_point", "alternate")
    notices.tell(
        session, people - {person.id or 0}, "assessment.published", path_of("recommendation", target.uuid),
        values={"assessment": one.id, "recommendation": target.id}, once=f"assessment/{one.id}",
    )  # fmt: skip


def _subject(one: Assessment) -> str:
    return f"assessment/{one.id}"


def _not_yours() -> Refused:
    return Refused(
        N_("Only people of the institution that assesses may write or change its assessments."),
        remedy=N_("Ask the coordinator if this is your institution."),
    )


def for_form(recommendation: UUID, *, person: Person) -> tuple[Recommendation, str | None, dict[int, Actor]]:
    """What a form needs: the recommendation, the code of its mechanism, and the institutions to speak for."""
    session = current_session()
    own = own_institutions(session, person)
    if not own:
        require(person, "assessment.grade")
    target = session.scalar(select(Recommendation).where(Recommendation.uuid == recommendation))
    if target is None:
        raise NotFound(N_("There is no recommendation at this address."), remedy=N_("Check the address."))
    mechanism = mechanism_of(session, target)
    return target, mechanism.code if mechanism else None, own
