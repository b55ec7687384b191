"""Dates as files write them."""

from __future__ import annotations

import datetime
import re

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_YEAR = re.compile(r"(\d{4})")
UNKNOWN = datetime.date(1900, 1, 1)
EPOCH = datetime.date(1899, 12, 30)
EPOCH_1904 = datetime.date(1904, 1, 1)


def parse_date(value: object, *, epoch: datetime.date = EPOCH) -> datetime.date | None:
    """The day of an ISO date (with or without time), ``dd/mm/yyyy``, a bare year (its first day), an Excel day number
    or a date. Blank and ``1900-01-01`` mean unknown: None.

    Raises ``ValueError`` for anything else, such as 2025-02-31.
    """
    day = _parse(value, epoch)
    return None if day == UNKNOWN else day


def _parse(value: object, epoch: datetime.date) -> datetime.date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not 0 < value < 200_000:
            raise ValueError(f"{value} is no date")
        return epoch + datetime.timedelta(days=int(value))
    text = str(value).strip()
    if found := _ISO.fullmatch(text):
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return datetime.date(int(found[3]), int(found[2]), int(found[1]))
    if found := _YEAR.fullmatch(text):
        return datetime.date(int(found[1]), 1, 1)
    if not text:
        return None
    raise ValueError(f"{text[:40]!r} is no date")
