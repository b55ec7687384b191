"""Reports begun and written through the API, for tests."""

from __future__ import annotations

from uptake.testing.api import Program

FRAME = {
    "outline": "upr.mid-term", "title": "From elsewhere", "mechanism": "UPR", "document": "A/HRC/58/12", "language": "en",
    "period_from": "2024-01-01", "period_to": "2026-06-30", "deadline": "2030-01-31",
}  # fmt: skip
TEXT = {"text": "One paragraph.\nAnother one."}


def begun(program: Program, **more: object) -> dict:
    made = program.send("POST", "reports", FRAME | more)
    assert made.status_code == 201, made.text
    return made.json


def section(report: dict, code: str = "supported") -> str:
    return f"reports/{report['id']}/sections/{next(one['id'] for one in report['sections'] if one['code'] == code)}"


def tag(program: Program, path: str) -> str:
    return program.get(path).headers["ETag"]


def written(program: Program, path: str, body: dict, match: str = ""):
    return program.send("PUT", f"{path}/text", body, match=match or tag(program, path))


def piece(reports) -> dict[str, str]:
    """A recommendation, as offers name it."""
    return {
        "kind": "recommendation",
        "ref": str(reports.numbers["118.2"]),
        "recommendation": str(reports.numbers["118.2"]),
    }
