"""A filter says where its name is a translation that was made here."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import transaction
from uptake.models.vocabularies import Term


def test_a_filter_marks_a_name_that_is_unofficial_in_the_reader_s_language(demo: Flask, client: FlaskClient) -> None:
    with transaction() as session:
        term = session.scalars(select(Term).where(Term.slug == "right-to-health")).one()
        term.unofficial = {"en": "human"}
    page = client.get("/en/recommendations?theme=right-to-health").text
    filters = page.partition('id="facet-theme"')[2].partition("</details>")[0]
    assert filters.count("Unofficial translation, by a person") == 1
