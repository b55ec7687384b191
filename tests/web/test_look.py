"""A site's own logo and colour: on every page, of harmless kind, and never too light to be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from uptake.errors import Invalid
from uptake.settings import Settings, contrast_with_white, load

LOGO = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a look of their own."""
    (settings.instance / "logo.svg").write_text(LOGO)
    return replace(settings, logo="logo.svg", colour="#7a1f3d")


def test_every_page_wears_the_logo_and_the_colour(client: FlaskClient) -> None:
    for page in ("/", "/fr/about"):
        text = client.get(page).text
        logo = text.split('class="sign is-logo" src="')[1].split('"')[0]
        style = text.split("/look/colours.css")[1].split('"')[0]
        with client.get(logo) as answer:
            assert (answer.status_code, answer.mimetype, answer.text) == (200, "image/svg+xml", LOGO)
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "--band: #7a1f3d" in client.get(f"/look/colours.css{style}").text


def test_a_site_without_them_asks_for_neither(app: Flask, client: FlaskClient) -> None:
    app.extensions["uptake"] = replace(app.extensions["uptake"], logo="", colour="")
    assert "/look/" not in client.get("/").text
    assert client.get("/look/logo").status_code == 404
    assert client.get("/look/colours.css").text == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('logo = "../secret.svg"', "must name a file in this folder"),
        ('logo = "missing.png"', "names a file that is not in this folder"),
        ('logo = "large.png"', "must be smaller than 100 kB"),
        ('colour = "teal"', "must be written like #0a5563"),
        ('colour = "#33cccc"', "its contrast with white is 2.0, 6 is needed"),
    ],
)
def test_a_look_that_cannot_be_taken_says_why(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "large.png").write_bytes(b"0" * 100_001)
    (tmp_path / "uptake.toml").write_text(line)
    with pytest.raises(Invalid, match="Correct these settings") as caught:
        load(tmp_path, {})
    assert told in str(caught.value)


def test_contrast_is_that_of_wcag() -> None:
    assert [round(contrast_with_white(one), 2) for one in ("#000000", "#ffffff", "#767676")] == [21.0, 1.0, 4.54]
