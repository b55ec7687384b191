"""What work adds to a recommendation's page: each part from its own service, and for visitors only what is published."""

from __future__ import annotations

from typing import Any

from uptake.db import session
from uptake.services.permissions import Person
from uptake.services.portal.pages_recommendation import RecommendationPage
from uptake.services.progress import assessments, claims, comments, update_forms
from uptake.services.recommendations import recommendation_edits
from uptake.services.responsibility import responsibility_pages


def beside(page: RecommendationPage, person: Person) -> dict[str, Any]:
    """The parts by name, for the templates that the page includes."""
    claim = claims.claim_of(session(), page.card.id)
    page.progress = claims.as_json(claim)
    return {
        "withdrawn": recommendation_edits.withdrawn_for(session(), page.card.id, page.parent, person),
        "claim": claim,
        "comments": comments.of(session(), person, recommendation_id=page.card.id),
        "may_assess": bool(assessments.own_institutions(session(), person)),
        "responsibility": responsibility_pages.panel(session(), page.card.id, page.card.uuid, person),
        "may_report": update_forms.may_report(session(), page.card.id, person=person),
    }
