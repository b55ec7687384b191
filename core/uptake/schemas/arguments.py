"""The parameters of lists: as the addresses of the site's own lists have them, and where a list goes on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from uptake.models.actors import KINDS, LEVELS
from uptake.models.progress import UPDATE_STATES
from uptake.models.responsibility import ASSIGNMENT_STATES
from uptake.schemas.base import digits, one_of, text
from uptake.schemas.base import language as language_of
from uptake.search.engine import FACETS, SORTS
from uptake.search.query import FIELDS

LIMIT, MOST = 20, 100
FILTERS = tuple(dict.fromkeys((*FACETS, *FIELDS, "action")))
INCLUDES = ("texts", "updates", "assessments")
LONGEST_QUERY = 1000
MOST_VALUES = 20


class Paging(Schema):
    """How much of a list, and from where."""

    limit = digits(1, MOST, about=f"How many at once; {LIMIT} where nothing is said.", load_default=LIMIT)
    cursor = text(600, about="Where to go on, out of `next`; it belongs to its own list and parameters.")


class Language(Schema):
    """In which language texts are wanted."""

    text = language_of("The language of texts where there is one in it; else that of Accept-Language.")


def _filters() -> dict[str, Any]:
    """Each filter by its name and, with ``not.`` before it, what is left out."""
    found: dict[str, Any] = {
        "since": fields.String(
            data_key="from", validate=validate.Length(max=40),
            metadata={"description": "From this day on (2025-01-31, or a year)."},
        ),
        "until": fields.String(
            data_key="to", validate=validate.Length(max=40), metadata={"description": "Until this day, or year."}
        ),
    }  # fmt: skip
    for name in FILTERS:
        for prefix, about in (("", f"Only with this {name}; may be repeated."), ("not.", f"Without this {name}.")):
            one = fields.String(validate=validate.Length(max=300))
            found[f"{prefix}{name}".replace(".", "_")] = fields.List(
                one, data_key=prefix + name, validate=validate.Length(max=MOST_VALUES), metadata={"description": about}
            )
    return found


Filters = Schema.from_dict(_filters(), name="Filters")


class Recommendations(Filters, Paging, Language):  # type: ignore[misc, valid-type]
    """Which recommendations, in which order, with what beside them."""

    q = text(LONGEST_QUERY, about='Words, "phrases", prefix*, field:value, AND, OR, NOT, as in the search box.')
    sort = one_of(SORTS, about="The order; by relevance where there are words, else the newest first.")
    include = fields.List(
        one_of(INCLUDES),
        validate=validate.Length(max=len(INCLUDES)),
        metadata={"description": "What to put beside each: texts, updates, assessments."},
    )


class RecommendationList(Recommendations):
    """The same, or those of which one has the ids."""

    id = fields.List(
        fields.UUID(), validate=validate.Length(max=MOST),
        metadata={"description": f"Only those with these ids, at most {MOST}; those that are gone are left out."},
    )  # fmt: skip


class Search(Recommendations):
    """The same with the facets that are wanted."""

    facets = fields.List(
        one_of(FACETS),
        validate=validate.Length(max=len(FACETS)),
        metadata={"description": "Over which facets to count; all where nothing is said."},
    )


class Documents(Paging):
    """Which documents."""

    q = text(200, about="Words of the symbol or title.")
    mechanism = text(60, about="The code of a mechanism.")
    state = text(3, about="ISO 3166 alpha-3 code of a State.")


class Mechanisms(Paging):
    """Which mechanisms."""

    family = text(30, about="Such as treaty-body.")


class Institutions(Paging):
    """Which institutions."""

    kind = one_of(KINDS, about="The kind of institution.")
    level = one_of(LEVELS, about="The level of government.")


class Work(Paging):
    """Which updates, assessments or assignments."""

    institution = text(60, about="The code of an institution.")
    recommendation = fields.UUID(metadata={"description": "The id of a recommendation."})


class Updates(Work):
    """Which updates."""

    state = one_of(UPDATE_STATES, about="Visitors see what is published.")


class Assignments(Work):
    """Which assignments."""

    state = one_of(ASSIGNMENT_STATES, about="Visitors see assigned and accepted.")


class Changes(Schema):
    """Since when."""

    since = fields.AwareDateTime(
        required=True, format="iso", metadata={"description": "A moment with its zone, such as 2026-11-01T00:00:00Z."}
    )
    limit = digits(1, 1000, about="How many at once; 100 where nothing is said.", load_default=100)
    cursor = text(600, about="Where to go on, out of `next`.")
