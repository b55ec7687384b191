"""The parts of a Word file beside its text: styles, numbering, footnotes, properties. None of them names a person."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from uptake_reports.output.wordml import NAMESPACES
from uptake_reports.output.writing import writable

EAST_FONTS = {"zh": "Microsoft YaHei", "ja": "Yu Gothic", "ko": "Malgun Gothic"}
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_UNWANTED = ("/thumbnail", "/customXml", "/stylesWithEffects")
_BREAKS = (("separator", -1), ("continuationSeparator", 0))


def empty(language: str, right: bool) -> Any:
    """A document without text, with the styles of reports in the fonts and the language that it needs."""
    word = docx.Document()
    for relations in (word.part.package.rels, word.part.rels):
        for relation in [one for one in relations.values() if one.reltype.endswith(_UNWANTED)]:
            relations.pop(relation.rId)
    base = language.partition("-")[0]
    values = {
        "east": EAST_FONTS.get(base, EAST_FONTS["zh"]),
        "first": "170" if right else "0",
        "tab": "737" if right else "567",
        "lang": _full("en" if right or base in EAST_FONTS else language),
        "lang_east": _full(language if base in EAST_FONTS else "zh"),
        "lang_bidi": _full(language if right else "ar"),
    }
    parts = {"styles": word.styles, "settings": word.settings, "numbering": word.part.numbering_part}
    for name, part in parts.items():
        _fill(part.element, _data(f"{name}.xml").substitute(values))
    return word


def describe(word: Any, title: str, language: str, properties: Mapping[str, str]) -> None:
    """What the file says of itself: a title, a language, when it was made, and what finds the report again."""
    core = word.core_properties
    core.title, core.language, core.subject = writable(title)[:255], language, ""
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = ""
    core.created = core.modified = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    core.revision = 1
    filled = "".join(
        f'<property fmtid="{_FORMAT_ID}" pid="{number}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for number, (name, value) in enumerate(properties.items(), 2)
    )
    space = "http://schemas.openxmlformats.org/officeDocument/2006"
    xml = f'<Properties xmlns="{space}/custom-properties" xmlns:vt="{space}/docPropsVTypes">{filled}</Properties>'
    part = _part(word, "/docProps/custom.xml", CUSTOM, xml)
    made_by = f'<Properties xmlns="{space}/extended-properties"><Application>Uptake</Application></Properties>'
    word.part.package.part_related_by(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)._blob = _xml(made_by)
    word.part.package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def add_footnotes(part: Part, notes: list[str], right: bool) -> None:
    """Fill the part of the footnotes, numbered from 1; what stands before them are the lines between text and notes."""
    side = "<w:bidi/>" if right else ""
    lines = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr>{side}<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
        f"</w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>"
        for kind, number in _BREAKS
    )
    filled = "".join(f'<w:footnote w:id="{number}">{note}</w:footnote>' for number, note in enumerate(notes, 1))
    part._blob = _xml(f"<w:footnotes {NAMESPACES}>{lines}{filled}</w:footnotes>")


def footnotes_part(word: Any) -> Part:
    """The part that holds the footnotes; python-docx knows none."""
    part = _part(word, "/word/footnotes.xml", FOOTNOTES, "<w:footnotes/>")
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    return part


def _part(word: Any, name: str, kind: str, xml: str) -> Part:
    return Part(PackURI(name), kind, _xml(xml), word.part.package)


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


def _data(name: str) -> Template:
    return Template(files("uptake_reports.output").joinpath("word", name).read_text("utf-8"))


def _fill(element: Any, xml: str) -> None:
    for child in list(element):
        element.remove(child)
    element.extend(list(parse_xml(xml)))


def _full(language: str) -> str:
    """A language as Word names it: with a country."""
    full = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "pt": "pt-PT", "ru": "ru-RU", "ar": "ar-SA", "zh": "zh-CN",
            "sw": "sw-KE", "sm": "sm-WS", "fa": "fa-IR", "ur": "ur-PK", "he": "he-IL"}  # fmt: skip
    return full.get(language, language)
