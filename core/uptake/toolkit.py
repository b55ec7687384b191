"""Everything that a plugin may import from Uptake.

A plugin that only reads files needs importers and drafts. One that keeps data of its own derives its models from ``Base``,
writes inside ``transaction()``, asks ``require`` first and leaves a ``record_event``. Its pages are views of a Flask
blueprint, guarded by ``allowed`` and registered with ``page`` where they answer as JSON too. ``uptake_plans`` shows it all.
"""

from uptake.api.answers import part as api_list
from uptake.api.answers import plain as api_plain
from uptake.api.answers import thing as api_thing
from uptake.api.blueprint import ApiBlueprint
from uptake.api.conditions import matched as api_matched
from uptake.api.cursors import read as api_place
from uptake.api.who import owner as api_owner
from uptake.api.who import writer as api_writer
from uptake.commands.base import Context, as_json, open_app, say
from uptake.db import Base, session, transaction
from uptake.errors import N_, NC_, AppError, Busy, Conflict, Invalid, NotFound, Refused
from uptake.files.cells import cell_text
from uptake.files.dates import parse_date
from uptake.files.docx_writer import write_docx
from uptake.files.json_records import json_records
from uptake.files.outlines import read_outlines
from uptake.files.reference import read_mechanisms, read_vocabulary
from uptake.files.sheet_writer import write_sheet
from uptake.files.sheets import Row, Sheet, open_sheet
from uptake.files.tables import Across, Table
from uptake.hooks.contributions import (
    Ailment,
    Deadline,
    DemoCountry,
    Exporter,
    ExportRecord,
    GradeScale,
    HealthCheck,
    ImportFacts,
    JobSpec,
    LanguageSpec,
    Link,
    LinkType,
    MenuEntry,
    NoticeSpec,
    Objection,
    Panel,
    PanelContext,
    Permission,
    Progress,
    Setting,
    Tables,
    TokenScope,
    UpdateFacts,
)
from uptake.hooks.kinds import (
    ComponentDraft,
    Draft,
    FileInfo,
    Finding,
    Importer,
    MechanismSpec,
    PositionDraft,
    ReadOptions,
    TagDraft,
    TermSpec,
    VocabularySpec,
)
from uptake.hooks.person import Person
from uptake.hooks.reports import ReportFormat, ReportOutline, ReportSection
from uptake.hooks.specs import hookimpl
from uptake.i18n import day, direction, gettext, language_name, moment, ngettext, number, pgettext, pick, told
from uptake.schemas.arguments import Paging as ApiPaging
from uptake.schemas.base import page_of as api_list_schema
from uptake.schemas.bodies import Body as ApiBody
from uptake.search.engine import Query
from uptake.services.actors.institutions import Named as Institution
from uptake.services.actors.institutions import named as institutions_named
from uptake.services.actors.institutions import options as institution_options
from uptake.services.audit import record_event
from uptake.services.charts.pictures_for_plugins import (
    picture,
    picture_of,
    picture_png,
    picture_svg,
    picture_tables,
    picture_titles,
    pictures_available,
)
from uptake.services.charts.pictures_table import Table as PictureTable
from uptake.services.instance import languages_of as site_languages
from uptake.services.instance import plugin_options
from uptake.services.lists.cards import Card, load_cards
from uptake.services.lists.cards import ids_of as recommendation_ids
from uptake.services.lists.list_files import ListColumn, ListFile
from uptake.services.lists.searching import build_query, counts_of, matching
from uptake.services.open_data.keyset import Part as ApiPart
from uptake.services.open_data.keyset import in_order as api_in_order
from uptake.services.people.letters import speaking
from uptake.services.permissions import load_person, may, may_somewhere, reach, require, require_somewhere
from uptake.services.plugins.extensions import registry_of
from uptake.services.progress.handling import Handling, handling_of
from uptake.services.progress.workflow import facts_of as update_facts
from uptake.services.progress.workflow_told import reaching as people_reaching
from uptake.services.reporting.report_material import Material, informed, material_of, place_of
from uptake.services.reporting.report_scope import (
    Finder,
    MechanismChoice,
    actors_of_kinds,
    base_address,
    document_options,
    find_document,
    institutions_by_code,
    leads,
    mechanism_options,
    people_named,
    standings,
    state_options,
    writers,
)
from uptake.services.running.jobs import RunningJob
from uptake.services.running.jobs import start as start_job
from uptake.services.site_settings import get as setting
from uptake.services.storing.file_kinds import identify as identify_file
from uptake.services.storing.waiting_uploads import find as find_upload
from uptake.services.storing.waiting_uploads import keep as keep_upload
from uptake.services.telling.notices import people_of, tell
from uptake.texts import clean, cut, fold, normalise_number, slugify, unprintable
from uptake.web.links import path_to, site
from uptake.web.params import version_from
from uptake.web.portal.list_answers import list_answer
from uptake.web.render import page
from uptake.web.responsibility.assignments import term_name
from uptake.web.uploads import takes_files
from uptake.web.who import allowed, person

