"""A mapping says what is wrong with it, and is proposed for a table."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from uptake.errors import Invalid
from uptake.files.mapping import FIELDS, Mapping, builtin_mappings, check, preview, read_spec, suggest
from uptake.files.sheets import Sheet, open_sheet


def of(header: str) -> Sheet:
    return open_sheet(io.BytesIO(header.encode()), "list.csv")


def refused(spec: dict[str, object]) -> str:
    with pytest.raises(Invalid) as caught:
        Mapping.from_spec(spec)
    return str(caught.value)


def test_every_missing_column_is_named_with_those_there_are_and_the_nearest() -> None:
    mapping = Mapping.from_spec({"columns": {"text": "Recomendation", "state": "SuR", "themes": ["Theme", "Topic"]}})
    with pytest.raises(Invalid) as caught:
        check(mapping, of("Recommendation,Country,Themes"))
    said = str(caught.value)
    assert "“Recomendation”, “SuR”, “Theme”, “Topic”" in said
    assert "It has: Recommendation, Country, Themes" in said
    assert "Nearest: “Recomendation” → Recommendation" in said
    assert "“Theme” → Themes" in said


def test_a_mapping_fits_whatever_the_case_blanks_and_accents() -> None:
    sheet = of("Recommandation,État\nRatifier,Tchad\n")
    check(Mapping.from_spec({"columns": {"text": "recommandation  ", "state": "etat"}}), sheet)
    assert [sheet.find_column(name) for name in ("recommandation  ", "etat")] == [0, 1]


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    said = refused({"columns": {"text": "Text", "colour": "Colour"}, "constants": {"weight": 1}})
    assert "no field “colour” (columns)" in said
    assert "no field “weight” (constants)" in said
    assert all(field in said for field in FIELDS)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, "“text”, which is required"),
        ({"columns": {"state": "To"}}, "“text”, which is required"),
        ({"columns": {"text": ""}}, "“text” names no column"),
        ({"columns": ["text"]}, "“columns” must be a table"),
        ({"columns": {"text": "T"}, "colums": {}}, "“colums” is no part of a mapping"),
        ({"columns": {"text": "T"}, "values": {"position": "x"}}, "“values.position” must be a table"),
        ({"columns": {"text": "T"}, "group": "yes"}, "“group” must be true or false"),
        ({"columns": {"text": "T"}, "header_row": "two"}, "“header_row” must be a row number"),
        ({"columns": {"text": "T"}, "encoding": 8}, "“encoding” must be a word"),
        ({"columns": {"text": "T"}, "separators": {"themes": ""}}, "separator “” of “themes” is empty"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(spec: dict[str, object], words: str) -> None:
    assert words in refused(spec)


def test_toml_may_write_languages_bare(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text('[columns]\ntext.fr = "Texte"\ntext.en = "Text"\n[constants]\nstate = "SVN"\n', encoding="utf-8")
    mapping = Mapping.from_spec(read_spec(path))
    assert mapping.columns == {"text.fr": ("Texte",), "text.en": ("Text",)}
    assert mapping.constants == {"state": ("SVN",)}


def test_broken_toml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text("columns = {", encoding="utf-8")
    with pytest.raises(Invalid, match=r"list\.toml is no TOML"):
        read_spec(path)
    with pytest.raises(Invalid, match="cannot be read"):
        read_spec(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("To,Text,From,Response,Issue,Session", "state text recommenders position themes session"),
        ("SuR,Recommendation,RS,Response,Issue", "state text recommenders position themes"),
        ("Country;Recommendations;Recommending State(s);Position;Theme", "state text recommenders position themes"),
        ("État examiné;Recommandation;État auteur;Réponse;Thème", "state text recommenders position themes"),
        ("Estado examinado;Recomendación;Estado recomendante;Respuesta;Tema;Año",
         "state text recommenders position themes date"),
        ("Paragraph,Document Symbol,year,SDGs,Affected Persons,OHCHR Annotation Id",
         "paragraph symbol date sdgs groups key"),
        ("Text (English),Text (French),Recommandation espagnol", "text.en text.fr text.es"),
    ],
)  # fmt: skip
def test_a_mapping_is_proposed_from_the_header(header: str, columns: str) -> None:
    sheet = of(header)
    assert suggest(sheet)["columns"] == dict(zip(columns.split(), sheet.header, strict=True))


def test_a_preview_shows_how_a_file_is_written(shared_data: Path) -> None:
    seen = preview(shared_data / "upr-report-extracts" / "upr_report_recommendations_2010.csv")
    assert json.loads(json.dumps(seen)) == seen
    assert (seen["encoding_certain"], seen["line_end"], seen["separator"]) == (False, "mixed", ",")
    assert seen["header"] == ["text", "to", "decision", "From", "year", "notes"]
    assert len(seen["rows"]) == 10  # type: ignore[arg-type]
    suggested = seen["suggested"]
    assert isinstance(suggested, dict)
    assert list(suggested["replace"].values()) == ["’"]
    Mapping.from_spec(suggested)


def test_a_preview_of_a_workbook_is_json(shared_data: Path) -> None:
    seen = preview(shared_data / "upr-schedule" / "upr_2026_deadlines_sessions_52-54.xlsx")
    assert json.loads(json.dumps(seen))["sheets"] == ["All", "keys", "sessions_info"]


@pytest.mark.parametrize("name", builtin_mappings())
def test_what_ships_is_valid(name: str) -> None:
    assert Mapping.from_spec(builtin_mappings()[name]).columns["text"]
