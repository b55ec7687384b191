"""Facts before and after in words for people: names of fields and values, and texts word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from uptake.db import session
from uptake.i18n import N_, language_name
from uptake.i18n import gettext as _
from uptake.services.progress.status_scale import scale
from uptake.services.progress.workflow_moves import STATES
from uptake.services.translating.kinds import KINDS
from uptake.web.portal.pages import names
from uptake.web.running.audit_words import FACTS, STATUS_OF

LABELS = {
    "date": N_("Date"), "session": N_("Session"), "other_state": N_("Further States addressed"), "term": N_("Themes, groups and goals"),
    "positions": N_("What the State said"), "unresolved": N_("Words that no table knows"), "title": N_("Title"),
    "recommender": N_("Recommending States"), "due": N_("Due date"), "priority": N_("Priority"),
    "priority_reason": N_("Reason for the priority"), "priority_note": N_("Note on the priority"),
    "continuous": N_("A continuous duty"),
}  # fmt: skip
PARTS = {name: part.label for kind in KINDS.values() for name, part in kind.parts.items()} | {
    "origin": N_("Whose words")
}
ORIGINS = {"official": N_("Official"), "human": N_("By a person"), "machine": N_("By machine")}
_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
LONGEST = 4000


def fact_name(field: str) -> str:
    """The name of a fact."""
    if field.startswith("text."):
        return _("Text in {language}", language=language_name(field.removeprefix("text.")))
    if field.startswith(STATUS_OF):
        return _("Status of recommendation {number}", number=field.removeprefix(STATUS_OF))
    part, _dot, language = field.rpartition(".")
    if part in PARTS:
        return _("{part} in {language}", part=_(PARTS[part]), language=language_name(language))
    words = LABELS.get(field) or FACTS.get(field)
    return _(words) if words else names().field(field)


def fact_value(field: str, value: object) -> str:
    """A fact's value; a list as one line each."""
    if value is None or value == "":
        return ""
    if isinstance(value, (list, tuple)):
        return "\n".join(fact_value(field, item) for item in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    word = str(value)
    if field.startswith("origin.") and word in ORIGINS:
        return _(ORIGINS[word])
    if field in ("positions", "unresolved"):
        first, _blank, rest = word.partition(" ")
        return f"{names().value('position', first)} {rest}".strip() if field == "positions" else word
    if field == "state" and word in STATES:
        return _(STATES[word])
    if field in ("claim", "status") or field.startswith(STATUS_OF):
        found = scale(session()).get(word)
        return found.name if found else word
    if field in ("state", "other_state", "recommender"):
        return names().state(word)
    if field == "term":
        return names().term(word)
    if field in ("kind", "position", "mechanism"):
        return names().value(field, word)
    return word


def worded(before: object, after: object) -> list[tuple[str, str]]:
    """Two texts as pieces: ``same``, ``gone`` and ``new``, word by word."""
    left, right = _WORDS.findall(str(before)[:LONGEST]), _WORDS.findall(str(after)[:LONGEST])
    pieces: list[tuple[str, str]] = []
    for kind, start, end, other, stop in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(left[start:end])))
            continue
        if end > start:
            pieces.append(("gone", "".join(left[start:end])))
        if stop > other:
            pieces.append(("new", "".join(right[other:stop])))
    return pieces
