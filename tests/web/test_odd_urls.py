"""Whatever stands in an address, the answer is below 500."""

from __future__ import annotations

import ast
import random
import re
import uuid
from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path
from urllib.parse import quote

import pytest
import uptake
from flask import Flask
from uptake.services.lists.searching import FILTERS
from werkzeug.routing import Rule

SEED = 20261120
RANDOM_ADDRESSES = 1_000
NASTY_IN_A_PATH = 12
NASTY = (
    "", " ", "\0", "a\0b", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", "\ufffe", "\x01\x1f\x7f",
    "\r\nSet-Cookie: a=b", "😀", "👩‍👩‍👧", "\u202e\u200f", "'", '"', '""', "'; drop table recommendation; --",
    "1 or 1=1", "%", "_", "\\", "\\x00", "' union select 1 --", "${7*7}", "{{7*7}}", "{name}", "%s%n",
    "<script>alert(1)</script>", "]]>", "&amp;", "../../etc/passwd", "..%2f..%2f", "//evil.example",
    "http://evil.example", '" OR *', "NEAR(", "NEAR(a b, 5)", ":", "::", "a:", ":b", "state:", 'state:"',
    "symbol:*", "symbol:%", "year:..", "year:9999..0", "year:-", "(", ")", "((((", "))))", "()", "( OR )",
    "AND", "OR", "NOT", "NOT NOT a", "-", "--a", "*", "**", "a*b*", "^a", "a^2", "{a}", "+a -b", '"unclosed',
    "“curly", "«a", "a AND", "OR b", "NOT (a", "paragraph:\0", "body:none", "语言 مرأة", "مَرْأَة", "ß" * 50,
    "None", "null", "undefined", "nan", "inf", "true", "none", "-1", "0", "1", "1e99", "999999999999999999999",
    "9" * 5000, "1.5", "٣", "²", "0x10", "2025-02-31", "2025-13-01", "0000-00-00", "0000", "9999-12-31",
    "31/02/2025", "2025", "20250101", "-2025-01-01", "2025-01-01T99:99", "XMV", "xmv", "UPR", "CEDAW",
    "A/HRC/1/1", "A/*", "5.a", "women-girls", "relevance", "newest", "oldest", "document", "not-a-uuid",
    "0" * 32, str(uuid.UUID(int=0)), "{" + str(uuid.UUID(int=1)) + "}", "urn:uuid:" + str(uuid.UUID(int=2)),
    "a" * 300, "a" * 3000, "a" * 20_000, "a " * 600, "(" * 900, "NOT " * 300, "a OR " * 250, '"' * 999,
    "é" * 700, "a\n" * 100,
)  # fmt: skip
NAMES = (
    "q", "page", "size", "sort", "from", "to", "facets", "lang", "next", "unknown", "q[]", "", *FILTERS,
    *(f"not.{name}" for name in FILTERS),
)  # fmt: skip
LISTED = (
    "q", "page", "size", "from", "to", "sort", "state", "document", "paragraph", "symbol", "year", "not.theme",
)  # fmt: skip
QUERIES = (
    "q=a&" * 500, "state=XMV&" * 200, "&".join(f"theme={n}" for n in range(1000)), "&&&==&=&?", "q", "q=%", "q=%zz",
    "%00=1", "q=%ud800",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {}, {"Accept": "application/json"}, {"Accept": "*/*;q=x"}, {"Accept-Language": "xx-XX;q=9, fr;q=,,"},
    {"Accept-Language": "\xff" * 50}, {"If-None-Match": '"'}, {"If-None-Match": "*"},
    {"If-Modified-Since": "yesterday"}, {"Range": "bytes=5-1"}, {"Cookie": "a=\xff; =; lang=\x01"},
    {"HX-Request": "true"}, {"Accept-Encoding": "br;q=x, gzip;q=0"}, {"X-Forwarded-For": "'"}, {"Host": "a b"},
    {"Host": "evil.example:99999"},
)  # fmt: skip


def escaped(value: str | bytes, safe: str = "") -> str:
    return quote(value, safe=safe)


