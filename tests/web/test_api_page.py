"""The page to try the API: what its forms begin with can be sent as it stands."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from uptake.api.description import openapi
from uptake.web.portal.api_page import _operations


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_every_example_of_a_body_fits_its_schema(app: Flask) -> None:
    with app.test_request_context():
        found = openapi()
    begun = [one for tag in found["tags"] for one in _operations(found, tag["name"]) if one.body]
    assert {"create_recommendation", "write_report_section"} <= {one.id for one in begun}
    for one in begun:
        content = found["paths"][one.path][one.method.lower()]["requestBody"]["content"]
        schema: dict[str, Any] = {**content["application/json"]["schema"], "components": found["components"]}
        example = json.loads(one.body)
        assert example, one.id
        assert [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(example)] == [], (
            one.id,
            example,
        )
