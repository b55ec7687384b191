"""Figures as pictures, drawn by the engine of the extra ``charts``. What a figure shows is inside it: nothing is fetched."""

from __future__ import annotations

import importlib
import importlib.util
import struct
from collections.abc import Mapping
from typing import Any

VERSION = "6.4"
SCALE = 2.0
FONTS = "Noto Sans, Arial, Liberation Sans, sans-serif"
FIRST = {"ar": "Noto Sans Arabic, ", "zh": "Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, "}


def available() -> bool:
    """Whether figures can be drawn here."""
    return importlib.util.find_spec("vl_convert") is not None


def png(spec: Mapping[str, object], language: str) -> tuple[bytes, int, int]:
    """A figure as PNG with its width and height in pixels of the page (a 96th of an inch)."""
    data: bytes = _engine().vegalite_to_png(_closed(spec), scale=SCALE, **_settings(language))
    width, height = struct.unpack(">II", data[16:24])
    return data, round(width / SCALE), round(height / SCALE)


def svg(spec: Mapping[str, object], language: str) -> str:
    """A figure as SVG."""
    drawn: str = _engine().vegalite_to_svg(_closed(spec), **_settings(language))
    return drawn


def _engine() -> Any:
    return importlib.import_module("vl_convert")


def _settings(language: str) -> dict[str, Any]:
    fonts = FIRST.get(language.partition("-")[0], "") + FONTS
    config = {"font": fonts, "background": "white", "axis": {"labelLimit": 320}}
    return {"vl_version": VERSION, "config": config, "allowed_base_urls": []}


def _closed(value: Any) -> Any:
    """The description without addresses: a figure never makes the server ask another."""
    if isinstance(value, Mapping):
        return {str(key): _closed(item) for key, item in value.items() if key not in {"url", "href"}}
    return [_closed(item) for item in value] if isinstance(value, (list, tuple)) else value
