"""A change of many in words: what its keys and values are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import N_, day
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.responsibility import Cluster
from uptake.models.vocabularies import Term, Vocabulary
from uptake.services.actors.institutions import name_of
from uptake.services.names import Names
from uptake.services.recommendations.bulk_values import Value, kind_of
from uptake.services.responsibility.assignment_rows import Part
from uptake.services.responsibility.follow_ups import PRIORITY_NAMES, REASON_NAMES
from uptake.services.responsibility.responsibility_pages import ROLE_NAMES, STATE_NAMES

_KEYS = {"due": N_("Due date"), "priority": N_("Priority")}


class KeyNames:
    """The names behind the keys of a change, read once: three queries."""

    def __init__(self, session: Session, keys: Iterable[str]) -> None:
        numbers: dict[str, set[int]] = {"tag": set(), "cluster": set(), "actor": set()}
        for key in keys:
            kind, number = kind_of(key)
            numbers.setdefault(kind, set()).add(number)
        names = Names(session)
        terms = select(Term.id, Term.slug, Vocabulary.kind).join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
        rows = session.execute(terms.where(Term.id.in_(numbers["tag"]))).all()
        self.kinds = {f"tag/{id_}": kind for id_, _slug, kind in rows}
        self._names = {f"tag/{id_}": names.term(slug) for id_, slug, _kind in rows}
        clusters = session.execute(select(Cluster.id, Cluster.title).where(Cluster.id.in_(numbers["cluster"])))
        self._names |= {f"cluster/{id_}": title for id_, title in clusters}
        actors = session.scalars(select(Actor).where(Actor.id.in_(numbers["actor"])))
        self._names |= {f"actor/{actor.id}": name_of(actor) for actor in actors}

    def key(self, key: str) -> str:
        """What a key stands for."""
        return _(_KEYS[key]) if key in _KEYS else self._names.get(key, key)

    def value(self, key: str, value: Value) -> str:
        """A value in words."""
        if key == "due":
            return day(date.fromisoformat(value), "medium") if value else _("No due date")
        if key == "priority":
            priority, reason, note = value or ("normal", None, None)
            words = [_(PRIORITY_NAMES[priority]), _(REASON_NAMES[reason]) if reason else "", note or ""]
            return ": ".join(word for word in words if word)
        if key.startswith("tag/"):
            return _("tagged") if any(not row[-1] for row in value or ()) else _("not tagged")
        if key.startswith("cluster/"):
            return _("in the cluster") if value else _("not in the cluster")
        part = Part(*value) if value else None
        return f"{_(ROLE_NAMES[part.role])}: {_(STATE_NAMES[part.state])}" if part else _("not responsible")
