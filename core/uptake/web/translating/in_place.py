"""Translating in place: in this mode every message on a page can be clicked, and a list below the page holds them all.

What is translated is marked while the page is made (``uptake.languages.noting``) and turned into elements here; in
attributes and titles, and wherever text is no markup, the marks go without a trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Response, g, get_flashed_messages, render_template, request, session

from uptake.errors import bare_message
from uptake.i18n import get_locale, gettext, layers, set_locale, take_notes
from uptake.languages.noting import END, MARKS, OPEN, Notes, bare, number_of
from uptake.languages.xliff import key_of
from uptake.services.permissions import may
from uptake.web.who import person

MODE = "translating"
ENOUGH = 3  # letters that a message has of its own
_TOKEN = re.compile(r"(<!--.*?-->|</?[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_PLACE = re.compile(r"\{\w+\}")
_SPLIT = re.compile(f"({OPEN}[\ue010-\ue019]*\ue001|{END})")
_NO_MARKUP = frozenset({"title", "textarea", "option", "script", "style"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def setup(app: Flask) -> None:
    """Turn marks into elements before a page gets its tag and is compressed; call it after the headers' set-up."""
    app.after_request(_finish)
    app.jinja_env.globals.update(translating=is_on, get_flashed_messages=_flashed)


def is_on() -> bool:
    """Whether this reader translates."""
    return bool(session.get(MODE)) and may(person(), "interface.translate")


def switch(on: bool) -> None:
    """Begin to translate, or stop."""
    if on:
        session[MODE] = True
    else:
        session.pop(MODE, None)


def begin() -> None:
    """Take notes of a page that is to be read by people; anything with an ending (``.csv``, ``.json``) is for machines."""
    last = request.path.rpartition("/")[2]
    page = (
        request.method == "GET" and "." not in last and request.endpoint not in ("assets.static", "evidence.download")
    )
    if page and session.get(MODE) and not request.args.get("part") and is_on():
        g.notes = take_notes()


def _flashed(**wanted: Any) -> list[Any]:
    """Flask's messages of the step before, which another request said: marked as if they were said here."""
    found: list[Any] = get_flashed_messages(**wanted)
    notes: Notes | None = g.get("notes")
    if notes is None or not wanted.get("with_categories"):
        return found
    return [(kind, notes.note(msgid, text) if (msgid := said_by(text)) else text) for kind, text in found]


def said_by(text: str) -> str | None:
    """The message that a text was made of; of several that fit, the one with the most words of its own."""
    catalogue = layers().catalogue(get_locale())
    fitting: dict[int, str] = {}
    for msgid, many in layers().known.items():
        translated = catalogue.messages.get(msgid)
        for form in translated.forms if translated else (catalogue.gettext(msgid), many or ""):
            own = _PLACE.split(form)
            around = text.startswith(own[0]) and text.endswith(own[-1]) and len("".join(own)) >= ENOUGH
            if around and re.fullmatch(".*".join(map(re.escape, own)), text, re.DOTALL):
                fitting[len("".join(own))] = msgid
    return fitting[max(fitting)] if fitting else None


def _finish(response: Response) -> Response:
    notes: Notes | None = g.pop("notes", None)
    if notes is None:
        return response
    set_locale(get_locale())
    for name, value in list(response.headers.items()):
        if MARKS.search(value):
            response.headers[name] = bare(value)
    if response.is_streamed or response.direct_passthrough or response.status_code == 304:
        return response
    text = response.get_data(as_text=True)
    response.set_data(_page(text, notes) if response.mimetype == "text/html" else bare(text))
    return response


def _page(text: str, notes: Notes) -> str:
    known = layers().known
    keys = {number: key_of(msgid) for msgid, number in notes.said.items() if msgid in known}
    shown = marked(text, keys)
    if "</body>" not in shown:
        return shown
    said = [(key_of(msgid), bare_message(msgid), gettext(msgid)) for msgid in notes.said if msgid in known]
    here = request.script_root + request.full_path.rstrip("?")
    return shown.replace("</body>", render_template("words/on_page.html", said=said, here=here) + "</body>")


def marked(page: str, keys: Mapping[int, str]) -> str:
    """The page with an element around each message that has a key; the visible text stays as it is."""
    return "".join(_pieces(page, keys))


def _pieces(page: str, keys: Mapping[int, str]) -> Iterator[str]:
    """``open_`` holds the messages that are being said, each with how deep in the page it began."""
    open_: list[tuple[int, int]] = []
    depth, closed_by = 0, ""
    for place, piece in enumerate(_TOKEN.split(page)):
        if place % 2 == 0:
            yield bare(piece) if closed_by else "".join(_text(piece, keys, open_, depth))
            continue
        yield bare(piece)
        found = _NAME.match(piece)
        name = found[1].lower() if found else ""
        if not name or (closed_by and piece != f"</{closed_by}>"):
            continue
        closed_by = name if name in _NO_MARKUP and not piece.startswith("</") else ""
        if piece.startswith("</"):
            depth -= 1
            open_[:] = [one for one in open_ if one[1] <= depth]
        elif name not in _VOID and not piece.endswith("/>"):
            depth += 1


def _text(piece: str, keys: Mapping[int, str], open_: list[tuple[int, int]], depth: int) -> Iterator[str]:
    for part in _SPLIT.split(piece):
        if part[:1] == OPEN:
            open_.append((number_of(part), depth))
        elif part == END:
            del open_[-1:]
        elif part:
            key = keys.get(open_[-1][0]) if open_ and part.strip() else None
            words = MARKS.sub("", part)
            yield f'<span data-words="{key}">{words}</span>' if key else words
