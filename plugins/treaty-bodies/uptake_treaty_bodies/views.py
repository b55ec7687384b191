"""The pages under /treaty-bodies: treaties, a treaty's articles against institutions, what is known on each, and the lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from uptake.toolkit import clean, gettext, list_answer, page, pick, term_name

from uptake_treaty_bodies import matrix, papers
from uptake_treaty_bodies.treaties import Treaty, treaty

blueprint = Blueprint("treaty-bodies", __name__, template_folder="templates")
FORMATS = "any(csv,xlsx,json,jsonl,docx,pdf)"
ON_PAGE = 50


@page(blueprint, "", "treaty-bodies/index.html", "/index.json")
def index() -> dict[str, Any]:
    """The treaties."""
    states, state = _states()
    return {"page": matrix.committees(state), "states": states, "state": state, "query": _query(state=state)}


@page(blueprint, "/<code>", "treaty-bodies/matrix.html")
def articles(code: str) -> dict[str, Any]:
    """Articles or themes against the institutions in the lead."""
    found, states, state = treaty(code), *_states()
    shown = _matrix(found, state) if state or not states else None
    given = {"state": state} | ({"by": "theme"} if _by() == "theme" else {})
    return {"page": shown, **_known(found), "states": states, "state": state, "by": _by(), "query": _query(**given)}


@blueprint.get(f"/<code>/matrix.<{FORMATS}:ext>")
def articles_file(code: str, ext: str) -> Response:
    """The matrix as a file."""
    return list_answer(papers.matrix_file(_matrix(treaty(code), _states()[1])), ext, f"{code.lower()}-matrix")


@page(blueprint, "/<code>/information", "treaty-bodies/information.html", "/<code>/provisions.json")
def information(code: str) -> dict[str, Any]:
    """What is known on each provision, and the gaps."""
    found, states, state = treaty(code), *_states()
    shown = matrix.provisions(found, matrix.known(found, state)) if state or not states else None
    return {"page": shown, **_known(found), "states": states, "state": state, "query": _query(state=state)}


@blueprint.get(f"/<code>/information.<{FORMATS}:ext>")
def information_file(code: str, ext: str) -> Response:
    """The same as a file: one row for each recommendation under each provision, or those behind one cell."""
    found, cell = treaty(code), _cell()
    known = matrix.chosen(matrix.known(found, _states()[1]), **cell)
    shown = [one for one in matrix.provisions(found, known) if _wanted(one, cell)]
    return list_answer(papers.information_file(pick(found.titles), shown), ext, f"{code.lower()}-information")


@page(blueprint, "/<code>/list", "treaty-bodies/list.html")
def behind(code: str) -> dict[str, Any]:
    """The recommendations behind one cell."""
    found, state, cell = treaty(code), _states()[1], _cell()
    known = matrix.chosen(matrix.known(found, state), **cell)
    pages, written = max(1, -(-len(known) // ON_PAGE)), request.args.get("page", "")
    number = min(max(int(written), 1), pages) if written.isdecimal() and len(written) < 9 else 1
    shown = [one.card for one in known[(number - 1) * ON_PAGE : number * ON_PAGE]]
    query = _query(state=state, **cell)
    return {"page": shown, **_known(found), "count": len(known), "number_": number, "pages": pages, "cell": cell,
            "label": _label(found, cell), "query": query, "link": f"{query or '?'}{'&' if query else ''}page="}  # fmt: skip


def _matrix(found: Treaty, state: str) -> matrix.Matrix:
    return matrix.matrix(found, matrix.known(found, state), _by(), term_name)


def _known(found: Treaty) -> dict[str, Any]:
    return {"code": found.code, "title": pick(found.titles)}


def _by() -> str:
    return "theme" if request.args.get("by") == "theme" else "article"


def _states() -> tuple[list[str], str]:
    """The States from which one is chosen, and the chosen one: the only one by itself."""
    known = matrix.states()
    asked = clean(request.args.get("state", ""))[:3]
    return known, asked if asked in known else (known[0] if len(known) == 1 else "")


def _cell() -> dict[str, str]:
    """What an address says of one cell."""
    given = {name: clean(request.args.get(name, ""))[:140] for name in ("article", "theme", "institution")}
    return {name: value for name, value in given.items() if value}


def _wanted(one: matrix.Provision, cell: dict[str, str]) -> bool:
    return one.key == cell["article"] if "article" in cell else bool(one.known or not cell)


def _label(found: Treaty, cell: dict[str, str]) -> str:
    """Which article or theme it is."""
    if cell.get("theme"):
        return term_name(cell["theme"]) if cell["theme"] != matrix.NONE else gettext("No theme")
    number = cell.get("article", "")
    if number == matrix.NONE:
        return gettext("No article")
    return matrix.label(found, int(number)) if number.isdecimal() and int(number) in found.articles else ""


def _query(**values: str) -> str:
    given = {name: value for name, value in values.items() if value}
    return f"?{urlencode(given)}" if given else ""
