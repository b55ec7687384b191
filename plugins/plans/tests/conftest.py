"""A scene: a plan with an action that the health ministry leads, and somebody in every role."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from uptake.testing.reporting import Scene
from uptake.toolkit import session
from uptake_plans import editing
from uptake_plans.drafts import ActionDraft, PlanDraft
from uptake_plans.models import Action

TODAY = datetime.datetime.now(datetime.UTC).date()


class Plans(Scene):
    """The scene of reporting, with a plan and its action."""

    def __init__(self) -> None:
        super().__init__()
        self.plan = editing.create_plan(PlanDraft("NAP", {"en": "Plan of action"}), person=self.coordinator)
        self.action = self.new_action("1.1")

    def new_action(self, code: str, days: int | None = 10, lead: int | None = -1) -> int:
        """An action of the plan that is due in so many days; the health ministry leads it unless told otherwise."""
        due = (TODAY + datetime.timedelta(days=days)).isoformat() if days is not None else ""
        who = self.health if lead == -1 else lead
        draft = ActionDraft(code, {"en": f"Register births {code}"}, str(who or ""), due, "2 million a year")
        return editing.create_action(self.plan, draft, person=self.coordinator)

    def saved(self, action: int | None = None) -> Action:
        """The action as it is saved."""
        session().rollback()
        return session().get_one(Action, action or self.action, populate_existing=True)


@pytest.fixture
def plans(app: Flask) -> Plans:
    """A plan with an action."""
    return Plans()
