"""The plans of the demo country, made through the same services as everywhere."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from uptake.toolkit import DemoCountry

from uptake_plans import editing, reporting
from uptake_plans.drafts import ActionDraft, PlanDraft

MONTH = datetime.timedelta(days=30)


def fill(country: DemoCountry) -> None:
    """Two plans, their actions, what these answer, and how far each has come."""
    data = json.loads(files("uptake_plans").joinpath("demo.json").read_text("utf-8"))
    for plan in data["plans"]:
        id_ = editing.create_plan(PlanDraft(plan["code"], plan["titles"]), person=country.coordinator)
        for action in plan["actions"]:
            _add(country, id_, action)


def _add(country: DemoCountry, plan: int, one: Mapping[str, Any]) -> None:
    person = country.coordinator
    due = (datetime.datetime.now(datetime.UTC).date() + one["due"] * MONTH).isoformat() if one["due"] else ""
    lead = str(country.institutions[one["lead"]]) if one["lead"] else ""
    draft = ActionDraft(one["code"], one["titles"], lead, due, one["budget"])
    action = editing.create_action(plan, draft, person=person)
    answered = [country.recommendations[symbol, paragraph] for symbol, paragraph in one["answers"]]
    if answered:
        editing.link(action, answered, person=person)
    reporting.set_state(action, one["state"], version=1, person=person)
