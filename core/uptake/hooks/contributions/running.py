"""What a plugin adds to the running of a site: tables, permissions, settings, jobs, notices, checks of its health, a demo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from uptake.hooks.person import Person

PERIODS = ("minute", "hour", "day")
SETTING_KINDS = ("yes", "choice", "day", "days", "delays", "label", "texts")


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
    none may: they go into public packages, all others only into those for administrators. Where visitors may read only some
    of the rows, ``public_rows`` answers a condition for each such table; it reads with the session that it is given, and
    what refers to a row that is left out is left out as well. ``demo`` fills them when ``uptake demo`` makes its country,
    so that no page is empty there.
    """

    migrations: str
    public: Mapping[str, Sequence[str]] = field(default_factory=dict)
    demo: Callable[[DemoCountry], None] | None = None
    public_rows: Callable[[Session], Mapping[str, ColumnElement[bool]]] | None = None


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
class TokenScope:
    """What a personal token of the API may be made for: ``name`` is ``<plugin>:<word>``, ``about`` what it lets a program do."""

    name: str
    about: str


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
