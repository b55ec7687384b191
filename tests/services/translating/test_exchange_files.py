"""The files of translators' tools: what is none is refused, and what goes out comes back letter by letter."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uptake.errors import AppError, Invalid
from uptake.files.xliff import Unit, read_xliff, write_xliff
from uptake.services.permissions import Person
from uptake.services.storing import waiting_uploads
from uptake.services.translating import exchange, exchange_apply
from uptake.services.translating.exchange_read import read

from .test_exchange import receive

BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xliff><b>&b;</b></xliff>'
HEAD = b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file source-language="en" target-language="fr"><body>'
BAD = {
    "bomb": BOMB,
    "file": BOMB.replace(b'"aaaa"', b'SYSTEM "file:///etc/passwd"'),
    "truncated": HEAD + b'<trans-unit id="1"><source>a</source><tar',
    "no xliff": b"<html><body>Sign in</body></html>",
    "version 2": b'<xliff version="2.0"><file/></xliff>',
    "deep": HEAD + b"<group>" * 5000,
    "empty": HEAD + b"</body></file></xliff>",
    "entity": HEAD + b"&nbsp;</body></file></xliff>",
    "encoding": b'<?xml version="1.0" encoding="klingon"?>' + HEAD,
    "bytes": b"<\xff\xfe\x00\x00",
    "nothing": b"",
    "pdf": b"%PDF-1.7",
    "a table": b"Name,Text\nA,B\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_none_is_refused_with_what_to_do(app: Flask, translator: Person, kind: str) -> None:
    with pytest.raises(AppError) as caught:
        receive(BAD[kind], translator)
    assert caught.value.remedy or caught.value.fields
    assert caught.value.status in (404, 409, 422)


def test_a_file_that_is_too_large_is_not_read(app: Flask, translator: Person) -> None:
    with pytest.raises(Invalid, match="too large"):
        exchange_apply.receive(io.BytesIO(b"<" * (waiting_uploads.LARGEST + 1)), "x.xlf", person=translator)


def test_tools_may_wrap_words_and_suggest_and_nothing_of_that_is_text() -> None:
    unit = (
        '<trans-unit id="1"><source>Open <g id="1">the</g> door</source><target>Ouvrir <g id="1">la</g> porte</target>'
        "<alt-trans><source>Shut it</source><target>Ferme-la</target></alt-trans><note>Careful</note></trans-unit>"
    )
    [found] = read_xliff(io.BytesIO(HEAD + unit.encode() + b"</body></file></xliff>"), "x.xlf", 10)
    assert (found.source, found.target) == ("Open the door", "Ouvrir la porte")
    assert len(read(io.BytesIO(b"\xef\xbb\xbf" + HEAD + unit.encode() + b"</body></file></xliff>"), "x.xlf")) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=6))
def test_every_text_comes_back_as_it_went_out(texts: list[tuple[str, str]]) -> None:
    def plain(text: str) -> str:
        return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)

    units = [Unit(str(number), "en", plain(one), plain(other)) for number, (one, other) in enumerate(texts)]
    stream = io.BytesIO()
    write_xliff(stream, "fr", units)
    stream.seek(0)
    found = read_xliff(stream, "x.xlf", 10)
    assert [(unit.id, unit.source, unit.target) for unit in found] == [
        (one.id, one.source, one.target) for one in units
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_no_id_that_was_not_written_here_is_known(text: str) -> None:
    assert exchange.read_mark(text) is None


@pytest.mark.parametrize("key", ["a;b/c", "uhri-themes.right", "مفتاح", "x" * 100])
def test_an_id_holds_whatever_names_a_thing(key: str) -> None:
    mark = exchange.Mark("term", key, "label", "pt_BR", "en", "12345678", "-")
    assert exchange.read_mark(exchange.write_mark(mark)) == mark
