"""A worklist goes out as XLIFF or XLSX and comes back row by row: what is new, changed, the same, and refused with why."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from flask import Flask
from openpyxl import load_workbook
from uptake.db import session, transaction
from uptake.errors import NotFound
from uptake.models.audit import AuditEntry
from uptake.models.recommendations import RecommendationText
from uptake.services.permissions import SYSTEM, Person
from uptake.services.translating import desk, exchange, exchange_apply
from uptake.services.translating.exchange_apply import Waiting
from uptake.services.translating.items import HUMAN, MACHINE, OFFICIAL, Version
from uptake.services.translating.kind import Change, Wanted
from uptake.services.translating.kinds import find
from uptake.testing.people import make_person
from uptake.testing.reporting import Scene

from .conftest import Translate, count
from .conftest import read as read_item

TERMS = Wanted("term", "sw")
FORMS = ("xlf", "xlsx")


def export(wanted: Wanted, form: str, person: Person = SYSTEM, source: str = "") -> bytes:
    session().rollback()
    stream = io.BytesIO()
    exchange.write(session(), stream, wanted, form, source=source, person=person)
    return stream.getvalue()


def fill(data: bytes, form: str, translated: Callable[[str], str]) -> bytes:
    """The file as a translator sends it back; ``translated`` gives the target of a source."""
    if form == "xlf":
        unit = re.compile(r"<source>(.*?)</source>(?:<target[^>]*>.*?</target>)?", re.DOTALL)
        return unit.sub(lambda found: _unit(found[1], translated(found[1])), data.decode()).encode()
    book = load_workbook(io.BytesIO(data))
    sheet = book.active
    assert sheet is not None
    for row in sheet.iter_rows(min_row=2):
        row[4].value = translated(str(row[2].value)) or None
    return saved(book)


def _unit(source: str, target: str) -> str:
    said = f'<target state="translated">{escape(target)}</target>' if target else ""
    return f"<source>{source}</source>{said}"


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    book.close()
    return stream.getvalue()


def receive(data: bytes, person: Person, form: str = "xlf") -> Waiting:
    token = exchange_apply.receive(io.BytesIO(data), f"work.{form}", person=person)
    session().rollback()
    return exchange_apply.waiting(session(), token, person=person)


def reasons(found: Waiting) -> set[str]:
    return {problem[0] for one in found.outcomes for problem in one.problems}


@pytest.mark.parametrize("form", FORMS)
def test_a_worklist_goes_out_and_comes_back(demo: Flask, translator: Person, form: str) -> None:
    data = fill(export(TERMS, form), form, lambda text: f"sw {text}"[:200])
    found = receive(data, translator, form)
    assert found.counts == {"new": len(found.outcomes), "change": 0, "same": 0, "refused": 0}
    assert len(found.outcomes) > 100
    done = exchange_apply.apply(found.token, person=translator)
    assert done == found.counts
    assert exchange_apply.apply(found.token, person=translator) == done
    item = read_item("term", "death-penalty", translator)
    assert (item.state("sw"), item.texts("sw")) == (HUMAN, {"label": "sw Death penalty"})
    assert export(TERMS, "xlf").count(b"<trans-unit") == 0
    again = receive(data, translator, form)
    assert again.counts["same"] == len(again.outcomes)


@pytest.mark.parametrize("form", FORMS)
def test_only_what_is_translated_is_taken(demo: Flask, translator: Person, form: str) -> None:
    wanted = Wanted("recommendation", "et", document="A/HRC/58/12")
    first = True

    def some(text: str) -> str:
        nonlocal first
        filled, first = "Esimene." if first else "", False
        return filled

    found = receive(fill(export(wanted, form), form, some), translator, form)
    assert (found.counts["new"], found.counts["refused"]) == (1, len(found.outcomes) - 1)
    assert reasons(found) == {"There is no translation in this row."}
    exchange_apply.apply(found.token, person=translator)
    assert count("Esimene language:et") == 1
    entry = session().query(AuditEntry).filter_by(action="recommendation.translate").one()
    assert (entry.reason, entry.actor) == (f"work.{form}", translator.mark)


def first_of(demo: Flask, person: Person) -> tuple[bytes, str]:
    """A worklist of one recommendation, and its key."""
    data = export(Wanted("recommendation", "et", document="A/HRC/58/12"), "xlf").decode()
    head, rest = data.split("<body>\n", 1)
    unit = rest.split("\n", 1)[0]
    found = re.search(r'id="recommendation/([0-9a-f-]{36})/text', unit)
    assert found
    return f"{head}<body>\n{unit}\n</body></file></xliff>".encode(), found[1]


def outcome(data: bytes, person: Person) -> tuple[str, str]:
    [one] = receive(data, person).outcomes
    return one.what, (one.problems[0][0] if one.problems else "")


def test_each_row_that_cannot_be_taken_says_why(demo: Flask, translator: Person) -> None:
    data, key = first_of(demo, translator)
    filled = fill(data, "xlf", lambda _text: "Tekst.")
    assert outcome(filled, translator) == ("new", "")
    assert "There is no translation" in outcome(data, translator)[1]
    assert (
        "no id of this site" in outcome(re.sub(rb'trans-unit id="[^"]*"', b'trans-unit id="7"', filled), translator)[1]
    )
    assert "id of this row was changed" in outcome(filled.replace(b"/text;1;et", b"/text;1;fr"), translator)[1]
    assert "changed in the file" in outcome(re.sub(rb"<source>", b"<source>Not ", filled), translator)[1]
    assert "in {into}" in outcome(filled.replace(b'target-language="et"', b'target-language="fr"'), translator)[1]
    item = find(session(), "recommendation", key, person=translator)
    again = fill(data, "xlf", lambda _text: item.texts("en")["text"])
    assert "the same text again" in outcome(again, translator)[1]
    with transaction() as current:
        row = current.get_one(RecommendationText, (item.id, "en"))
        row.cleaned = "Something else by now."
    assert "changed since the download" in outcome(filled, translator)[1]
    with transaction() as current:
        now = desk.locked(current, "recommendation", key, SYSTEM)
        desk.put(current, [Change(now, "et", Version("et", OFFICIAL, {"text": "Ametlik."}))], SYSTEM)
    assert "official text" in outcome(filled, translator)[1]


def test_the_ids_of_another_site_mean_nothing_here(demo: Flask, translator: Person) -> None:
    mark = exchange.Mark("recommendation", "00000000-0000-0000-0000-000000000007", "text", "et", "en", "-", "-")
    foreign = b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file><body>%s</body></file></xliff>'
    unit = f'<trans-unit id="{exchange.write_mark(mark)}"><source></source><target>T</target></trans-unit>'
    assert "nothing on this site" in outcome(foreign % unit.encode(), translator)[1]
    odd = exchange.Mark("poem", "7", "text", "et", "en", "-", "-")
    unit = f'<trans-unit id="{exchange.write_mark(odd)}"><source></source><target>T</target></trans-unit>'
    assert "nothing on this site" in outcome(foreign % unit.encode(), translator)[1]


def test_what_a_colleague_has_translated_meanwhile_is_not_overwritten(
    demo: Flask, translate: Translate, translator: Person
) -> None:
    data, key = first_of(demo, translator)
    waiting = receive(fill(data, "xlf", lambda _text: "Minu tekst."), translator)
    translate("recommendation", key, "et", make_person("coordinator"), text="Tema tekst.")
    done = exchange_apply.apply(waiting.token, person=translator)
    assert (done["new"], done["refused"]) == (0, 1)
    assert read_item("recommendation", key, translator).texts("et") == {"text": "Tema tekst."}
    [one] = receive(fill(data, "xlf", lambda _text: "Minu tekst."), translator).outcomes
    assert (one.before, one.text, "otherwise" in one.problems[0][0]) == ("Tema tekst.", "Minu tekst.", True)


def test_a_machines_translation_is_confirmed_by_a_tool_that_calls_it_done(demo: Flask, translator: Person) -> None:
    _data, key = first_of(demo, translator)
    with transaction() as current:
        item = desk.locked(current, "recommendation", key, SYSTEM)
        desk.put(current, [Change(item, "et", Version("et", MACHINE, {"text": "Masin."}))], SYSTEM)
    data = export(Wanted("recommendation", "et", MACHINE), "xlf")
    assert b'state="needs-review-translation"' in data
    assert outcome(data, translator) == ("same", "")
    done = data.replace(b"needs-review-translation", b"translated")
    found = receive(done, translator)
    assert found.counts["change"] == 1
    exchange_apply.apply(found.token, person=translator)
    assert read_item("recommendation", key, translator).state("et") == HUMAN


def test_the_parts_of_an_update_come_back_together_or_not_at_all(app: Flask, translator: Person) -> None:
    scene = Scene()
    update = scene.published(effect="Children are seen.")
    data = export(Wanted("update", "fr"), "xlf")
    half = fill(data, "xlf", lambda text: "Fait." if "law" in text else "")
    assert reasons(receive(half, translator)) == {
        "Another part of it is not translated yet.", "There is no translation in this row.",
    }  # fmt: skip
    found = receive(fill(data, "xlf", lambda text: "Fait." if "law" in text else "Vu."), translator)
    exchange_apply.apply(found.token, person=translator)
    assert read_item("update", str(update.uuid), translator).texts("fr") == {"done": "Fait.", "effect": "Vu."}


def test_a_spreadsheet_with_formulas_or_mixed_rows_is_refused_there(demo: Flask, translator: Person) -> None:
    book = load_workbook(io.BytesIO(export(TERMS, "xlsx")))
    sheet = book.active
    assert sheet is not None
    sheet["E2"] = "=1+1"
    sheet["E3"], sheet["E4"] = "Tatu", "Nne"
    sheet["C4"], sheet["C5"] = sheet["C5"].value, sheet["C4"].value
    found = receive(saved(book), translator, "xlsx")
    by_row = {one.row.number: one for one in found.outcomes}
    assert "formula" in by_row[2].problems[0][0]
    assert by_row[3].what == "new"
    assert "mixed up" in by_row[4].problems[0][0]


def test_no_cell_that_goes_out_is_a_formula(demo: Flask, translate: Translate) -> None:
    translate("term", "death-penalty", "sw", label='=HYPERLINK("http://evil.example")')
    book = load_workbook(io.BytesIO(export(Wanted("term", "sw", HUMAN), "xlsx")))
    sheet = book.active
    assert sheet is not None
    assert sheet["E2"].data_type == "s"
    book.close()


def test_a_row_twice_is_taken_once(demo: Flask, translator: Person) -> None:
    data, _key = first_of(demo, translator)
    filled = fill(data, "xlf", lambda _text: "Tekst.").decode()
    unit = re.search(r"<trans-unit.*</trans-unit>", filled)
    assert unit
    found = receive(filled.replace(unit[0], unit[0] * 2).encode(), translator)
    assert [one.what for one in found.outcomes] == ["new", "refused"]


def test_an_upload_is_ones_own_and_the_last_one_counts(demo: Flask, translator: Person) -> None:
    data, _key = first_of(demo, translator)
    first = receive(data, translator)
    with pytest.raises(NotFound):
        exchange_apply.waiting(session(), first.token, person=make_person("translator"))
    assert receive(data, translator).token == first.token, "the same file waits once"
    receive(fill(data, "xlf", lambda _text: "Tekst."), translator)
    with pytest.raises(NotFound):
        exchange_apply.apply(first.token, person=translator)
