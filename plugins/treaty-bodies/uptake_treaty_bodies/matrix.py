"""A treaty's matrices: its articles against the institutions in the lead, and what is known on each provision."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from uptake.toolkit import N_, Card, Handling, NotFound, counts_of, gettext, handling_of, matching, pick, session

from uptake_treaty_bodies.treaties import Treaty, articles_of, treaties

NONE = "none"
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Known:
    """One recommendation with its articles and how it is handled."""

    card: Card
    articles: tuple[int, ...]
    handling: Handling

    @property
    def leads(self) -> tuple[str, ...]:
        """Codes of the institutions in the lead, ``none`` where there is none."""
        return tuple(code for _id, code, _name in self.handling.lead) or (NONE,)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix: an article or a theme, the recommendations under it, and how many each institution leads."""

    key: str
    label: str
    total: int
    cells: Sequence[int]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows against institutions (code, name). A recommendation that cites two articles counts in both rows; ``total`` has
    it once."""

    code: str
    title: str
    by: str
    institutions: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    total: int


@dataclass(frozen=True, slots=True)
class Word:
    """The latest published information: by whom, when, and what it says."""

    institution: str
    day: datetime.date | None
    text: str
    card: Card


@dataclass(slots=True)
class Provision:
    """What is known on one article. ``silent`` are its recommendations on which nothing has been published: the gaps."""

    key: str
    label: str
    known: list[Known] = field(default_factory=list)
    latest: Word | None = None

    @property
    def silent(self) -> list[Known]:
        """The gaps."""
        return [one for one in self.known if not one.handling.said]


@dataclass(frozen=True, slots=True)
class Committee:
    """A treaty in the list of treaties."""

    code: str
    title: str
    year: int
    count: int


def committees(state: str) -> list[Committee]:
    """The treaties with the number of recommendations of their committees."""
    counts = dict(counts_of(session(), "mechanism", _filters(state=state)))
    return [Committee(one.code, pick(one.titles), one.year, counts.get(one.code, 0)) for one in treaties().values()]


def states() -> list[str]:
    """The States to which these committees speak here, by code."""
    codes = [("mechanism", code) for code in treaties()]
    return [code for code, _count in counts_of(session(), "state", codes) if code != NONE]


def known(treaty: Treaty, state: str) -> list[Known]:
    """All recommendations of the committee to a State, in the order of the documents."""
    found, ids = [], []
    cards = matching(session(), _filters(mechanism=treaty.code, state=state), sort="document", language="en")
    for card, articles in articles_of(treaty, cards):
        if card.kind == "recommendation":
            found.append((card, articles))
            ids.append(card.id)
        if len(found) > MOST:
            raise NotFound(N_("These are too many for one matrix."), remedy=N_("Choose a State."))
    handled = handling_of(session(), ids)
    return [Known(card, articles, handled[card.id]) for card, articles in found]


def chosen(all_: Sequence[Known], article: str = "", theme: str = "", institution: str = "") -> list[Known]:
    """Those behind one cell: of an article or a theme, of an institution, or of both."""
    return [
        one
        for one in all_
        if (not article or article in (keys_of(one, "article"))) and (not theme or theme in keys_of(one, "theme"))
        and (not institution or institution in one.leads)
    ]  # fmt: skip


def keys_of(one: Known, by: str) -> tuple[str, ...]:
    """The rows in which a recommendation stands."""
    keys = map(str, one.articles) if by == "article" else one.card.terms.get("theme", ())
    return tuple(keys) or (NONE,)


def matrix(treaty: Treaty, all_: Sequence[Known], by: str, theme_name: object) -> Matrix:
    """Articles or themes (``by``) against institutions; ``theme_name`` names a theme by its slug."""
    names = {code: name for one in all_ for _id, code, name in one.handling.lead}
    led = Counter(code for one in all_ for code in one.leads)
    order = sorted(led, key=lambda code: (code == NONE, -led[code], code))
    cells: defaultdict[str, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for one in all_:
        for key in keys_of(one, by):
            totals[key] += 1
            cells[key].update(one.leads)
    if by == "article":
        labels = {str(number): label(treaty, number) for number in treaty.articles} | {NONE: gettext("No article")}
    else:
        labels = {key: theme_name(key) if key != NONE else gettext("No theme") for key in totals}  # type: ignore[operator]
    rows = [key for key in labels if totals[key] or (by == "article" and key != NONE)]
    if by == "theme":
        rows.sort(key=lambda key: (key == NONE, -totals[key], key))
    lines = [Line(key, labels[key], totals[key], [cells[key][code] for code in order]) for key in rows]
    institutions = [(code, names.get(code) or gettext("Not assigned")) for code in order]
    return Matrix(treaty.code, pick(treaty.titles), by, institutions, lines, len(all_))


def provisions(treaty: Treaty, all_: Sequence[Known]) -> list[Provision]:
    """Every article with its recommendations and the latest word on them; what cites none comes last."""
    found = {str(number): Provision(str(number), label(treaty, number)) for number in treaty.articles}
    found[NONE] = Provision(NONE, gettext("No article"))
    for one in all_:
        for key in keys_of(one, "article"):
            found[key].known.append(one)
    for provision in found.values():
        words = [
            Word(said.institution, said.day, said.text, one.card)
            for one in provision.known
            for said in one.handling.said
        ]
        provision.latest = max(words, key=lambda word: str(word.day or ""), default=None)
    if not found[NONE].known:
        del found[NONE]
    return list(found.values())


def label(treaty: Treaty, number: int) -> str:
    """What an article is called."""
    return gettext("Article {number}: {title}", number=number, title=pick(treaty.articles[number]))


def _filters(**values: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in values.items() if value]
