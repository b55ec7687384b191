"""Reads the records of a JSON array or of JSON lines one by one, in flat memory, however long the file is.

A record's own bytes come with it: they tell whether it has changed since the last time. Records are cut at ``},{`` and
decoded at once; where a cut was wrong (such a run inside a text) or a record is damaged, a slower reader takes over that
knows the place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

import msgspec

from uptake.errors import Invalid

CHUNK = 1 << 20
LONGEST = 64 << 20
TOO_DEEP = "lists or objects are nested too deeply"
_BORDER = re.compile(rb"\}\s*,\s*(?=\{)")
_SPACE = b" \t\r\n"
_scanner = json.JSONDecoder()


class JsonRecord(NamedTuple):
    """One item of the file: its number from 1, its value (a dict where all is well), and its bytes."""

    number: int
    value: Any
    raw: bytes


def json_records(stream: BinaryIO, name: str) -> Iterator[JsonRecord]:
    """Yield the items of the JSON array in ``stream``, or of its lines where it holds JSON lines.

    Raises ``Invalid`` for an empty file, a web page, anything that is no JSON array, and at the place where the file
    breaks off or is damaged.
    """
    head = stream.read(CHUNK)
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    _check_start(body, name)
    if body[:1] == b"{":
        yield from _lines(stream, body, name)
    else:
        yield from _array(stream, body[1:], name)


def _check_start(body: bytes, name: str) -> None:
    if not body:
        raise Invalid("{file} is empty.", remedy="Download it again.", file=name)
    if body[:1] == b"<":
        raise Invalid(
            "{file} holds a web page, not JSON: the site probably answered with an error page.",
            remedy="Download it again and look at it before importing.",
            file=name,
        )
    if body[:1] not in {b"[", b"{"}:
        raise Invalid("{file} is not JSON: it begins with {start!r}.", remedy="Download it again.", file=name,
                      start=body[:20].decode("utf-8", "replace"))  # fmt: skip


def _lines(stream: BinaryIO, body: bytes, name: str) -> Iterator[JsonRecord]:
    lines = _split_lines(stream, body)
    first = next(lines)
    second = next(lines, None)
    if not name.lower().endswith((".jsonl", ".ndjson")) and (second is None or not second.lstrip().startswith(b"{")):
        raise Invalid(
            "{file} holds one JSON object, not an array of records.",
            remedy="Import the full export, which begins with a square bracket, or a file of JSON lines.",
            file=name,
        )
    for number, line in enumerate(chain([first], [second] if second else [], lines), 1):
        yield JsonRecord(number, _line(line, number, name), line)


def _split_lines(stream: BinaryIO, rest: bytes) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        rest += chunk
        *complete, rest = rest.split(b"\n")
        yield from (line for line in complete if line.strip())
    yield from (line for line in rest.split(b"\n") if line.strip())


def _line(line: bytes, number: int, name: str) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(line.decode("utf-8", "surrogateescape"))
    except ValueError as error:
        raise _damaged(name, number, str(error)) from error
    except RecursionError:
        raise _damaged(name, number, TOO_DEEP) from None


def _array(stream: BinaryIO, buffer: bytes, name: str) -> Iterator[JsonRecord]:
    number, start, ended = 0, 0, False
    while True:
        for border in _BORDER.finditer(buffer, start):
            segment = buffer[start : border.start() + 1]
            try:
                value = msgspec.json.decode(segment)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                break
            number += 1
            yield JsonRecord(number, value, segment)
            start = border.end()
        buffer, start = buffer[start:], 0
        if ended or _BORDER.search(buffer):
            items, rest, closed = _slow(buffer, number, name, ended)
            for value, raw in items:
                number += 1
                yield JsonRecord(number, value, raw)
            if closed:
                _check_end(rest, stream, name)
                return
            if len(rest) < len(buffer):
                buffer = rest
                continue
        if ended:
            raise Invalid(
                "{file} breaks off in record {number}: the download was cut short.",
                remedy="Download it again; nothing was imported.",
                file=name,
                number=number + 1,
            )
        if len(buffer) > LONGEST:
            raise _damaged(name, number + 1, "no end of the record was found")
        chunk = stream.read(CHUNK)
        ended = not chunk
        buffer += chunk


def _slow(buffer: bytes, number: int, name: str, ended: bool) -> tuple[list[tuple[Any, bytes]], bytes, bool]:
    """Read items one by one with their exact places, as many as are complete; the rest, and whether ``]`` was met."""
    text = buffer.decode("utf-8", "surrogateescape")
    items: list[tuple[Any, bytes]] = []
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "]":
            return items, text[at + 1 :].encode("utf-8", "surrogateescape"), True
        try:
            value, end = _scanner.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if _unfinished(error, text):
                break
            raise _damaged(name, number + len(items) + 1, error.msg) from error
        except RecursionError:
            raise _damaged(name, number + len(items) + 1, TOO_DEEP) from None
        after = _skip(text, end)
        if after == len(text):
            break
        if text[after] not in ",]":
            raise _damaged(name, number + len(items) + 1, "a comma is missing behind it")
        items.append((value, text[at:end].encode("utf-8", "surrogateescape")))
        at = _skip(text, after + 1) if text[after] == "," else after
    return items, text[at:].encode("utf-8", "surrogateescape"), False


def _unfinished(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - 6


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _check_end(rest: bytes, stream: BinaryIO, name: str) -> None:
    if rest.strip(_SPACE) or stream.read(CHUNK).strip(_SPACE):
        raise Invalid(
            "{file} goes on behind the end of its JSON array.",
            remedy="Download it again; nothing was imported.",
            file=name,
        )


def _damaged(name: str, number: int, what: str) -> Invalid:
    return Invalid(
        "{file} is damaged in record {number}: {what}.",
        remedy="Download it again; nothing was imported.",
        file=name,
        number=number,
        what=what,
    )
