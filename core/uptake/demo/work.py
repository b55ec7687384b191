"""The daily work of the demo country, made through the same services as everywhere: institutions, people, reports."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from uptake.db import session, transaction
from uptake.hooks.contributions import DemoCountry
from uptake.models.actors import Actor
from uptake.models.documents import Document
from uptake.models.people import User
from uptake.models.progress import Update, UpdateItem, UpdateStep
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.models.vocabularies import Term
from uptake.services.actors import institution_edits
from uptake.services.actors.institution_rules import Draft
from uptake.services.instance import settings_of
from uptake.services.people import accounts
from uptake.services.permissions import SYSTEM, Person, load_person
from uptake.services.plugins.extensions import registry_of
from uptake.services.progress import assessments, comments, evidence, standing, updates, workflow
from uptake.services.progress.scales import scales
from uptake.services.responsibility import assignments, clusters, follow_ups, routing

PASSWORD = "Heron crosses Ostrel"  # noqa: S105 (everybody may know it: the country does not exist)
SHOWN = (
    "coordinator",
    "focal",
    "alternate",
    "validator",
    "member",
    "nhri",
    "society",
    "observer",
    "translator",
    "admin",
)
MONTH = datetime.timedelta(days=30)


def sign_ins() -> dict[str, str]:
    """Address and role of those whom `uptake demo` shows."""
    people = {one["key"]: one for one in _data()["people"]}
    return {
        address_of(
            key
        ): f"{people[key]['role'].replace('_', ' ')}{', ' + people[key]['actor'] if people[key]['actor'] else ''}"
        for key in SHOWN
    }


def address_of(key: str) -> str:
    """The address with which one of the demo's people signs in."""
    return f"{key}@mirava.example"


def fill(hashed: Callable[[str], str]) -> bool:
    """Give the demo country its work, once; False where it has it. ``hashed`` turns the password into its hash."""
    if session().scalar(select(User.id).limit(1)):
        return False
    _Demo(_data(), hashed(PASSWORD)).fill()
    return True


def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("uptake.demo").joinpath("work.json").read_text("utf-8"))
    return found


