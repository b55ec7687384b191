"""The picture that other sites show beside a link to a page of this one (Open Graph, 1200 × 630)."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from uptake.i18n import direction
from uptake.services.charts.pictures_render import png_of_svg, remembered
from uptake.services.charts.pictures_text import font_of, marked_line, wrapped

WIDTH, HEIGHT, EDGE = 1200, 630, 80
PAPER, BAND, INK, SOFT, GOLD, PALE = "#fbfaf7", "#0d3f49", "#1c1f21", "#565d62", "#f3c46b", "#f2f6f5"
SIZES = ((52, 38, 5), (44, 45, 6), (38, 52, 7))
SIGN = "M6 6v11a10 10 0 0 0 20 0V6M16 20V5M11 10l5-5 5 5"


@dataclass(frozen=True, slots=True)
class Share:
    """What it says: the site in its colour, a text in its language, and a line below."""

    site: str
    text: str
    foot: str
    language: str
    colour: str = ""


def png_of(share: Share) -> bytes:
    """The picture, kept as long as it is asked for. Raises ``Invalid`` without the extra ``charts``."""
    svg = svg_of(share)
    return remembered("share", svg, lambda: png_of_svg(svg))


def svg_of(share: Share) -> str:
    """The same as SVG: the largest letters in which the text has room."""
    rtl = direction(share.language) == "rtl"
    size, lines = _fitted(share.text)
    at = WIDTH - EDGE if rtl else EDGE
    anchor = "end" if rtl else "start"
    text = [_line(line, at, 230 + number * size * 1.35, size, INK, anchor) for number, line in enumerate(lines)]
    sign = WIDTH - EDGE - 64 if rtl else EDGE
    beside = WIDTH - EDGE - 88 if rtl else EDGE + 88
    foot = wrapped(share.foot, 80, 1)[0]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f" font-family={quoteattr(font_of(share.language))}>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect width="{WIDTH}" height="130" fill={quoteattr(share.colour or BAND)}/>'
        f'<path d="{SIGN}" transform="translate({sign},33) scale(2)" fill="none" stroke="{GOLD}" stroke-width="3"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
        f"{_line(wrapped(share.site, 50, 1)[0], beside, 80, 38, PALE, anchor)}{''.join(text)}"
        f"{_line(foot, at, HEIGHT - 48, 28, SOFT, anchor)}</svg>"
    )


def _fitted(text: str) -> tuple[int, list[str]]:
    tried = [(size, wrapped(text, width, most)) for size, width, most in SIZES]
    return next((one for one in tried if not one[1][-1].endswith("…")), tried[-1])


def _line(text: str, x: float, y: float, size: int, fill: str, anchor: str) -> str:
    words = escape(marked_line(text))
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{words}</text>'
