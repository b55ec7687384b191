"""The form of an institution: what was typed, what is saved, and what is wrong."""

from __future__ import annotations

import datetime

from flask import current_app, request
from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.i18n import N_, language_name
from uptake.i18n import gettext as _
from uptake.models.actors import KINDS, LEVELS, Actor
from uptake.services.actors.institution_edits import FIELDS
from uptake.services.actors.institution_rules import Draft, known
from uptake.services.actors.institutions import kind_name, level_name, options
from uptake.services.permissions import may
from uptake.web.params import clean
from uptake.web.who import person

LABELS = {
    "kind": N_("Kind"), "level": N_("Level"), "parent": N_("Belongs to"), "names": N_("Name"),
    "short_names": N_("Short name"), "email": N_("E-mail"), "phone": N_("Telephone"), "website": N_("Website"),
    "mandate": N_("Mandate"), "closed_on": N_("Closed on"), "code": N_("Code"),
}  # fmt: skip
_PLAIN = ("kind", "level", "parent", "email", "phone", "website", "mandate")


class Form:
    """What the template of the form shows. After a POST it holds what was typed."""

    def __init__(self, session: Session, actor: Actor | None, *, typed: bool | None = None) -> None:
        self.actor = actor
        self._session = session
        self.errors: dict[str, str] = {}
        self.both: list[tuple[str, str, str]] = []
        self._known = known(session)
        self.saved = self._known[actor.code.casefold()] if actor else Draft()
        self.contact_only = not may(person(), "actor.edit")
        named = [*self.saved.names, *self.saved.short_names]
        self.languages = list(dict.fromkeys([*current_app.extensions["uptake"].languages, *named]))
        sent = request.method == "POST" if typed is None else typed
        self.draft = self._typed() if sent else self.saved
        self.version = request.form.get("version", 0, type=int) if sent else actor.version if actor else 0
        self.reason = clean(request.form.get("reason", ""))[:500] or None

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Kinds to choose from."""
        return [(code, kind_name(code)) for code in KINDS]

    @property
    def levels(self) -> list[tuple[str, str]]:
        """Levels to choose from."""
        return [(code, level_name(code)) for code in LEVELS]

    def parents(self) -> list[tuple[str, str]]:
        """Institutions to belong to."""
        codes = {draft.code for draft in self._known.values()} - {self.saved.code}
        named = dict(options_by_code(self._session))
        if self.saved.parent:
            named.setdefault(self.saved.parent, self.saved.parent)
        return [(code, name) for code, name in named.items() if code in codes]

    def told(self, error: Invalid) -> dict[str, str]:
        """What is wrong, by the fields of the form, in the reader's language."""
        first = f"name_{self.languages[0]}"
        return {first if name == "name" else name: what for name, what in told(error).items()}

    def compare(self, session: Session) -> None:
        """Show both versions, and let the next send count on the one that is saved now."""
        session.rollback()
        assert self.actor is not None
        session.refresh(self.actor)
        self.version = self.actor.version
        self.saved = known(session)[self.actor.code.casefold()]
        self.both = [
            (_(LABELS[name]), shown(self.saved, name), shown(self.draft, name))
            for name in FIELDS
            if name != "closed_on"
        ]

    def _typed(self) -> Draft:
        typed = {name: _text(name) for name in _PLAIN}
        if self.contact_only:
            typed |= {name: getattr(self.saved, name) for name in ("kind", "level", "parent", "mandate")}
        draft = Draft(code=self.saved.code or _text("code"), closed_on=self.saved.closed_on)
        for name, text in typed.items():
            setattr(draft, name, text)
        for language in self.languages:
            draft.names[language] = _text(f"name_{language}")
            draft.short_names[language] = _text(f"short_name_{language}")
        if self.contact_only:
            draft.names, draft.short_names = dict(self.saved.names), dict(self.saved.short_names)
        return draft


def options_by_code(session: Session) -> list[tuple[str, str]]:
    """Open institutions by name, with their codes."""
    codes = {id_: code for code, id_ in session.query(Actor.code, Actor.id)}
    return [(codes[id_], name) for id_, name in options(session)]


def shown(draft: Draft, name: str) -> str:
    """One field as words for people."""
    value = getattr(draft, name)
    if isinstance(value, dict):
        return "\n".join(f"{language_name(language)}: {said}" for language, said in sorted(value.items()) if said)
    if name == "kind":
        return kind_name(value)
    return level_name(value) if name == "level" else str(value or "")


def told(error: Invalid) -> dict[str, str]:
    """What is wrong at each field in the reader's language; under an empty name what is wrong with the whole."""
    return {name: _(what, **error.values) for name, what in error.fields.items()} or {
        "": _(error.message, **error.values)
    }


def day_of(name: str) -> datetime.date | None:
    """A day of the form; None where it is left empty."""
    written = clean(request.form.get(name, ""))
    if not written:
        return None
    try:
        return datetime.date.fromisoformat(written[:10])
    except ValueError:
        raise Invalid(N_("Please look at this again."), fields={name: N_("Write the day as 2025-01-31.")}) from None


def _text(name: str) -> str:
    return request.form.get(name, "")
