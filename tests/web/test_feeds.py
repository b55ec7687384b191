"""Feeds and sitemaps are valid XML and lead to what there is."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from uptake import db
from uptake.services.lists import searching
from uptake.services.lists.cards import Card
from uptake.services.names import Names
from uptake.services.portal import sitemap
from uptake.web.portal import atom

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NASTY = "a ]]> & <script>alert(1)</script> \x00\x0b\ufffe 😀 \u202e"


def parsed(text: str | bytes) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def locations(client: FlaskClient, address: str) -> list[str]:
    return [str(element.text) for element in parsed(client.get(address).data).iter(f"{MAP}loc")]


def test_a_feed_has_the_newest_fifty_of_its_search(demo: Flask, client: FlaskClient) -> None:
    feed = parsed(client.get("/recommendations.atom?q=women&mechanism=CEDAW").data)
    entries = feed.findall(f"{ATOM}entry")
    count = searching.find(db.session(), searching.build_query("women", [("mechanism", "CEDAW")]))[0].count
    assert len(entries) == min(50, count) > 0
    updated = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == updated[0]


def test_a_feed_has_what_atom_demands(demo: Flask, client: FlaskClient) -> None:
    response = client.get("/recommendations.atom")
    assert response.mimetype == "application/atom+xml"
    feed = parsed(response.data)
    assert feed.get(LANG) == "en"
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Uptake"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        uuid.UUID(element.findtext(f"{ATOM}id", "").removeprefix("urn:uuid:"))
        datetime.datetime.fromisoformat(element.findtext(f"{ATOM}updated", ""))
        assert element.findtext(f"{ATOM}title")
    links = [str(link.get("href")) for link in feed.findall(f"{ATOM}entry/{ATOM}link")]
    assert all(link.startswith("http://localhost/recommendations/") for link in links)


def test_a_text_cannot_break_out_of_the_feed(app: Flask) -> None:
    card = Card(
        1, uuid.UUID(int=1), "recommendation", NASTY, None, None, None, None, ["XMV"], "UPR", "upr", NASTY, None, None,
        language="en", text=NASTY, terms={"theme": [NASTY]},
    )  # fmt: skip
    head = atom.Head(NASTY, NASTY, "en", "https://x.example", f"https://x.example/?q={NASTY}", "https://x.example")
    document = atom.feed(head, [card], Names(db.session()))
    assert b"<script>" not in document
    assert b"]]>" not in document
    summary = parsed(document).findtext(f"{ATOM}entry/{ATOM}summary", "")
    assert summary == "a ]]> & <script>alert(1)</script>  😀 \u202e"


def test_a_feed_of_nasty_words_is_still_xml(demo: Flask, client: FlaskClient) -> None:
    address = "/recommendations.atom?q=%5D%5D%3E%26%3Cscript%3E%01%EF%BF%BE%22&mechanism=%3C%26"
    assert parsed(client.get(address).data).findall(f"{ATOM}entry") == []


def test_the_set_address_goes_before_that_of_the_request(demo: Flask, client: FlaskClient) -> None:
    demo.extensions["uptake"] = replace(demo.extensions["uptake"], base_url="https://uptake.example/follow-up/")
    assert "Sitemap: https://uptake.example/follow-up/sitemap.xml" in client.get("/robots.txt").text
    assert locations(client, "/sitemap.xml") == ["https://uptake.example/follow-up/sitemap-1.xml"]
    feed = parsed(client.get("/fr/recommendations.atom").data)
    assert feed.find(f"{ATOM}link").get("href") == "https://uptake.example/follow-up/fr/recommendations.atom"  # type: ignore[union-attr]


def test_the_sitemap_lists_everything_once(demo: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = locations(client, "/sitemap-1.xml")
    monkeypatch.setattr(sitemap, "SIZE", 7)
    files = locations(client, "/sitemap.xml")
    parts = [locations(client, address.removeprefix("http://localhost")) for address in files]
    assert [address for part in parts for address in part] == whole
    assert len(set(whole)) == len(whole)
    assert all(len(part) == 7 for part in parts[:-1])
    listed = [address for address in whole if "/recommendations/" in address]
    assert len(listed) == searching.find(db.session(), searching.build_query())[0].count
    for kind in ("documents", "mechanisms", "themes", "states"):
        assert any(f"/{kind}/" in address for address in whole)


@pytest.mark.parametrize("name", ["0", "2", "-1", "x", "9" * 1000, "٣", "²", ""])
def test_there_are_no_other_parts_of_the_sitemap(app: Flask, client: FlaskClient, name: str) -> None:
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def test_every_address_of_the_sitemap_answers(demo: Flask, client: FlaskClient) -> None:
    if not any(rule.rule.startswith("/recommendations/<") for rule in demo.url_map.iter_rules()):
        pytest.skip("the portal is not registered")
    answers = {
        address: client.get(address.removeprefix("http://localhost")).status_code
        for address in locations(client, "/sitemap-1.xml")
    }
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_an_empty_register_has_valid_feeds(app: Flask, client: FlaskClient) -> None:
    assert parsed(client.get("/recommendations.atom").data).findall(f"{ATOM}entry") == []
    assert locations(client, "/sitemap-1.xml") == ["http://localhost/"]
