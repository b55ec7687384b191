"""Everything that a plugin may import from Uptake."""

from __future__ import annotations

from uptake.errors import AppError, Invalid, NotFound, Refused
from uptake.files.dates import parse_date
from uptake.files.json_records import json_records
from uptake.files.reference import read_mechanisms, read_vocabulary
from uptake.files.sheets import Row, Sheet, open_sheet
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
from uptake.hooks.specs import hookimpl
from uptake.texts import clean, cut, fold, normalise_number, slugify

__all__ = [
    "AppError",
    "ComponentDraft",
    "Draft",
    "FileInfo",
    "Finding",
    "Importer",
    "Invalid",
    "MechanismSpec",
    "NotFound",
    "PositionDraft",
    "ReadOptions",
    "Refused",
    "Row",
    "Sheet",
    "TagDraft",
    "TermSpec",
    "VocabularySpec",
    "clean",
    "cut",
    "fold",
    "hookimpl",
    "json_records",
    "normalise_number",
    "open_sheet",
    "parse_date",
    "read_mechanisms",
    "read_vocabulary",
    "slugify",
]
