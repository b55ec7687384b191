"""What goes wrong is told in the reader's language: what it was, at which field, and what to do."""

from __future__ import annotations

import pytest
from flask import Flask
from uptake.testing.api import Program
from uptake.testing.people import make_person

LANGUAGES = ("en", "fr", "ar")
ADDRESSES = {
    "recommendations?limit=many": ["limit"],
    "recommendations?limit=101": ["limit"],
    f"recommendations?q={'a' * 1001}": ["q"],
    "recommendations?sort=backwards": ["sort"],
    "recommendations?" + "&".join(["include=texts"] * 9): ["include"],
    "recommendations?colour=blue": ["colour"],
    "recommendations?id=7": ["id.0"],
    "changes?since=yesterday": ["since"],
}
BODIES = {
    "texts.en": {"texts": {"en": 1}}, "state": {"state": "TOO LONG"}, "terms": {"terms": ["a"] * 301}, "kind": {"kind": "wish"},
    "cycle": {"cycle": 0}, "colour": {"colour": "blue"},
}  # fmt: skip
WHOLE = {"texts": {"en": "Ratify it."}, "state": "WSM", "mechanism": "UPR", "symbol": "A/HRC/61/9"}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ADDRESSES, ids=lambda path: path[:30])
def test_a_wrong_parameter_is_named_in_each_language(app: Flask, path: str) -> None:
    visitor = Program(app)
    said = [visitor.get(path, headers={"Accept-Language": language}).json for language in LANGUAGES]
    for one in said:
        assert (one["status"], [*one["errors"]]) == (422, ADDRESSES[path])
        assert all((one["title"], one["detail"], one["remedy"]))
    for field in ("detail", "remedy"):
        assert len({one[field] for one in said}) == len(said), "every language has words of its own"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("field", BODIES)
def test_a_wrong_field_is_named_as_it_was_sent(app: Flask, field: str) -> None:
    program = Program(app, make_person("coordinator"))
    english = program.send("POST", "recommendations", WHOLE | BODIES[field])
    french = program.ask("POST", "recommendations", json=WHOLE | BODIES[field], headers={"Accept-Language": "fr"})
    assert (english.status_code, english.mimetype, [*english.json["errors"]]) == (
        422,
        "application/problem+json",
        [field],
    )
    assert english.json["errors"][field] != french.json["errors"][field]
    assert english.json["remedy"] == "Correct what is named in errors, then send it again."
    assert "{" not in english.json["detail"], "every bound is filled in"
