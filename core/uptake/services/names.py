"""Names for people: of States, mechanisms, terms and facet values, in the reader's language."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import N_, get_locale, language_name, pick, territory_name
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.progress import StatusValue
from uptake.models.states import State
from uptake.models.vocabularies import Term, Vocabulary
from uptake.services.progress.scales import grade_name, scale_name
from uptake.services.progress.status_scale import NAMES
from uptake.services.titles import titles_of

FIELDS = {
    "state": N_("State under review"), "family": N_("Kind of mechanism"), "mechanism": N_("Mechanism"), "body": N_("Mechanism"),
    "document": N_("Document"), "symbol": N_("Document symbol"), "theme": N_("Theme"), "group": N_("Persons affected"),
    "sdg": N_("Sustainable Development Goal"), "position": N_("Position of the State"), "kind": N_("Kind of text"),
    "language": N_("Language"), "year": N_("Year"), "recommender": N_("Recommending State"), "cycle": N_("Review cycle"),
    "source": N_("Source"), "missing": N_("No longer in the feed"), "action": N_("Action category"), "paragraph": N_("Paragraph"),
    "status": N_("Status"), "institution": N_("Institution"), "grade": N_("Grade by the mechanism"),
}  # fmt: skip
VALUES = {
    "family": {
        "upr": N_("Universal Periodic Review"), "treaty-body": N_("Treaty bodies"), "special-procedure": N_("Special procedures"),
        "regional": N_("Regional mechanisms"), "ilo": N_("International Labour Organization"),
    },
    "position": {
        "supported": N_("Supported"), "supported_in_part": N_("Supported in part"), "noted": N_("Noted"), "pending": N_("Pending"),
    },
    "kind": {
        "recommendation": N_("Recommendation"), "concern": N_("Concern or observation"), "pledge": N_("Voluntary pledge"),
        "decision": N_("Decision"), "remedy": N_("Remedy"), "other": N_("Other"), "unspecified": N_("Not specified"),
    },
    "source": {
        "uhri": N_("Universal Human Rights Index"), "upr-info": N_("UPR Info database"),
        "upr-matrix": N_("OHCHR thematic list (Word)"), "table": N_("Table"), "human": N_("Entered by hand"),
        "manual": N_("Entered by hand"), "machine": N_("Translated by machine"),
    },
    "missing": {"yes": N_("No longer in the feed")},
    "status": NAMES,
}  # fmt: skip
TERMS = frozenset({"theme", "group", "sdg", "action"})
NONE = {
    "position": N_("No position"), "theme": N_("No theme"), "group": N_("No group"), "sdg": N_("No goal"), "state": N_("No State"),
    "recommender": N_("No recommending State"), "year": N_("No date"), "document": N_("No document"), "mechanism": N_("No mechanism"),
    "family": N_("No mechanism"), "institution": N_("Not assigned"),
    "grade": N_("No grade"),
}  # fmt: skip


class Names:
    """The small tables, read once for a page: three queries at the most."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._documents: dict[str, str] = {}
        self._titles: dict[str, str] = {}

    @cached_property
    def states(self) -> dict[str, State]:
        """States by ISO 3166 alpha-3 code."""
        return {state.iso3: state for state in self.session.scalars(select(State))}

    @cached_property
    def mechanisms(self) -> dict[str, Mechanism]:
        """Mechanisms by code."""
        return {mechanism.code: mechanism for mechanism in self.session.scalars(select(Mechanism))}

    @cached_property
    def terms(self) -> dict[str, Term]:
        """Terms by slug."""
        return {term.slug: term for term in self.session.scalars(select(Term))}

    @cached_property
    def vocabularies(self) -> dict[int, Vocabulary]:
        """Vocabularies by id."""
        return {vocabulary.id: vocabulary for vocabulary in self.session.scalars(select(Vocabulary))}

    @cached_property
    def statuses(self) -> dict[str, dict[str, str]]:
        """The site's own words for each value of the status scale."""
        return dict(self.session.execute(select(StatusValue.code, StatusValue.names)).all())

    @cached_property
    def institutions(self) -> dict[str, dict[str, str]]:
        """Names of institutions by code."""
        return dict(self.session.execute(select(Actor.code, Actor.names)).all())

    def load_documents(self, ids: list[str]) -> None:
        """Read the symbols of some documents at once, before they are named."""
        wanted = [int(id_) for id_ in ids if id_.isascii() and id_.isdigit() and len(id_) < 10]
        rows = self.session.execute(select(Document.id, Document.symbol).where(Document.id.in_(wanted)))
        symbols = dict(rows.all())
        titles = titles_of(self.session, [id_ for id_, symbol in symbols.items() if not symbol])
        self._titles |= {str(id_): title.origin for id_, title in titles.items() if title.origin != "official"}
        self._documents |= {
            str(id_): symbol or (titles[id_].text if id_ in titles else "") for id_, symbol in symbols.items()
        }

    def state(self, iso3: str | None) -> str:
        """The name of a State."""
        state = self.states.get(iso3 or "")
        return territory_name(state.iso2, state.names, state.iso3) if state else iso3 or ""

    def mechanism(self, code: str | None) -> str:
        """The full name of a mechanism."""
        mechanism = self.mechanisms.get(code or "")
        return pick(mechanism.names) if mechanism else code or ""

    def term(self, slug: str) -> str:
        """The label of a term; goals and targets carry their number."""
        term = self.terms.get(slug)
        if term is None:
            return slug
        label = pick(term.labels)
        return f"{term.code} {label}" if self.vocabularies[term.vocabulary_id].kind == "sdg" else label

    def origins(self) -> dict[str, str]:
        """Of the terms whose label in the reader's language is a translation made here: who made it, by slug."""
        code = get_locale()
        return {slug: made for slug, term in self.terms.items() if (made := (term.unofficial or {}).get(code))}

    def origin(self, name: str, value: str) -> str:
        """Whether the name of a value is an unofficial one, by ``human`` or ``machine``; empty where it is not."""
        if name == "document":
            return self._titles.get(value, "")
        return self.origins().get(value, "") if name in TERMS else ""

    def field(self, name: str) -> str:
        """The name of a facet."""
        return _(FIELDS[name]) if name in FIELDS else name

    def value(self, name: str, value: str) -> str:
        """The name of one value of a facet."""
        if value == "none":
            return _(NONE[name]) if name in NONE else _("None")
        if name in {"state", "recommender"}:
            return self.state(value)
        if name in {"mechanism", "body"}:
            return self.mechanism(value) if value in self.mechanisms else self.value("family", value)
        if name in TERMS:
            return self.term(value)
        if name == "language":
            return language_name(value)
        if name == "document":
            return self._documents.get(value, value)
        if name == "institution":
            return pick(self.institutions.get(value)) or value
        if name == "status" and (own := pick(self.statuses.get(value))):
            return own
        if name == "grade":
            scale, _sign, grade = value.partition("/")
            return f"{scale_name(scale)} · {grade_name(scale, grade)}"
        known = VALUES.get(name, {}).get(value)
        return _(known) if known else value
