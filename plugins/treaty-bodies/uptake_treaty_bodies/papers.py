"""The matrices as tables for files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uptake.toolkit import N_, ListColumn, ListFile, gettext, ngettext

from uptake_treaty_bodies.matrix import NONE, Known, Matrix, Provision

INFORMATION = {
    "article": ListColumn(N_("Provision"), 26), "symbol": ListColumn(N_("Document symbol"), 18),
    "paragraph": ListColumn(N_("Paragraph"), 10), "text": ListColumn(N_("Recommendation"), 60),
    "lead": ListColumn(N_("Lead institution"), 18), "status": ListColumn(N_("Status"), 14),
    "day": ListColumn(N_("Published on"), 12), "latest": ListColumn(N_("Latest published information"), 50),
    "gap": ListColumn(N_("Gap"), 16),
}  # fmt: skip


def matrix_file(matrix: Matrix) -> ListFile:
    """One row for each article or theme, one column for each institution, and the sum of each."""
    columns = {"row": ListColumn(N_("Provision") if matrix.by == "article" else N_("Theme"), 44)}
    columns |= {code: ListColumn(name, 14) for code, name in matrix.institutions}
    columns["total"] = ListColumn(N_("Recommendations"), 14)
    rows = ([line.label, *line.cells, line.total] for line in matrix.lines)
    return ListFile(matrix.title, columns, rows, [_told(matrix.total), gettext(TWICE)])


TWICE = N_("A recommendation that names two provisions stands in both rows; the number above counts it once.")


def information_file(title: str, provisions: Sequence[Provision]) -> ListFile:
    """One row for each recommendation under each provision; a provision without any has a row, too."""
    every = {one.card.id for provision in provisions for one in provision.known}
    gaps = {one.card.id for provision in provisions for one in provision.silent}
    notes = [
        _told(len(every)),
        ngettext("{count} without published information", "{count} without published information", len(gaps)),
    ]
    return ListFile(title, INFORMATION, _rows(provisions), notes)


def _told(count: int) -> str:
    return ngettext("{count} recommendation", "{count} recommendations", count)


def _rows(provisions: Sequence[Provision]) -> Iterator[list[object]]:
    for provision in provisions:
        if not provision.known and provision.key != NONE:
            yield [provision.label, *[None] * 7, gettext("No recommendation")]
        for one in provision.known:
            yield _row(provision.label, one)


def _row(label: str, one: Known) -> list[object]:
    card, handling = one.card, one.handling
    said = handling.said[0] if handling.said else None
    return [
        label, card.symbol, card.paragraph, card.text, "\n".join(name for _id, _code, name in handling.lead),
        handling.status_name, said.day if said else None, f"{said.institution}: {said.text}" if said else None,
        None if said else gettext("Nothing published"),
    ]  # fmt: skip
