"""What plugins add to the site beside data: frozen, typed facts, each under a name that begins with its plugin's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar
from uuid import UUID

from uptake.hooks.kinds import PositionDraft
from uptake.hooks.person import Person

if TYPE_CHECKING:
    import datetime

PLACES = ("recommendation", "institution", "mechanism", "home", "work")
PERIODS = ("minute", "hour", "day")
SETTING_KINDS = ("yes", "choice", "day", "days", "delays", "label", "texts")


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """A language of the interface: ``folder`` holds ``<code>/LC_MESSAGES/messages.po``.

    ``own_name`` is needed where CLDR does not know the language. ``complete`` is False for a pack that leaves words in
    English, ``needs_review`` True where no native speaker has read it yet. ``glossary`` is a JSON file of its terms.
    """

    code: str
    folder: Path
    own_name: str = ""
    complete: bool = True
    needs_review: bool = False
    glossary: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The last published word of one institution: its name, the day, its claim and its text, in the reader's words."""

    institution: str
    day: datetime.date | None
    claim: str
    text: str


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """A recommendation as exporters get it; ``states`` and ``recommenders`` map ISO 3166 alpha-3 codes to English names.

    ``texts`` maps a language to the source's raw text, ``external_ids`` a source to the ids there, ``terms`` a vocabulary's
    code to (code, English label) pairs, ``positions`` are the sources' own words, ``stated`` the one in force with where it
    stands. ``status`` (in the reader's words) and ``progress`` are what the State has published of the follow-up.
    ``suggested`` are those of the terms (vocabulary, code) that a machine has suggested and nobody has confirmed,
    ``unresolved`` the labels that no table knows.
    """

    uuid: UUID
    kind: str
    states: Mapping[str, str]
    mechanism: str | None
    symbol: str | None
    document: UUID | None
    document_title: str | None
    paragraph: str | None
    date: datetime.date | None
    cycle: int | None
    session: str | None
    position: str | None
    positions: Sequence[str]
    recommenders: Mapping[str, str]
    texts: Mapping[str, str]
    external_ids: Mapping[str, Sequence[str]]
    terms: Mapping[str, Sequence[tuple[str, str]]]
    stated: PositionDraft | None = None
    status: str = ""
    progress: Sequence[Progress] = ()
    suggested: Collection[tuple[str, str]] = ()
    unresolved: Mapping[str, object] = field(default_factory=dict)


class Exporter(ABC):
    """Writes recommendations in one format. ``suffix`` ends the address and the file name and is unique.

    With a ``source`` it gives what that source has said, where the recommendation is known from it: no tag, position or
    text of others, so that importing the file again brings the source nothing new.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str]
    source: ClassVar[str] = ""

    @abstractmethod
    def write(self, records: Iterator[ExportRecord], stream: BinaryIO) -> None:
        """Write all records as they come, with flat memory; the stream is binary and may not seek."""


@dataclass(frozen=True, slots=True)
class DemoCountry:
    """What stands in the demo before plugins fill their tables: who coordinates, the institutions by their codes, and the
    recommendations by symbol and paragraph."""

    coordinator: Person
    institutions: Mapping[str, int]
    recommendations: Mapping[tuple[str, str], UUID]


@dataclass(frozen=True, slots=True)
class Tables:
    """The plugin's own tables: ``migrations`` is the package with the folder ``versions`` of Alembic revisions.

    The tables' names begin with the plugin's name and an underscore; foreign keys go to the core's tables only, with
    ``CASCADE`` or ``SET NULL``. ``public`` names the tables whose rows every visitor may read, each with the columns that
    none may: they go into public packages, all others only into those for administrators. ``demo`` fills them when
    ``uptake demo`` makes its country, so that no page is empty there.
    """

    migrations: str
    public: Mapping[str, Sequence[str]] = field(default_factory=dict)
    demo: Callable[[DemoCountry], None] | None = None


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


@dataclass(frozen=True, slots=True)
class Permission:
    """An action that the plugin's services require: role → scope (``site``, ``actor`` or ``own``)."""

    action: str
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that is chosen on the site: ``kind`` is one of ``yes``, ``choice``, ``day``, ``days``, ``delays``, ``label``
    or ``texts``; ``choices`` are (value, label) pairs; whoever may do ``action`` may choose."""

    name: str
    kind: str
    default: object
    label: str
    hint: str = ""
    action: str = "settings.edit"
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A kind of job, and how often it starts by itself (``every`` minute, hour or day; None: only when asked for).

    ``run`` takes the running job and the arguments given to ``start_job``; it opens its own transactions and must bear to
    be run again.
    """

    name: str
    label: str
    run: Callable[..., object]
    attempts: int = 1
    every: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """What a kind of notice says, of one thing and (with ``{count}``) of many."""

    kind: str
    one: str
    many: str = ""


@dataclass(frozen=True, slots=True)
class GradeScale:
    """A scale on which ``others`` or the ``mechanism`` grade the follow-up; ``mechanisms`` None means any."""

    code: str
    by: tuple[str, ...]
    names: Mapping[str, str]
    grades: Mapping[str, Mapping[str, str]]
    mechanisms: tuple[str, ...] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LinkType:
    """A kind of thing that a recommendation is linked with: an action of a plan, a target, a case.

    ``listed`` is False where a panel of the plugin shows these links already, so that they do not stand there twice.
    """

    code: str
    label: str
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """One linked thing: where it stands, what it is called, who says so, and how sure that is (0 to 1; None: certain)."""

    type: str
    title: str
    path: str = ""
    source: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day until which something is to be done: ``key`` tells it apart for ever, ``path`` is its page."""

    key: str
    day: datetime.date
    title: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is wrong, and the remedy; a grave one keeps the site from working as it should."""

    code: str
    message: str
    remedy: str
    grave: bool = True

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy, "grave": self.grave}


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A look at what the plugin needs: ``run`` yields what is wrong. It may read, never write."""

    name: str
    run: Callable[[], Iterable[Ailment]]


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """An import before it is applied: how much it would bring and take away."""

    importer: str
    source: str
    file: str
    states: Sequence[str]
    read: int
    new: int
    changed: int
    same: int
    refused: int
    vanished: int
    known: int


@dataclass(frozen=True, slots=True)
class UpdateFacts:
    """A progress update before it is submitted or published."""

    id: int
    actor: int
    claim: str | None
    recommendations: Sequence[int]
    evidence: int
    no_change: bool


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a step should not be taken: ``stops`` refuses it, otherwise the person is told and goes on."""

    message: str
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    stops: bool = True
