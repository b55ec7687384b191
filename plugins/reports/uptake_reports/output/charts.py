"""Figures as pictures, drawn by the engine of the extra ``charts``. What a figure shows is inside it: nothing is fetched."""

from __future__ import annotations

import base64
import struct
import unicodedata
from collections.abc import Mapping
from typing import Any

from uptake.toolkit import picture_png, picture_svg, pictures_available

SCALE, FINE = 2.0, 4.0
FONTS = "Noto Sans, Arial, Liberation Sans, sans-serif"
FIRST = {"ar": "Noto Sans Arabic, ", "zh": "Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, "}


def available() -> bool:
    """Whether figures can be drawn here."""
    return pictures_available()


def png(spec: Mapping[str, object], language: str) -> tuple[bytes, int, int]:
    """A figure as PNG with its width and height in pixels of the page (a 96th of an inch)."""
    return _png(spec, language, SCALE)


def svg(spec: Mapping[str, object], language: str) -> str:
    """A figure as SVG."""
    return picture_svg(_ready(spec, language))


def svg_for_pdf(spec: Mapping[str, object], language: str) -> str:
    """A figure as SVG for the engine of PDF: of points inside, where it has letters with marks (Arabic with its vowels).

    Typst 0.15 writes such letters of an SVG without saying which they are, and then refuses the file as not accessible.
    """
    drawn = svg(spec, language)
    if not any(unicodedata.combining(letter) for letter in drawn):
        return drawn
    data, width, height = _png(spec, language, FINE)
    inside = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    size = f'width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image href="{inside}" {size}/></svg>'


def _png(spec: Mapping[str, object], language: str, scale: float) -> tuple[bytes, int, int]:
    data = picture_png(_ready(spec, language), scale)
    width, height = struct.unpack(">II", data[16:24])
    return data, round(width / scale), round(height / scale)


def _ready(spec: Mapping[str, object], language: str) -> dict[str, Any]:
    """The description with fonts of its language where it names none."""
    fonts = FIRST.get(language.partition("-")[0], "") + FONTS
    plain = {"config": {"font": fonts, "background": "white", "axis": {"labelLimit": 320}}}
    ready: dict[str, Any] = plain | _closed(spec)
    return ready


def _closed(value: Any) -> Any:
    """The description without addresses: a figure never makes the server ask another."""
    if isinstance(value, Mapping):
        return {str(key): _closed(item) for key, item in value.items() if key not in {"url", "href"}}
    return [_closed(item) for item in value] if isinstance(value, (list, tuple)) else value
