"""What a plugin puts before the reader: menus, panels on the pages of the core, and a language of the interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from uptake.hooks.person import Person

PLACES = ("recommendation", "institution", "mechanism", "home", "work")


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """A language of the interface: ``folder`` holds ``<code>/LC_MESSAGES/messages.po``.

    ``own_name`` is needed where CLDR does not know the language. ``complete`` is False for a pack that leaves words in
    English, ``needs_review`` True where no native speaker has read it yet: a new site offers neither by itself.
    ``glossary`` is a JSON file of its terms.
    """

    code: str
    folder: Path
    own_name: str = ""
    complete: bool = True
    needs_review: bool = False
    glossary: Path | None = None


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry in the menu for those who may do ``action``; an empty one is for every visitor and stands in the main menu."""

    path: str
    label: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class PanelContext:
    """For whom and on what a panel is shown: ``subject`` is the id of the recommendation, institution or mechanism, else None."""

    person: Person
    subject: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of one of the core's pages (``place``: recommendation, institution, mechanism, home or work), named ``<plugin>.<name>``.

    ``load`` returns what ``template`` needs, or None for no panel here; ``title`` is its heading. Panels with an
    ``action`` are shown only to those who may do it somewhere. ``order`` sorts the panels of all plugins.
    """

    place: str
    name: str
    title: str
    template: str
    load: Callable[[PanelContext], Mapping[str, object] | None]
    action: str = ""
    order: int = 100
