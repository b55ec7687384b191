"""What the page of one translation shows: the text and its translation side by side, a draft, and what the memory knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from uptake.services.permissions import Person
from uptake.services.translating.drafts import draft_of
from uptake.services.translating.items import MISSING, OFFICIAL, Item, Part, Texts, Version, known_language
from uptake.services.translating.kinds import KINDS, find
from uptake.services.translating.memory import Segment, suggest


@dataclass(slots=True)
class Editor:
    """``texts`` is what stands in the form, and ``stamps`` what it was made from; ``draft`` says that it is unsaved."""

    item: Item
    language: str
    source: Version
    texts: Texts
    stamps: str
    draft: bool = False
    near: Mapping[str, list[Segment]] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """How it stands with the language."""
        return self.item.state(self.language)

    @property
    def official(self) -> bool:
        """Whether there is nothing to translate."""
        return self.state == OFFICIAL

    @property
    def there(self) -> bool:
        """Whether there is a translation that can be taken away."""
        return self.state not in (MISSING, OFFICIAL)

    def height(self, name: str) -> int:
        """How many lines the field of a part shows."""
        return min(max(3, len(self.source.texts[name]) // 50 + 1), 16)

    @property
    def parts(self) -> list[tuple[str, Part]]:
        """The parts that the text has."""
        return [(name, part) for name, part in KINDS[self.item.kind].parts.items() if self.source.texts.get(name)]


def open_editor(session: Session, kind: str, key: str, language: str, source: str = "", *, person: Person) -> Editor:
    """The page of one translation; a draft of the person's goes before what is saved. Raises ``NotFound``, ``Invalid``."""
    item = find(session, kind, key, person=person)
    known_language(language)
    draft = draft_of(session, item, language, person)
    beside = item.source(source or (draft.source if draft else ""))
    if draft is not None and draft.source == beside.language:
        found = Editor(item, language, beside, draft.texts, draft.stamps, draft=True)
    else:
        stamps = item.stamps(language, beside.language)
        found = Editor(
            item, language, beside, draft.texts if draft else item.texts(language), stamps, draft is not None
        )
    if not found.official:
        found.near = suggest(session, item, language, beside.language)
    return found
