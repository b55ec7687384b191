"""The shape of reports in the API, for its description."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from uptake.toolkit import ApiPaging, api_list_schema

from uptake_reports.models import STATUSES


def _text(about: str = "", *, none: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=none, metadata={"description": about})


def _number(about: str = "", *, none: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=none, metadata={"description": about})


class Reports(ApiPaging):
    """Which reports."""

    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"description": "Only in this state."})


class Report(Schema):
    """A report that is being written, or has been."""

    id = _number()
    uuid = fields.UUID(required=True)
    title = _text()
    outline = _text("The code of its kind.")
    kind = _text("What that is called.")
    mechanism = _text("The code of the mechanism that it goes to.", none=True)
    state = _text("The State that it is about (ISO 3166 alpha-3).", none=True)
    language = _text()
    period_from = fields.Date(required=True, allow_none=True)
    period_to = fields.Date(required=True, allow_none=True)
    deadline = fields.Date(required=True, allow_none=True)
    status = _text("draft, circulated, approved or frozen")
    words_limit = _number("How many words it may have.", none=True)
    sections_count = _number()
    written_count = _number("How many of its sections hold text.")
    created = fields.DateTime(required=True)
    version = _number()


class ReportSection(Schema):
    """A part of a report."""

    id = _number()
    parent = _number("The number of the section above.", none=True)
    depth = _number("1 for the highest.")
    code = _text("That of its kind's section; own where it was added.")
    heading = _text()
    institution = _text("The code of the institution that writes it.", none=True)
    due = fields.Date(required=True, allow_none=True)
    annex = fields.Boolean(required=True, metadata={"description": "Whether its words are outside the limit."})
    words = _number("As the mechanism counts them.")
    words_limit = _number("How many it should have at most.", none=True)
    changed = fields.DateTime(required=True, allow_none=True)
    version = _number()


class WholeReport(Report):
    """A report with its outline."""

    formats = fields.List(
        fields.String(), required=True, metadata={"description": "As what its `/files` can be taken out, such as docx."}
    )
    words = _number("As the mechanism counts them.")
    sections = fields.List(
        fields.Nested(ReportSection), required=True, metadata={"description": "In order, each before those below it."}
    )


class ReportKind(Schema):
    """A kind of report: what stands under which headings."""

    code = _text("What a new report names as its `outline`.")
    title = _text()
    about = _text("What it is for; may be empty.")
    words_limit = _number("The official limit of words.", none=True)
    mechanisms = fields.List(
        fields.String(), required=True, metadata={"description": "The codes of the mechanisms to which it can go."}
    )
    mechanism_needed = fields.Boolean(required=True, metadata={"description": "Whether it must go to one of them."})
    asks = _text("question or paragraph, where it has a section for each of those that are `asked`; else empty.")


class ReportPiece(Schema):
    """Something of the register that can be taken into a section."""

    kind = _text("recommendation, update, assessment, evidence or action")
    ref = _text("What names it among its kind.")
    recommendation = fields.UUID(
        required=True, metadata={"description": "The id of the recommendation that it is about."}
    )
    label = _text()
    text = _text()
    taken = fields.Boolean(required=True, metadata={"description": "Whether the section holds it already."})


class Offers(ApiPaging):
    """What is looked for."""

    class Meta:
        """The size of a part is that of the page."""

        exclude = ("limit",)

    q = fields.String(
        validate=validate.Length(max=200), load_default="",
        metadata={"description": "Words, to find anything else that the report is about."},
    )  # fmt: skip


class ReportSource(Schema):
    """What of the register stands behind words of a section."""

    id = fields.UUID(required=True, metadata={"description": "What `data-source` names."})
    kind = _text("recommendation, update, assessment, evidence or action")
    label = _text()
    address = _text("Where it can be seen.")
    text = _text("What it said when it was taken in.")
    state = _text("fresh; changed or gone where it says something else now")


class WholeReportSection(ReportSection):
    """A section with its text."""

    body = _text("HTML of paragraphs, headings, lists and tables; `cite` names a source.")
    text = _text("The same without looks: one line for each paragraph, item or row.")
    sources = fields.List(fields.Nested(ReportSource), required=True)


class ReportText(Schema):
    """A whole report as it reads, in blocks."""

    title = _text()
    subtitle = _text()
    language = _text()
    direction = _text("ltr or rtl")
    key = _text("The uuid of the report; empty in a published one.")
    facts = fields.List(fields.List(fields.String()), required=True, metadata={"description": "Labels with values."})
    blocks = fields.List(
        fields.Dict(keys=fields.String()), required=True,
        metadata={"description": "In order; `kind` is heading, paragraph, list, table or figure."},
    )  # fmt: skip
    sources = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.String()), required=True,
        metadata={"description": "By the key that words name in `source`."},
    )  # fmt: skip


class PublishedReport(Schema):
    """A report that everybody may read."""

    uuid = fields.UUID(required=True)
    title = _text()
    kind = _text("What kind of report it is.")
    mechanism = _text("The code of the mechanism that it went to.", none=True)
    language = _text()
    published = fields.DateTime(required=True)


PublishedList = api_list_schema(PublishedReport)
ReportList = api_list_schema(Report)
ReportKindList = api_list_schema(ReportKind)
ReportPieceList = api_list_schema(ReportPiece, counted=True)