def status(
    app: Flask, path: str | bytes, query: str = "", method: str = "GET", headers: dict[str, str] | None = None
) -> int:
    """The status of an address as it comes over the wire, past the test client's own care."""
    raw = path if isinstance(path, bytes) else path.encode()
    overrides = {"PATH_INFO": raw.decode("latin-1"), "QUERY_STRING": query.encode().decode("latin-1")}
    response = app.test_client().open("/", method=method, headers=headers, environ_overrides=overrides)
    assert response.data is not None
    return response.status_code


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def filled(rule: Rule, value: str | bytes) -> bytes:
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    parts = re.split(r"<[^>]+>", rule.rule)
    exact = re.search(r"any\(([^)]*)\)", rule.rule)
    return (exact[1].split(",")[0].encode() if exact else raw).join(part.encode() for part in parts)


def addresses(app: Flask, chance: random.Random) -> Iterator[tuple[bytes, str, str, dict[str, str]]]:
    found = rules(app)
    for _ in range(RANDOM_ADDRESSES):
        path = filled(
            chance.choice(found), chance.choice((*NASTY[:-15], str(uuid.UUID(int=chance.getrandbits(128), version=4))))
        )
        prefix = chance.choice((b"", b"", b"", b"/fr", b"/ar", b"/xx", b"//fr", b"/FR"))
        pairs = (f"{escaped(chance.choice(NAMES))}={escaped(chance.choice(NASTY))}" for _ in range(chance.randrange(5)))
        method = chance.choice(("GET",) * 12 + ("HEAD", "POST", "OPTIONS", "DELETE"))
        yield prefix + path, chance.choice("&&&;").join(pairs), method, chance.choice(HEADERS)


def test_random_odd_addresses(demo: Flask) -> None:
    worse = [
        (path[:200], query[:300], method, headers, code)
        for path, query, method, headers in addresses(demo, random.Random(SEED))
        if (code := status(demo, path, query, method, headers)) >= 500
    ]
    assert worse == []


def test_nasty_values_in_every_path(demo: Flask) -> None:
    chance = random.Random(SEED)
    paths = {
        filled(rule, value) for rule in rules(demo) if rule.arguments for value in chance.sample(NASTY, NASTY_IN_A_PATH)
    }
    assert {path[:200]: code for path in paths if (code := status(demo, path)) >= 500} == {}


def test_every_nasty_value_in_the_list(demo: Flask) -> None:
    """Each value in each parameter, on the page, its data and its feed by turns."""
    listed = ("/recommendations.json", "/recommendations.atom", "/recommendations")
    answers = {
        (path, name, value): status(demo, path, f"{name}={escaped(value)}&facets={name == 'q':d}")
        for (name, value), path in zip(product(LISTED, NASTY), cycle(listed), strict=False)
    }
    assert {key: code for key, code in answers.items() if code >= 500} == {}


def test_odd_query_strings(demo: Flask) -> None:
    paths = ("/recommendations.json", "/recommendations.csv", "/recommendations.atom")
    assert [query for path in paths for query in QUERIES if status(demo, path, query) >= 500] == []


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        (b"/\xff", "", 400),
        (b"/recommendations.json", "q=%FF", 400),
        (b"/recommendations.json", "q=%00", 400),
        (b"/a\0b", "", 400),
        (b"/" + b"1" * 100_000, "", 414),
        (b"/fr/" + b"/" * 100_000, "", 414),
        (b"/recommendations.json", "q=" + "a" * 100_000, 414),
        (b"/recommendations.odt", "", 404),
        (b"/recommendations.JSON", "", 404),
    ],
)
def test_addresses_that_cannot_be_right_are_refused(app: Flask, path: bytes, query: str, expected: int) -> None:
    assert status(app, path, query) == expected


def test_repeated_and_unknown_parameters_change_nothing(demo: Flask) -> None:
    client = demo.test_client()
    once = client.get("/recommendations.json?mechanism=UPR").get_json()["count"]
    assert (
        client.get("/recommendations.json?mechanism=UPR&mechanism=UPR&utm_source=x&not.=y").get_json()["count"]
        == once
        > 0
    )


def test_nothing_below_the_web_knows_of_a_request() -> None:
    root = Path(uptake.__file__).parent
    allowed = {"web", "api", "testing"}
    offenders = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] not in allowed
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "flask"
        and {"request", "session", "g"} & {name.name for name in node.names}
    ]
    assert offenders == []