class _Demo:
    def __init__(self, data: dict[str, Any], password: str) -> None:
        self._data, self._password = data, password
        self._users: dict[str, int] = {}

    def fill(self) -> None:
        """Everything, in the order in which it would happen."""
        self._institutions()
        self._people()
        self._found = _recommendations(session())
        self._actors = {code: id_ for id_, code in session().execute(select(Actor.id, Actor.code))}
        self._responsibility()
        for one in self._data["updates"]:
            self._report(one)
        for one in self._data["assessments"]:
            if one["scale"] in scales():  # a plugin's, which may not be installed
                self._assess(one)
        for one in self._data["comments"]:
            mentions = [self._users[key] for key in one["mentions"]]
            comments.write(
                one["text"], mentions, recommendation=self._uuid(one["paragraph"]), person=self._as(one["by"])
            )
        self._plugins()

    def _as(self, key: str) -> Person:
        return load_person(session(), self._users[key])

    def _institutions(self) -> None:
        for one in self._data["institutions"]:
            draft = Draft(one["code"], one["kind"], one["level"], one["parent"] or "", dict(one["names"]))
            draft.mandate = one.get("mandate", "")
            draft.website = f"https://{one['code'].lower()}.mirava.example"
            institution_edits.create(draft, person=SYSTEM)

    def _people(self) -> None:
        site = settings_of(session())
        for one in self._data["people"]:
            language = one["language"] if one["language"] in site.languages else site.default_language
            made = accounts.create(address_of(one["key"]), one["name"], one["role"], institution=one["actor"],
                                   language=language, password=self._password)  # fmt: skip
            self._users[one["key"]] = made.id

    def _uuid(self, paragraph: str, symbol: str = "A/HRC/58/12") -> UUID:
        return self._found[symbol, paragraph][1]

    def _responsibility(self) -> None:
        coordinator, today = self._as("coordinator"), datetime.date.today()
        for one in self._data["assignments"]:
            id_ = self._found[one["symbol"], one["paragraph"]][0]
            for role, codes in (("lead", [one["lead"]]), ("support", one["support"])):
                for code in codes:
                    assignments.assign(id_, self._actors[code], role, person=coordinator)
            wanted = follow_ups.Schedule(
                today + one["due"] * MONTH if one["due"] is not None else None, one["priority"], one["why"],
                None, one["continuous"]
            )  # fmt: skip
            follow_ups.plan(id_, wanted, person=coordinator)
            self._answer(id_, self._actors[one["lead"]], one["state"])
        for one in self._data["clusters"]:
            ids = [self._found[symbol, paragraph][0] for symbol, paragraph in one["members"]]
            lead = self._actors[one["lead"]]
            clusters.create(one["title"], person=coordinator, lead_id=lead, recommendations=ids)
        for one in self._data["routing"]:
            slug = _slug(session(), one["theme"])
            routing.add_rule(slug, self._actors[one["institution"]], "lead", person=coordinator)
        routing.run(person=coordinator)

    def _answer(self, id_: int, actor: int, state: str) -> None:
        row = session().execute(
            select(Assignment.id, Assignment.version).where(
                Assignment.recommendation_id == id_, Assignment.actor_id == actor
            )
        ).one()  # fmt: skip
        person = self._holder("focal_point", actor)
        if state == "accepted":
            assignments.accept(row.id, person=person, version=row.version)
        elif state == "declined":
            reason = "The decision lies with the National Assembly; the ministry only prepares the text."
            assignments.decline(row.id, reason, person=person, version=row.version)

    def _report(self, one: Mapping[str, Any]) -> None:
        person = self._as(one["by"])
        actor = next(iter(person.institutions))
        today = datetime.date.today()
        values = {
            "language": one["language"], "period_from": today - (one["months_ago"] + 6) * MONTH,
            "period_to": today - one["months_ago"] * MONTH, "done": one["done"], "effect": one["effect"],
            "obstacles": one["obstacles"], "next_step": one["next"], "claim": one["claim"],
            "claim_reason": one["reason"] if one["state"] != "returned" else "",
        }  # fmt: skip
        about = tuple(self._uuid(paragraph) for paragraph in one["paragraphs"])
        made = updates.create(updates.Beginning(actor, about, ""), values, person=person)
        for title, address in one["links"]:
            evidence.add_link(made.uuid, address, title, person=person)
        if one["state"] == "published" and one["claim"] == "substantially_done":
            report = f"{one['done']}\n{one['effect']}\n".encode()
            evidence.add_file(made.uuid, BytesIO(report), "note.txt", "Note on the figures", person=person)
        self._move(made.uuid, one, actor)
        _set_back(made.id, one["months_ago"])

    def _move(self, uuid: UUID, one: Mapping[str, Any], actor: int) -> None:
        steps = {"draft": (), "submitted": ("submit",), "confirmed": ("submit", "confirm"),
                 "approved": ("submit", "confirm", "approve"), "returned": ("submit", "return")}  # fmt: skip
        validator = self._holder("validator", actor)
        takers = {"submit": self._as(one["by"]), "confirm": validator, "return": validator}
        for name in steps.get(one["state"], ("submit", "confirm", "approve")):
            hold = workflow.Hold(gate="Mid-term report") if one["state"] == "approved" and name == "approve" else None
            version = workflow.load(session(), uuid).version
            comment = one["reason"] if name == "return" else ""
            taker = takers.get(name) or self._as("coordinator")
            workflow.take(uuid, name, person=taker, version=version, comment=comment, hold=hold)

    def _holder(self, role: str, actor: int) -> Person:
        """Who holds a role in an institution; the system where nobody does."""
        codes = {id_: code for code, id_ in self._actors.items()}
        keys = (one["key"] for one in self._data["people"] if (one["role"], one["actor"]) == (role, codes[actor]))
        key = next(keys, None)
        return self._as(key) if key else SYSTEM

    def _assess(self, one: Mapping[str, Any]) -> None:
        person = self._as(one["by"])
        by = assessments.MECHANISM if one["mechanism"] else str(next(iter(person.institutions)))
        day = (datetime.date.today() - one["months_ago"] * MONTH).isoformat()
        draft = assessments.Draft(
            by, f"{one['scale']}:{one['grade']}", one["text"], one["language"], day, one["source"] or ""
        )
        assessments.write(self._uuid(one["paragraph"], one["symbol"]), draft, publish=True, person=person)

    def _plugins(self) -> None:
        """What plugins add to the country; one that fails leaves its pages empty and stops nothing."""
        places = {place: uuid for place, (_, uuid) in self._found.items()}
        country = DemoCountry(self._as("coordinator"), self._actors, places)
        registry = registry_of(session())
        for name, tables in registry.tables.items():
            if tables.demo:
                with registry.faults.guard(registry.origins["register_tables", name], "demo"):
                    tables.demo(country)


def _recommendations(current: Session) -> dict[tuple[str, str], tuple[int, UUID]]:
    rows = current.execute(
        select(Document.symbol, Recommendation.paragraph, Recommendation.id, Recommendation.uuid)
        .join(Document, Document.id == Recommendation.document_id)
        .where(Recommendation.parent_id.is_(None))
        .order_by(Recommendation.id.desc())
    )
    return {(symbol or "", paragraph or ""): (id_, uuid) for symbol, paragraph, id_, uuid in rows}


def _slug(current: Session, theme: str) -> str:
    labels = current.execute(select(Term.slug, Term.labels))
    return next(slug for slug, names in labels if names.get("en", "").strip() == theme)


def _set_back(update_id: int, months: int) -> None:
    """Let an update have gone its way some months ago, some days from step to step: what was said long since looks so."""
    with transaction() as current:
        one = current.get_one(Update, update_id)
        steps = list(
            current.scalars(select(UpdateStep).where(UpdateStep.update_id == update_id).order_by(UpdateStep.id))
        )
        late = [months * MONTH + datetime.timedelta(days=4 * left + 1) for left in reversed(range(len(steps)))]
        for step, by in zip(steps, late, strict=True):
            current.execute(update(UpdateStep).where(UpdateStep.id == step.id).values(at=step.at - by))
        for name, by in (("created", late[0]), ("submitted", late[min(1, len(late) - 1)]), ("changed", late[-1]),
                         ("published", late[-1])):  # fmt: skip
            if when := getattr(one, name):
                setattr(one, name, when - by)
        current.flush()
        items = select(UpdateItem.recommendation_id).where(UpdateItem.update_id == update_id)
        standing.refresh(current, current.scalars(items))
