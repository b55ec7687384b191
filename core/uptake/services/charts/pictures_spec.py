"""A picture as a Vega-Lite description: the one from which page, PNG, SVG and documents draw it.

Each value has a strip of its own under its name, and each bar its number, so that nothing is told by colour alone and a
print in grey says the same. In right-to-left languages the whole is mirrored.
"""

from __future__ import annotations

from typing import Any

from uptake.i18n import direction, get_locale, listing, number
from uptake.i18n import gettext as _
from uptake.services.charts.pictures_table import Cell, Table
from uptake.services.charts.pictures_text import font_of, labels, marked_line

VERSION = "6.4"
SCHEMA = f"https://vega.github.io/schema/vega-lite/v{VERSION}.json"
INK, SOFT, PLAIN, RULE = "#1c1f21", "#565d62", "#0a5563", "#d9dde0"
TONES = {
    "implemented": "#1c6a42", "continuous": "#1c6a42", "substantially_done": "#2f8f5b", "in_progress": "#b07a12",
    "planned": "#b07a12", "stalled": "#8f2d12", "regressed": "#8f2d12", "not_planned": "#8d74c2", "received": "#6b757d",
    "not_started": "#6b757d", "superseded": "#6b757d", "not_applicable": "#6b757d", "supported": "#1c6a42",
    "supported_in_part": "#b07a12", "noted": "#8d74c2", "pending": "#6b757d", "overdue": "#8f2d12", "stale": "#b07a12",
    "unreported": "#6b757d",
}  # fmt: skip
ROW, TALL_ROW, WIDEST, NARROWEST, ROOM = 22, 36, 260, 90, 720
STRIP, WIDER_STRIP, THIN, THIN_ROW, TALL_THIN_ROW = 38, 60, 7, 27, 33
LABEL, HEAD, UPRIGHT, MOST_SAID = (36, 2), (14, 3), (26, 1), 12
TURNED, FEW = (26, 3), 2
Spec = dict[str, Any]


def spec_of(table: Table, *, base: str = "", source: str = "", room: int = ROOM) -> Spec:
    """The description; links begin with ``base``, the lines of ``source`` below the title say of what and from where
    the numbers are, ``room`` is how wide all columns may be together."""
    rtl = direction(get_locale()) == "rtl"
    strip = room // max(len(table.columns), 1)
    narrow = strip < NARROWEST and not table.over_time
    turned = 0 < len(table.rows) <= FEW and (narrow or (table.over_time and len(table.columns) > 1))
    rows = labels((row.label for row in table.rows), *(TURNED if turned else LABEL))
    columns = labels(
        (column.label for column in table.columns), *(LABEL if table.over_time else UPRIGHT if narrow else HEAD)
    )
    columns = columns or [""]
    if turned:
        drawn = _bars(columns, rows, table.largest or 1, room // len(rows), rtl=rtl, turned=True)
    elif table.over_time:
        drawn = _over_time(rows, columns, table.largest or 1, rtl=rtl)
    else:
        drawn = (_narrow if narrow else _bars)(rows, columns, table.largest or 1, strip, rtl=rtl)
    return {
        "$schema": SCHEMA,
        "description": alt(table),
        "title": {
            "text": marked_line(table.title),
            "subtitle": [marked_line(line) for line in source.splitlines()] or "",
            "anchor": "end" if rtl else "start",
            "frame": "bounds",
        },
        "data": {"values": _values(table, rows, columns, base)},
        "config": _config(),
        **drawn,
    }


def alt(table: Table) -> str:
    """What the picture says, in words: the first rows with their numbers; the table beside it has them all."""
    rows = [f"{row.label}: {listing(said)}" for row in table.rows[:MOST_SAID] if (said := _said(table, row.cells))]
    more = [_("The table has all numbers.")] if len(table.rows) > MOST_SAID else []
    return " ".join([f"{table.title}.", *(f"{one}." for one in rows), *more])


def _said(table: Table, cells: list[Cell]) -> list[str]:
    named = len(table.columns) > 1
    pairs = zip(table.columns, cells, strict=True)
    return [
        f"{column.label} {number(cell.count)}" if named else number(cell.count) for column, cell in pairs if cell.count
    ]


def _values(table: Table, rows: list[str], columns: list[str], base: str) -> list[dict[str, Any]]:
    return [
        {
            "row": row_label,
            "column": column_label,
            "count": cell.count,
            "number": number(cell.count) if cell.count else "",
            "fill": TONES.get(column.value, PLAIN),
            "said": f"{row.label}, {column.label}: {number(cell.count)}",
            "href": base + cell.href,
        }
        for row, row_label in zip(table.rows, rows, strict=True)
        for column, column_label, cell in zip(table.columns, columns, row.cells, strict=True)
    ]


def _bars(rows: list[str], columns: list[str], largest: int, strip: int, *, rtl: bool, turned: bool = False) -> Spec:
    """Rows from top to bottom, a strip of bars for each column; ``turned`` when the table's columns are the rows."""
    down, across = ("column", "row") if turned else ("row", "column")
    several = len(columns) > 1 or turned
    side = "right" if rtl else "left"
    axis = _names(side)
    scale = {"reverse": rtl, "domain": [0, largest * (1.45 if several else 1.15)]}
    inner = {
        "width": min(strip, WIDEST),
        "height": {"step": TALL_ROW if any("\n" in row for row in rows) else ROW},
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.62}}, "encoding": _marked()},
            {"mark": {"type": "text", "align": side, "dx": -4 if rtl else 4, "aria": False}, "encoding": _counted()},
        ],
        "encoding": {
            "y": {"field": down, "type": "nominal", "sort": rows, "title": None, "axis": axis},
            "x": {"field": "count", "type": "quantitative", "axis": None, "scale": scale},
        },
    }
    if not several:
        return inner
    head = _head(columns[::-1] if rtl else columns, rtl=rtl) | {"field": across}
    return {"facet": {"column": head}, "spacing": 14, "spec": inner}


