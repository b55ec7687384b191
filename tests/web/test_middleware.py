"""The language in the address."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uptake.web.middleware import LOCALE, LONGEST_PATH, TOO_LONG, LocalePrefix, ShortPaths

LANGUAGES = ("en", "fr", "ar", "pt_BR")


def passed(path: str | None, script: str = "", app: Any = None) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def inner(environ: dict[str, Any], _start: Any) -> list[bytes]:
        seen.update(environ)
        return []

    environ = {"SCRIPT_NAME": script} if path is None else {"PATH_INFO": path, "SCRIPT_NAME": script}
    LocalePrefix(ShortPaths(inner), LANGUAGES)(environ, lambda *_: None)  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize(
    ("path", "locale", "script", "rest"),
    [
        ("/fr/documents/1", "fr", "/fr", "/documents/1"),
        ("/fr/", "fr", "/fr", "/"),
        ("/fr", "fr", "/fr", "/"),
        ("/pt_BR/x", "pt_BR", "/pt_BR", "/x"),
        ("/fr/ar/x", "fr", "/fr", "/ar/x"),
        ("/fr//x", "fr", "/fr", "//x"),
    ],
)
def test_a_configured_language_is_taken_off(path: str, locale: str, script: str, rest: str) -> None:
    seen = passed(path)
    assert (seen[LOCALE], seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (locale, script, rest)
    assert passed(path, "/mounted")["SCRIPT_NAME"] == f"/mounted{script}"


@pytest.mark.parametrize(
    "path", ["/", "", "/FR/x", "/de/x", "/french", "/fr.json", "//fr/x", "fr/x", "/fr%2Fx", "/\xff/fr", "/fr\x00/"]
)
def test_every_other_path_is_left_alone(path: str) -> None:
    seen = passed(path)
    assert LOCALE not in seen
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("", path)


def test_a_server_without_path_is_borne_and_no_header_sets_the_language() -> None:
    assert LOCALE not in passed(None)


@given(st.text(max_size=40))
def test_no_path_fails(path: str) -> None:
    seen = passed(path)
    assert seen["SCRIPT_NAME"] + seen["PATH_INFO"] in {path, f"{path}/"}


def test_a_path_that_no_page_has_is_cut() -> None:
    seen = passed("/fr/" + "1" * (LONGEST_PATH + 1))
    assert seen[TOO_LONG]
    assert seen["PATH_INFO"] == "/"
    assert TOO_LONG not in passed("/fr/" + "1" * 100)
