"""What coordinators and administrators choose for the site: known settings of a known kind, each with its default."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_
from uptake.models.audit import AuditEntry
from uptake.models.progress import SiteSetting
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.texts import unprintable

AT_ONCE, ON_A_DATE, BY_SET = "at_once", "on_date", "by_set"
LONGEST_TEXT, LONGEST_LABEL, LONGEST_DELAY = 5000, 100, 1000
_NUMBERS = re.compile(r"\d{1,4}(\s*[,;\s]\s*\d{1,4})*")


@dataclass(frozen=True, slots=True)
class Known:
    """One setting: its kind, what holds where nobody has chosen, and who may choose."""

    name: str
    kind: str
    default: Any
    label: str
    hint: str = ""
    action: str = "workflow.edit"
    choices: tuple[tuple[str, str], ...] = ()


SETTINGS = {
    one.name: one
    for one in (
        Known("confirm_updates", "yes", True, N_("A validator of the institution confirms each update"),
              N_("Switched off, an update that is submitted goes on at once.")),
        Known("approve_updates", "yes", True, N_("The coordinator approves each update"),
              N_("Switched off, an update that is confirmed goes on at once.")),
        Known("publish_updates", "choice", AT_ONCE, N_("When an approved update is published"),
              choices=((AT_ONCE, N_("At once")), (ON_A_DATE, N_("On a date")), (BY_SET, N_("Together with others, as a set")))),
        Known("publish_on", "day", None, N_("The date of publication"), N_("Proposed when an update is approved.")),
        Known("publish_set", "label", "", N_("The set that is being gathered"),
              N_("For example: Report of 2027. Proposed when an update is approved.")),
        Known("stale_after_days", "days", 90, N_("Days after which a claim counts as old"),
              N_("From then on it fades on its page, and its institution is asked whether it still holds.")),
        Known("escalate_after_days", "delays", [7, 21], N_("Days after the due date on which those above are told"),
              N_("Several are separated by commas. Leave it empty to tell nobody.")),
        Known("content_languages", "label", "", N_("Further languages of translations"),
              N_("Codes such as sw or pt_BR, separated by commas. The languages of the pages are there anyway."), "settings.edit"),
        Known("machine_translation", "yes", False, N_("Translators may ask a machine"),
              N_("What a plugin for it answers is shown as unofficial and by machine until a person confirms it. The texts are "
                 "sent to the service that the plugin is set up with."), "settings.edit"),
        Known("home_text", "texts", {}, N_("Text on the front page"),
              N_("One or two sentences in each language. Empty: nothing is shown."), "settings.edit"),
    )
}  # fmt: skip


def extend(known: Iterable[Known]) -> None:
    """Take in the settings of plugins; their names begin with the plugin's."""
    SETTINGS.update({one.name: one for one in known})


def get(session: Session, name: str) -> Any:
    """The value of a setting; its default where nobody has chosen."""
    row = session.get(SiteSetting, name)
    return SETTINGS[name].default if row is None else _read(SETTINGS[name], row.value)


def current(session: Session) -> dict[str, Any]:
    """All settings: one query."""
    rows = {row.name: row.value for row in session.scalars(select(SiteSetting))}
    return {name: _read(known, rows[name]) if name in rows else known.default for name, known in SETTINGS.items()}


def versions(session: Session) -> dict[str, int]:
    """How often each setting has been chosen; a form sends it back."""
    found = dict(session.execute(select(SiteSetting.name, SiteSetting.version)).all())
    return {name: found.get(name, 0) for name in SETTINGS}


def change(
    values: Mapping[str, Any], *, person: Person, seen: Mapping[str, int] | None = None, reason: str | None = None
) -> list[str]:
    """Choose settings; the names of those that have changed.

    ``seen`` holds the versions that the form was made from. Raises ``Invalid`` with the fields that cannot be taken,
    ``Conflict`` where somebody else has chosen meanwhile, ``Refused``.
    """
    for name in values:
        require(person, SETTINGS[name].action)
    taken = _checked(values)
    changed = []
    with transaction() as session:
        rows = {row.name: row for row in session.scalars(select(SiteSetting).execution_options(populate_existing=True))}
        for name, value in taken.items():
            row = rows.get(name)
            before = row.value if row else _plain(SETTINGS[name].default)
            if before == value:
                continue
            if seen is not None and seen.get(name, 0) != (row.version if row else 0):
                raise Conflict(
                    N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
                )
            if row is None:
                session.add(SiteSetting(name=name, value=value))
            else:
                row.value = value
            record_event(session, person.mark, "setting.change", f"setting/{name}", {name: [before, value]}, reason)
            changed.append(name)
    return changed


def latest_changes(session: Session, count: int = 10) -> list[AuditEntry]:
    """The last changes of settings and of the status scale, the newest first."""
    wanted = AuditEntry.action.in_(("setting.change", "status_scale.edit"))
    return list(session.scalars(select(AuditEntry).where(wanted).order_by(AuditEntry.id.desc()).limit(count)))


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    taken, wrong = {}, {}
    for name, value in values.items():
        try:
            taken[name] = _take(SETTINGS[name], value)
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(N_("These settings cannot be taken."), fields=wrong)
    return taken


def _take(known: Known, value: Any) -> Any:
    """A value of the setting's kind as it is stored; raises ``ValueError`` with what is wrong."""
    if known.kind == "yes":
        return bool(value)
    if known.kind == "choice":
        if value not in dict(known.choices):
            raise ValueError(N_("Choose one of the answers."))
        return value
    if known.kind == "day":
        return _day(value)
    if known.kind == "days":
        return _delays(value, at_most=1)[0]
    if known.kind == "delays":
        return _delays(value) if value or value == 0 else []
    if known.kind == "texts":
        kept = {str(language): _text(text, LONGEST_TEXT) for language, text in value.items()}
        return {language: text for language, text in sorted(kept.items()) if text}
    return _text(value, LONGEST_LABEL)


def _day(value: Any) -> str | None:
    if not value:
        return None
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(N_("Write the day as year-month-day, such as 2027-03-31.")) from None


def _delays(value: Any, at_most: int = 6) -> list[int]:
    written = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value).strip()
    found = sorted({int(part) for part in re.findall(r"\d+", written)}) if _NUMBERS.fullmatch(written) else []
    if not found or len(found) > at_most or not 0 < found[0] <= found[-1] <= LONGEST_DELAY:
        raise ValueError(N_("Write whole numbers of days from 1 to 1000."))
    return found


def _text(value: Any, longest: int) -> str:
    text = str(value or "").strip()
    if len(text) > longest:
        raise ValueError(N_("This is too long."))
    if unprintable(text):
        raise ValueError(N_("This holds a character that no document can hold."))
    return text


def _read(known: Known, stored: Any) -> Any:
    return datetime.date.fromisoformat(stored) if known.kind == "day" and stored else stored


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