def _narrow(rows: list[str], columns: list[str], largest: int, strip: int, *, rtl: bool) -> Spec:
    """The same where columns are many: names upright, numbers over thin bars, and lines from a row to its name."""
    width = min(max(strip, STRIP), WIDER_STRIP)
    side = "right" if rtl else "left"
    axis = _names(side) | {"grid": True, "gridColor": RULE, "tickBand": "extent"}
    scale = {"reverse": rtl, "domain": [0, largest * width / (width - THIN)]}
    number = {"type": "text", "align": side, "baseline": "bottom", "dy": 1, "aria": False}
    name = {"type": "text", "align": "left", "baseline": "middle", "angle": -90, "aria": False}
    inner = {
        "width": width,
        "height": {"step": TALL_THIN_ROW if any("\n" in row for row in rows) else THIN_ROW},
        "layer": [
            {"mark": {"type": "bar", "height": THIN, "yOffset": THIN}, "encoding": _marked()},
            {"mark": number, "encoding": _counted() | {"x": {"value": width if rtl else 0}}},
            {
                "mark": name,
                "transform": [{"filter": {"field": "row", "oneOf": rows[:1]}}],
                "encoding": {"text": {"field": "column"}, "x": {"value": width / 2}, "y": {"value": -THIN}},
            },
        ],
        "encoding": {
            "y": {"field": "row", "type": "nominal", "sort": rows, "title": None, "axis": axis},
            "x": {"field": "count", "type": "quantitative", "axis": None, "scale": scale},
        },
    }
    head = _head(columns[::-1] if rtl else columns, rtl=rtl) | {"header": {"labels": False}}
    return {"facet": {"column": head}, "spacing": 0, "spec": inner}


def _over_time(rows: list[str], columns: list[str], largest: int, *, rtl: bool) -> Spec:
    """Time runs in the direction of reading; a strip for each column below the other."""
    several = len(columns) > 1
    axis = {"labelAngle": 0 if max(map(len, rows), default=0) < 6 else -60, "ticks": False}
    scale = {"domain": [0, largest * (1.5 if several else 1.15)]}
    inner = {
        "width": {"step": min(max(ROOM // max(len(rows), 1), 30), 60)},
        "height": 46 if several else 180,
        "layer": [
            {"mark": {"type": "bar", "width": {"band": 0.62}}, "encoding": _marked()},
            {"mark": {"type": "text", "baseline": "bottom", "dy": -2, "aria": False}, "encoding": _counted()},
        ],
        "encoding": {
            "x": {"field": "row", "type": "nominal", "sort": rows[::-1] if rtl else rows, "title": None, "axis": axis},
            "y": {"field": "count", "type": "quantitative", "axis": None, "scale": scale},
        },
    }
    return {"facet": {"row": _head(columns, rtl=rtl)}, "spacing": 10, "spec": inner} if several else inner


def _names(side: str) -> Spec:
    """The axis of the rows' names."""
    return {"orient": side, "labelLimit": 400, "labelPadding": 8, "domain": False, "ticks": False}


def _head(columns: list[str], *, rtl: bool) -> Spec:
    """Each strip stands below its name."""
    header = {"labelOrient": "top", "labelAnchor": "end" if rtl else "start", "labelLimit": 0}
    return {"field": "column", "type": "nominal", "title": None, "sort": columns, "header": header}


def _marked() -> Spec:
    return {
        "color": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
        "href": _linked(),
        "description": {"field": "said", "type": "nominal"},
    }


def _linked() -> Spec:
    """Only what is there leads anywhere."""
    return {"condition": {"test": "datum.count > 0", "field": "href", "type": "nominal"}, "value": None}


def _counted() -> Spec:
    text = {"field": "number", "type": "nominal"}
    return {"text": text, "color": {"value": INK}, "href": _linked()}


def _config() -> Spec:
    """What Vega says of axes and titles by itself is English: bars say their number, the table has the rest."""
    text = {"labelFontSize": 12, "labelColor": INK}
    return {
        "background": "#ffffff", "font": font_of(get_locale()), "lineBreak": "\n", "view": {"stroke": None},
        "axis": text | {"aria": False}, "header": text, "text": {"fontSize": 12}, "padding": 12,
        "title": {"aria": False, "fontSize": 15, "subtitleFontSize": 12, "color": INK, "subtitleColor": SOFT, "offset": 12},
    }  # fmt: skip
