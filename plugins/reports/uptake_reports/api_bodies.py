"""What programs send about reports: the same drafts that the forms of the pages make."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from uptake.toolkit import N_, ApiBody

from uptake_reports.drafts import LONGEST_TITLE, MOST_WORDS
from uptake_reports.editing import MOVES
from uptake_reports.models import SOURCE_KINDS
from uptake_reports.questions import LONGEST
from uptake_reports.sections import LONGEST_GUIDANCE, LONGEST_HEADING
from uptake_reports.sources import MOST
from uptake_reports.writing import LONGEST_BODY

MOST_SHARE = 999_999_999


def _text(most: int, about: str, *, least: int = 0, example: str = "", **more: Any) -> fields.String:
    shown = {"description": about} | ({"example": example} if example else {})
    return fields.String(validate=validate.Length(min=least, max=most), metadata=shown, **more)


def _day(about: str) -> fields.Date:
    return fields.Date(allow_none=True, metadata={"description": about})


def _words(most: int, about: str) -> fields.Integer:
    return fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(min=1, max=most), metadata={"description": about}
    )


def _flag(about: str, **more: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, metadata={"description": about}, **more)


class _Frame(ApiBody):
    period_from = _day("The first day of what it reports on.")
    period_to = _day("The last.")
    deadline = _day("When it is due.")
    words_limit = _words(MOST_WORDS, "How many words it may have; that of its kind where nothing is said.")


class ReportDraft(_Frame):
    """A report that is to be begun."""

    id = fields.UUID(metadata={"description": "Your own uuid: the same one twice is one report."})
    outline = _text(
        80, "The code of its kind, out of `/reports/outlines`.", required=True, example="reports.parliament"
    )
    title = _text(LONGEST_TITLE, "Its title.", required=True, example="Briefing for parliament")
    mechanism = _text(60, "The code of the mechanism that it goes to.", load_default="")
    state = _text(3, "The State that it is about (ISO 3166 alpha-3), where the site follows several.", load_default="")
    document = _text(200, "The symbol of the document that it answers.", load_default="")
    language = _text(12, "The language in which it is written.", load_default="en")
    asked = _text(LONGEST, "The questions or paragraphs, for a kind that has a section for each.", load_default="")


class ReportChange(_Frame):
    """What is to be changed in the frame of a report; what is not named stays, null takes away."""

    title = _text(LONGEST_TITLE, "Its title.")
    language = _text(12, "The language in which it is written.")


class ReportStep(ApiBody):
    """A step on the way of a report."""

    step = fields.String(required=True, validate=validate.OneOf(tuple(MOVES)))


class SectionChange(ApiBody):
    """What is to be changed around the text of a section; what is not named stays, null takes away."""

    heading = _text(LONGEST_HEADING, "Its heading.")
    guidance = _text(LONGEST_GUIDANCE, "What belongs there.")
    institution = _text(60, "The code of the institution that writes it.", allow_none=True)
    due = _day("Until when.")
    words_limit = _words(MOST_SHARE, "How many words it should have at most.")
    annex = _flag("Whether its words are outside the limit.")


class _Sent(ApiBody):
    take_over = _flag("Save it although somebody is editing the section; else that is refused.", load_default=False)


class SectionText(_Sent):
    """The text of a section, as HTML or as plain text: one of both."""

    body = _text(LONGEST_BODY, "HTML of paragraphs, headings, lists and tables; anything else is left out.")
    text = _text(LONGEST_BODY, "Plain text; each line becomes a paragraph.", example="The bill was tabled.")

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_more: Any) -> None:
        """Raise ``ValidationError`` for both, and for none."""
        if ("body" in data) == ("text" in data):
            raise ValidationError(N_("Send the text as body or as text, one of both."), "body")


class PieceChoice(ApiBody):
    """A piece of the register, as `/offers` names it."""

    kind = fields.String(required=True, validate=validate.OneOf(SOURCE_KINDS[:-1]))
    ref = _text(80, "What names it among its kind.", least=1, required=True, example="1")
    recommendation = fields.UUID(
        required=True, metadata={"description": "The id of the recommendation that it is about."}
    )


class SectionPieces(_Sent):
    """Pieces of the register that are to be taken in at the end of a section, each with its source."""

    pieces = fields.List(fields.Nested(PieceChoice), required=True, validate=validate.Length(min=1, max=MOST))
