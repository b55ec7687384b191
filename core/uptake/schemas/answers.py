"""What the API answers: the shape of every thing, for the description; services make the values."""

from __future__ import annotations

from marshmallow import Schema, fields

from uptake.schemas.base import by_language, count, listed, page_of, perhaps, said


class Text(Schema):
    """A recommendation in one language."""

    language = said()
    heading = perhaps()
    text = said()
    origin = said("official, human or machine")
    outdated = fields.Boolean(required=True)


class Responsible(Schema):
    """An institution's part in a recommendation."""

    institution = said("The code of the institution.")
    role = said("lead or support")
    state = said("assigned, accepted; to those involved also declined, ended, proposed")


class Evidence(Schema):
    """What stands behind an update."""

    id = count("Its number, for its own address.")
    kind = said("file, link or document")
    title = said()
    href = said("An address; one that begins with a slash is of this site.")
    media_type = perhaps("Of a file.")
    size = fields.Integer(required=True, allow_none=True, metadata={"description": "Of a file, in bytes."})
    created = fields.DateTime(required=True)


class Translation(Schema):
    """An update in another language."""

    language = said()
    origin = said("human or machine")
    outdated = fields.Boolean(required=True)
    texts = by_language("Words by part of the update.")


class Update(Schema):
    """A progress update."""

    id = fields.UUID(required=True)
    institution = said("The code of the institution whose word it is.")
    state = said("draft, submitted, confirmed, approved, published or withdrawn")
    returned = fields.Boolean(required=True)
    recommendations = listed("The ids of the recommendations that it answers.")
    language = said()
    period_from = fields.Date(required=True, allow_none=True)
    period_to = fields.Date(required=True, allow_none=True)
    done = said("What was done.")
    effect = said("What changed for people.")
    obstacles = said()
    next_step = said()
    claim = perhaps("Where it stands: a code of the status scale.")
    claim_reason = perhaps()
    no_change = fields.Boolean(required=True)
    evidence = fields.List(fields.Nested(Evidence), required=True)
    translations = fields.List(fields.Nested(Translation), required=True)
    created = fields.DateTime(required=True)
    changed = fields.DateTime(required=True)
    published = fields.DateTime(required=True, allow_none=True)
    version = count("For If-Match.")


class Assessment(Schema):
    """What a mechanism, an NHRI, civil society or the UN says of the follow-up."""

    id = fields.UUID(required=True)
    recommendation = fields.UUID(required=True)
    institution = perhaps("The code of the institution that assesses; null where the mechanism itself does.")
    mechanism = perhaps("The code of the mechanism whose grade it is.")
    scale = said()
    scale_name = said()
    grade = said()
    grade_name = said()
    text = said()
    language = said()
    date = fields.Date(required=True)
    source = perhaps()
    state = said("published; to those who wrote it also draft, withdrawn")
    created = fields.DateTime(required=True)
    version = count("For If-Match.")


class Recommendation(Schema):
    """A recommendation, observation, pledge or decision; codes as the filters take them."""

    id = fields.UUID(required=True)
    parent = perhaps("The id of the recommendation that this is a component of.")
    state = perhaps("The State that it is addressed to (ISO 3166 alpha-3).")
    states = listed("All States that it is addressed to.")
    mechanism = perhaps()
    body = perhaps("The same as mechanism.")
    family = perhaps()
    symbol = perhaps("The symbol of its document.")
    document = perhaps("The id of its document.")
    paragraph = perhaps()
    kind = said()
    date = fields.Date(required=True, allow_none=True)
    cycle = fields.Integer(required=True, allow_none=True)
    session = perhaps()
    language = said("The language of text and heading.")
    languages = listed("All languages that there is a text in.")
    origin = said("official, human or machine")
    heading = perhaps()
    text = said()
    position = perhaps("What the State said to it.")
    recommenders = listed("The States that made it.")
    themes = listed("Slugs.")
    groups = listed("Slugs.")
    sdgs = listed("Numbers of goals and targets.")
    missing = fields.Boolean(required=True, metadata={"description": "Whether its feed lacks it by now."})
    status = said("Where it stands by the State's own published word.")
    verified = fields.Boolean(required=True, metadata={"description": "Whether evidence stands behind the status."})
    confirmed_on = fields.Date(required=True, allow_none=True)
    responsible = fields.List(fields.Nested(Responsible), required=True)
    updates_count = count("How many updates are published on it.")
    version = count("For If-Match.")
    texts = fields.List(fields.Nested(Text), metadata={"description": "With include=texts."})
    updates = fields.List(fields.Nested(Update), metadata={"description": "With include=updates."})
    assessments = fields.List(fields.Nested(Assessment), metadata={"description": "With include=assessments."})