__all__ = [
    "NC_",
    "N_",
    "Across",
    "Ailment",
    "ApiBlueprint",
    "ApiBody",
    "ApiPaging",
    "ApiPart",
    "AppError",
    "Base",
    "Busy",
    "Card",
    "ComponentDraft",
    "Conflict",
    "Context",
    "Deadline",
    "DemoCountry",
    "Draft",
    "ExportRecord",
    "Exporter",
    "FileInfo",
    "Finder",
    "Finding",
    "GradeScale",
    "Handling",
    "HealthCheck",
    "ImportFacts",
    "Importer",
    "Institution",
    "Invalid",
    "JobSpec",
    "LanguageSpec",
    "Link",
    "LinkType",
    "ListColumn",
    "ListFile",
    "Material",
    "MechanismChoice",
    "MechanismSpec",
    "MenuEntry",
    "NotFound",
    "NoticeSpec",
    "Objection",
    "Panel",
    "PanelContext",
    "Permission",
    "Person",
    "PictureTable",
    "PositionDraft",
    "Progress",
    "Query",
    "ReadOptions",
    "Refused",
    "ReportFormat",
    "ReportOutline",
    "ReportSection",
    "Row",
    "RunningJob",
    "Setting",
    "Sheet",
    "Table",
    "Tables",
    "TagDraft",
    "TermSpec",
    "TokenScope",
    "UpdateFacts",
    "VocabularySpec",
    "actors_of_kinds",
    "allowed",
    "api_in_order",
    "api_list",
    "api_list_schema",
    "api_matched",
    "api_owner",
    "api_place",
    "api_plain",
    "api_thing",
    "api_writer",
    "as_json",
    "base_address",
    "build_query",
    "cell_text",
    "clean",
    "counts_of",
    "cut",
    "day",
    "direction",
    "document_options",
    "find_document",
    "find_upload",
    "fold",
    "gettext",
    "handling_of",
    "hookimpl",
    "identify_file",
    "informed",
    "institution_options",
    "institutions_by_code",
    "institutions_named",
    "json_records",
    "keep_upload",
    "language_name",
    "leads",
    "list_answer",
    "load_cards",
    "load_person",
    "matching",
    "material_of",
    "may",
    "may_somewhere",
    "mechanism_options",
    "moment",
    "ngettext",
    "normalise_number",
    "number",
    "open_app",
    "open_sheet",
    "page",
    "parse_date",
    "path_to",
    "people_named",
    "people_of",
    "people_reaching",
    "person",
    "pgettext",
    "pick",
    "picture",
    "picture_of",
    "picture_png",
    "picture_svg",
    "picture_tables",
    "picture_titles",
    "pictures_available",
    "place_of",
    "plugin_options",
    "reach",
    "read_mechanisms",
    "read_outlines",
    "read_vocabulary",
    "recommendation_ids",
    "record_event",
    "registry_of",
    "require",
    "require_somewhere",
    "say",
    "session",
    "setting",
    "site",
    "site_languages",
    "slugify",
    "speaking",
    "standings",
    "start_job",
    "state_options",
    "takes_files",
    "tell",
    "term_name",
    "told",
    "transaction",
    "unprintable",
    "update_facts",
    "version_from",
    "write_docx",
    "write_sheet",
    "writers",
]
