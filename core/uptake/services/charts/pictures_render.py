"""Draws Vega-Lite descriptions on the server (extra ``charts``): SVG and PNG, each kept as long as it is asked for."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from threading import Lock
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

import msgspec

from uptake.errors import Busy, Invalid
from uptake.i18n import N_
from uptake.services.charts.pictures_spec import VERSION

KEPT = 200
LARGEST = 2_000_000
SCALE, PATIENCE = 2.0, 5.0
BAR = "bar"
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HARMLESS = re.compile(r"(https?://|/(?!/))", re.IGNORECASE)
_UNWANTED = frozenset({"script", "foreignObject", "image", "style", "iframe", "animate", "set", "use"})
_drawing, _keeping = Lock(), Lock()
_kept: OrderedDict[str, Any] = OrderedDict()
Drawn = TypeVar("Drawn", str, bytes)
register_namespace("", SVG)
register_namespace("xlink", XLINK)


@cache
def available() -> bool:
    """Whether pictures can be drawn here."""
    return find_spec("vl_convert") is not None


def svg_of(spec: dict[str, Any]) -> str:
    """The picture as SVG without scripts, styles and foreign addresses. Raises ``Invalid`` for data from elsewhere."""
    return remembered("svg", _key(spec), lambda: _safe(_draw(spec)))


def png_of(spec: dict[str, Any], scale: float = SCALE) -> bytes:
    """The picture as PNG, twice as large as it is described, so that it is sharp in print."""
    return remembered(f"png:{scale}", _key(spec), lambda: png_of_svg(svg_of(spec), scale))


def png_of_svg(svg: str, scale: float = 1.0) -> bytes:
    """An SVG of our own as PNG."""
    converter = _converter()
    with _turn():
        return bytes(converter.svg_to_png(svg, scale=scale))


def _draw(spec: dict[str, Any]) -> str:
    if any(_from_elsewhere(spec)):
        raise Invalid(
            N_("A picture takes only data that stands in its description."), remedy=N_("Put the values into it.")
        )
    converter = _converter()
    with _turn():
        try:
            return str(converter.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[]))
        except ValueError as error:
            wrong = str(error).partition("\n")[0][:200]
            raise Invalid(N_("The picture cannot be drawn: {error}"), remedy=N_("Correct it."), error=wrong) from error


@contextmanager
def _turn() -> Iterator[None]:
    """One picture is drawn at a time. Raises ``Busy`` for whoever would wait too long for it."""
    if not _drawing.acquire(timeout=PATIENCE):
        raise Busy(N_("Too many pictures are being drawn at the moment."), remedy=N_("Try again in a moment."))
    try:
        yield
    finally:
        _drawing.release()


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError as error:
        raise Invalid(
            N_("Pictures as files need the extra charts."), remedy=N_("Install it with: pip install 'uptake[charts]'")
        ) from error
    return vl_convert


def _from_elsewhere(value: Any) -> Iterator[bool]:
    """Whether anything of it would be fetched."""
    if isinstance(value, dict):
        yield "url" in value or value.get("type") == "image" or value.get("mark") == "image"
        for one in value.values():
            yield from _from_elsewhere(one)
    elif isinstance(value, list):
        for one in value:
            yield from _from_elsewhere(one)


def _key(spec: dict[str, Any]) -> str:
    return msgspec.json.encode(spec).decode()


def remembered(kind: str, source: str, draw: Callable[[], Drawn]) -> Drawn:
    """What was drawn from the same source before, or is drawn now; those asked for last are kept."""
    key = f"{kind}:{blake2b(source.encode(), digest_size=16).hexdigest()}"
    with _keeping:
        found: Drawn | None = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    made = draw()
    with _keeping:
        if len(made) < LARGEST:
            _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _safe(drawn: str) -> str:
    root = fromstring(drawn)  # noqa: S314 - what our own renderer wrote
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in _UNWANTED:
                parent.remove(child)
            elif child.tag.endswith("}text"):
                _one_line_each(parent, child)
    for element in root.iter():
        if element.attrib.pop("aria-roledescription", "") != BAR:
            element.attrib.pop("aria-label", None)  # what the renderer says of its own accord is English
        for name in list(element.attrib):
            plain = name.rpartition("}")[2]
            if plain.startswith(("on", "style")) or (plain == "href" and not _HARMLESS.match(element.attrib[name])):
                del element.attrib[name]
    return tostring(root, encoding="unicode")


def _one_line_each(parent: Element, text: Element) -> None:
    """Lines of a text become texts of their own: as one, those of right-to-left scripts are put in one wrong order.

    The name of a row has its middle at the middle of the row; the renderer puts its first line there.
    """
    lines = list(text)
    if not lines:
        return
    at = list(parent).index(text)
    where = text.get("transform", "")
    parent.remove(text)
    beside = "role-axis-label" in parent.get("class", "") and text.get("text-anchor") != "middle"
    down = -sum(float(line.get("dy", 0)) for line in lines) / 2 if beside else 0.0
    for number, line in enumerate(lines):
        down += float(line.get("dy", 0))
        own = Element(text.tag, text.attrib | {"transform": f"{where} translate(0,{down:g})".strip()})
        own.text = line.text
        parent.insert(at + number, own)