class WholeRecommendation(Recommendation):
    """A recommendation with everything."""

    components = listed("The ids of its components.")
    withdrawn = fields.Boolean(required=True)


class Found(page_of(Recommendation, counted=True)):  # type: ignore[misc]
    """What a search finds, and how it spreads over the facets."""

    facets = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()), required=True,
        metadata={"description": "For each facet its values with their counts."},
    )  # fmt: skip
    problems = listed("What was wrong with the query's words; the rest was searched.")
    reading = said("How the words were read.")


class TitleIn(Schema):
    """A document's title in another language: a translation made here."""

    language = said()
    title = said()
    origin = said("human or machine")


class Document(Schema):
    """A document that recommendations stand in."""

    id = fields.UUID(required=True)
    symbol = perhaps()
    title = perhaps()
    title_language = perhaps()
    translations = fields.List(fields.Nested(TitleIn), required=True)
    mechanism = perhaps()
    date = fields.Date(required=True, allow_none=True)
    session = perhaps()
    cycle = fields.Integer(required=True, allow_none=True)
    links = by_language("Where it can be read, by language.")
    states = listed("The States that it is about.")
    recommendations = count("How many stand in it.")


class Mechanism(Schema):
    """Whatever makes recommendations or decisions."""

    code = said()
    family = said()
    names = by_language()
    confidential = fields.Boolean(required=True)
    recommendations = count()


class Vocabulary(Schema):
    """A list of terms of one kind."""

    code = said()
    kind = said("theme, group, sdg or action")
    titles = by_language()
    version = said()
    origin = said("Who made it.")
    terms = count("How many terms it has.")


class Term(Schema):
    """A term."""

    slug = said("Its name in filters.")
    code = said()
    labels = by_language()
    unofficial = by_language("Languages whose label is a translation made here: human or machine.")
    parent = perhaps("The slug of the term above.")
    reviewed = fields.Boolean(required=True)
    recommendations = count()


class Institution(Schema):
    """A ministry, court, parliament, NHRI, organisation; nothing of people."""

    code = said()
    kind = said()
    level = said()
    parent = perhaps("The code of the one that it belongs to.")
    names = by_language()
    short_names = by_language()
    unofficial = by_language("Languages whose names are a translation made here: human or machine.")
    website = perhaps()
    email = perhaps("To those who sign in; null for visitors.")
    phone = perhaps("To those who sign in.")
    mandate = perhaps("To those who sign in.")
    closed_on = fields.Date(required=True, allow_none=True)
    open = count("Recommendations that it answers for and that no status closes.")
    version = count("For If-Match.")


class Assignment(Schema):
    """An institution's part in a recommendation."""

    id = count()
    recommendation = fields.UUID(required=True)
    institution = said("The code of the institution.")
    role = said("lead or support")
    state = said("assigned or accepted; to those involved also proposed, declined, ended")
    reason = perhaps("For those involved.")
    created = fields.DateTime(required=True, allow_none=True)
    answered = fields.DateTime(required=True, allow_none=True)
    version = count("For If-Match.")


class Change(Schema):
    """Something that is another since; ask for it anew by its id."""

    at = fields.DateTime(required=True)
    kind = said("recommendation, update, assessment, institution or import")
    id = said("The id or code of that thing.")
    what = said("added, changed or removed")


class ChangeList(Schema):
    """Changes in their order."""

    items = fields.List(fields.Nested(Change), required=True)
    next = said("The address of what comes after; ask it again later, it is there at the end too.")
    more = fields.Boolean(required=True, metadata={"description": "Whether there is more already."})


class Index(Schema):
    """What there is."""

    title = said("The name of the site.")
    version = said("The version of Uptake.")
    api = said("The version of the API.")
    links = by_language("Where each kind of thing is listed.")


RecommendationList = page_of(Recommendation, counted=True)
DocumentList = page_of(Document)
MechanismList = page_of(Mechanism)
VocabularyList = page_of(Vocabulary)
TermList = page_of(Term)
InstitutionList = page_of(Institution)
UpdateList = page_of(Update)
AssessmentList = page_of(Assessment)
AssignmentList = page_of(Assignment)
EvidenceList = page_of(Evidence)
