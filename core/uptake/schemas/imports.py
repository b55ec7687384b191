"""Imports in the API: what programs send, and what they are told."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from uptake.schemas.arguments import Paging
from uptake.schemas.base import count, file, language, listed, one_of, page_of, perhaps, said, text
from uptake.schemas.bodies import Body

SEVERITIES = ("refused", "warning", "info")
MOST_COLUMNS = 500


class UploadedFile(Body):
    """A file that is to be imported."""

    file = file("The file.")
    importer = text(60, load_default="", about="Who shall read it; whoever recognises it where nothing is said.")


class Trial(Body):
    """How a file is to be read."""

    importer = text(60, load_default="", about="Who shall read it; whoever recognises it where nothing is said.")
    mapping = text(40, load_default="",
                   about="Of a table: the name of a mapping, or the one under which `columns` is kept.")  # fmt: skip
    columns = fields.Dict(
        keys=text(1000), values=text(60), validate=validate.Length(max=MOST_COLUMNS),
        metadata={"description": "Of a table: what each column means, by its title; one of them is `text`.",
                  "example": {"Recommendation": "text", "Country": "state"}},
    )  # fmt: skip
    constants = fields.Dict(
        keys=text(60), values=text(300), load_default={},
        metadata={"description": "Of a table: what holds for all rows, such as the mechanism."},
    )  # fmt: skip
    group = fields.Boolean(load_default=False, truthy={True}, falsy={False},
                           metadata={"description": "Of a table: rows in a run are one recommendation."})  # fmt: skip
    language = language("The language of the file, where it does not say.")
    states = fields.List(text(3), load_default=[], validate=validate.Length(max=300),
                         metadata={"description": "Only these States (ISO 3166 alpha-3)."})  # fmt: skip
    complete = fields.Boolean(
        allow_none=True, load_default=None, truthy={True}, falsy={False},
        metadata={"description": "Whether the file holds all of its feed; null lets the file tell."},
    )  # fmt: skip


class Apply(Body):
    """What is to be done with records that are refused."""

    skip_refused = fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "Take the others without them."}
    )


class Column(Schema):
    """A column of a table."""

    title = said()
    meaning = perhaps("What it is taken for; null where nobody knows.")


class WaitingFile(Schema):
    """A file that waits to be imported; it is kept for three days."""

    id = fields.UUID(required=True)
    name = said()
    size = count()
    created = fields.DateTime(required=True)
    importer = perhaps("Who recognises it.")
    importers = listed("Who there is.")
    columns = fields.List(fields.Nested(Column), required=True, metadata={"description": "Of a table."})
    mappings = listed("The mappings of tables that there are.")


class ImportRun(Schema):
    """One run of an importer over one file."""

    id = count()
    importer = said()
    source = said()
    file = said()
    checksum = said("SHA-256 of the file.")
    size = count()
    status = said("running, applied, failed or undone")
    started = fields.DateTime(required=True)
    finished = fields.DateTime(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    error = perhaps()


class ImportFinding(Schema):
    """Something that an import has to say; equal ones are counted together."""

    severity = said("refused, warning or info")
    code = said()
    message = said("In the reader's language.")
    count = count()
    places = listed("Where it was met first.")


class Findings(Paging):
    """Which findings."""

    severity = one_of(SEVERITIES, about="Only these.")


class NewRecommendation(Schema):
    """What would be new."""

    place = said("Document and paragraph.")
    text = said()


class FieldChange(Schema):
    """A fact before and after."""

    field = said()
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ChangedRecommendation(NewRecommendation):
    """What would be another."""

    id = fields.UUID(required=True)
    fields_ = fields.List(fields.Nested(FieldChange), required=True, data_key="fields")


class ImportJob(Schema):
    """A trial, an import, or taking one back: ask again until its state is done, failed or cancelled."""

    id = fields.UUID(required=True)
    kind = said("trial, import or undo")
    state = said("waiting, running, done, failed or cancelled")
    done = count("How far it is,")
    total = count("of how much; 0 while nobody knows.")
    created = fields.DateTime(required=True)
    finished = fields.DateTime(required=True, allow_none=True)
    error = perhaps("Why it failed.")
    importer = perhaps()
    applied = fields.Boolean(required=True, metadata={"description": "Of an import: whether anything was taken."})
    run = fields.Integer(required=True, allow_none=True, metadata={"description": "The number of the import."})
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    findings = fields.List(fields.Nested(ImportFinding), required=True)
    new = fields.List(
        fields.Nested(NewRecommendation), required=True, metadata={"description": "Of a trial: up to 200."}
    )
    changed = fields.List(
        fields.Nested(ChangedRecommendation), required=True, metadata={"description": "Of a trial: up to 200."}
    )


ImportRunList = page_of(ImportRun)
ImportFindingList = page_of(ImportFinding)
