"""What programs send: the same drafts that forms make, checked as far as can be seen without the register."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from uptake.models.actors import KINDS as INSTITUTION_KINDS
from uptake.models.actors import LEVELS
from uptake.models.recommendations import KINDS, POSITIONS
from uptake.models.responsibility import ASSIGNMENT_ROLES
from uptake.schemas.base import LANGUAGE, file, language, number, one_of, text

LONG = 20_000
LONGEST_TEXT = 100_000
STEPS = ("submit", "confirm", "approve", "publish", "return", "withdraw", "restore")
OLD_LEADS = ("support", "end")


def _texts(**more: Any) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=validate.Regexp(LANGUAGE)),
        values=fields.String(validate=validate.Length(max=LONGEST_TEXT)),
        metadata={"description": "The wording by language.", "example": {"en": "Ratify the Optional Protocol."}},
        **more,
    )


def _codes(about: str, longest: int = 140, **more: Any) -> fields.List[Any]:
    return fields.List(text(longest), validate=validate.Length(max=300), metadata={"description": about}, **more)


class Body(Schema):
    """What is sent; a name that nobody knows is a mistake."""

    class Meta:
        """Said in the description too."""

        unknown = RAISE


class RecommendationDraft(Body):
    """A recommendation that is to be entered."""

    id = fields.UUID(metadata={"description": "Your own id: the same one twice is one recommendation."})
    texts = _texts(required=True)
    state = text(3, required=True, about="The State that it is addressed to (ISO 3166 alpha-3).")
    mechanism = text(60, required=True, about="The code of the mechanism that made it.")
    symbol = text(200, about="The symbol of its document, which is made where there is none such.")
    title = text(1000, about="The title of its document, where it has no symbol.")
    date = fields.Date(metadata={"description": "Its day."})
    paragraph = text(60, about="The number of its paragraph.")
    kind = one_of(KINDS, about="Recommendation where nothing is said.", load_default="recommendation")
    cycle = number(1, 99, about="The review cycle.")
    session = text(60, about="The session.")
    position = one_of(POSITIONS, about="What the State said to it.")
    recommenders = _codes("The States that made it (ISO 3166 alpha-3).", 3, load_default=[])
    terms = _codes("Slugs of themes, groups, goals.", load_default=[])
    parts = fields.List(text(LONGEST_TEXT), load_default=[], validate=validate.Length(max=50),
                        metadata={"description": "The wordings of its components."})  # fmt: skip
    reason = text(1000, about="Why; the history keeps it.")


class RecommendationChange(Body):
    """What is to be changed; what is not named stays."""

    texts = _texts()
    date = fields.Date(allow_none=True)
    paragraph = text(60, allow_none=True)
    kind = one_of(KINDS)
    cycle = number(1, 99, allow_none=True)
    session = text(60, allow_none=True)
    position = one_of(POSITIONS, about="A new one; the old stays in the history.")
    terms = _codes("All terms that it shall carry.")
    reason = text(1000, about="Why; the history keeps it.")


class Reason(Body):
    """Why."""

    reason = text(1000, required=True, about="Why; the history keeps it.")


class _UpdateWords(Body):
    language = language("The language of the words.")
    period_from = fields.Date(allow_none=True)
    period_to = fields.Date(allow_none=True)
    done = text(LONG, about="What was done.")
    effect = text(LONG, about="What changed for people.")
    obstacles = text(LONG, about="Obstacles.")
    next_step = text(LONG, about="The next step.")
    claim = text(30, allow_none=True, about="Where it stands: a code of the status scale.")
    claim_reason = text(LONG, allow_none=True, about="The reason, where the value needs one.")
    submit = fields.Boolean(load_default=False, truthy={True}, falsy={False},
                            metadata={"description": "Send it on its way as well."})  # fmt: skip


def _recommendations(**more: Any) -> fields.List[Any]:
    return fields.List(fields.UUID(), validate=validate.Length(min=1, max=200),
                       metadata={"description": "The recommendations that it answers."}, **more)  # fmt: skip


class UpdateDraft(_UpdateWords):
    """A progress update that is to be begun."""

    institution = text(60, required=True, about="The code of the institution whose word it is.")
    recommendations = _recommendations(required=True)
    once = text(40, about="A token of your own: the same one twice gives the update that it made.")


class UpdateChange(_UpdateWords):
    """What is to be changed in a draft; what is not named stays."""

    recommendations = _recommendations()


class UpdateStep(Body):
    """A step on the way of an update."""

    step = one_of(STEPS, required=True)
    comment = text(4000, about="Needed where it is sent back.")
    publish_on = fields.Date(metadata={"description": "Of an approval: hold it until this day."})
    set = text(100, about="Of an approval: hold it until the set of this name is released.")


class _AssessmentWords(Body):
    scale = text(60, required=True, about="The code of a scale.")
    grade = text(60, required=True, about="A grade of that scale.")
    language = language("The language of the text.", required=True)
    date = fields.Date(required=True, metadata={"description": "The day of the assessment."})
    source = text(2000, about="A web address.")
    publish = fields.Boolean(load_default=False, truthy={True}, falsy={False},
                             metadata={"description": "Publish it at once; it is a draft else."})  # fmt: skip
    text = text(LONG, load_default="")


class AssessmentDraft(_AssessmentWords):
    """An assessment that is to be written."""

    recommendation = fields.UUID(required=True)
    institution = text(60, allow_none=True, load_default=None,
                       about="The code of the assessing institution; null for the mechanism's own grade.")  # fmt: skip


class AssessmentChange(_AssessmentWords):
    """A draft of an assessment, written anew."""


class AssignmentDraft(Body):
    """Who is to answer for what."""

    recommendation = fields.UUID(required=True)
    institution = text(60, required=True, about="The code of an institution.")
    role = one_of(ASSIGNMENT_ROLES, required=True)
    reason = text(2000, load_default="")
    old_lead = one_of(OLD_LEADS, about="What becomes of the institution that led.", load_default="support")


class Answer(Body):
    """What an institution says to its assignment."""

    answer = one_of(("accept", "decline"), required=True)
    reason = text(2000, about="Needed where it declines.", load_default="")

    @validates_schema
    def _reason(self, data: dict[str, Any], **_more: Any) -> None:
        if data["answer"] == "decline" and not data["reason"].strip():
            raise ValidationError("Say why, so that the coordinator can find another institution.", "reason")


class End(Body):
    """Why an institution no longer answers."""

    reason = text(2000, load_default="")


def _names(about: str, **more: Any) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=validate.Regexp(LANGUAGE)), values=text(300),
        metadata={"description": about, "example": {"en": "Ministry of Health"}}, **more,
    )  # fmt: skip


class _InstitutionWords(Body):
    level = one_of(LEVELS, about="National where nothing is said.")
    parent = text(60, allow_none=True, about="The code of the one that it belongs to.")
    short_names = _names("Its short names by language; an empty one is taken away.")
    website = text(500, allow_none=True, about="A web address.")
    email = text(200, allow_none=True)
    phone = text(60, allow_none=True)
    mandate = text(10_000, allow_none=True, about="What it is there for.")


class InstitutionDraft(_InstitutionWords):
    """An institution that is to be entered."""

    code = text(60, required=True, about="Short and lasting: letters, digits, hyphens and underscores, such as MOH.")
    kind = one_of(INSTITUTION_KINDS, required=True)
    names = _names("Its names by language.", required=True)


class InstitutionChange(_InstitutionWords):
    """What is to be changed; what is not named stays."""

    kind = one_of(INSTITUTION_KINDS)
    names = _names("Its names by language; an empty one is taken away.")
    reason = text(500, about="Why; the audit trail keeps it.")


class Closing(Body):
    """When an institution ends, and why."""

    on = fields.Date(metadata={"description": "Its last day; today where nothing is said."})
    reason = text(500, about="Why; the audit trail keeps it.")


class Reopening(Body):
    """Why a closed institution is open after all."""

    reason = text(500, about="Why; the audit trail keeps it.")


class EvidenceLink(Body):
    """A link that stands behind an update."""

    address = text(2000, required=True, about="A web address.")
    title = text(300, load_default="", about="The address where nothing is said.")


class EvidenceDocument(Body):
    """A document of the register that stands behind an update."""

    symbol = text(200, required=True, about="Its symbol.")
    title = text(300, load_default="", about="Symbol and title where nothing is said.")


class EvidenceFile(Body):
    """A file that stands behind an update."""

    file = file("The file; what it is is told by its content.")
    title = text(300, load_default="", about="Its name where nothing is said.")
