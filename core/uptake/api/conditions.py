"""Changes of what the caller has seen and of nothing else: If-Match holds the ETag of what was read."""

from __future__ import annotations

import re

from flask import request

from uptake.errors import AppError
from uptake.i18n import N_

_TAG = re.compile(r'"(\d{1,9})(?:-[^"]*)?"')


class Unconditional(AppError):
    """It is not said what the change is meant for."""

    status = 428


class Stale(AppError):
    """What is there is not what was meant."""

    status = 412


def matched(version: int) -> int:
    """The version that the caller has seen, which must be the one that is there. Raises ``Unconditional``, ``Stale``."""
    asked = request.headers.get("If-Match", "").strip()
    if not asked:
        raise Unconditional(N_("Say which version this changes."), remedy=N_("Read it, and send its ETag as If-Match."))
    if asked != "*" and str(version) not in _TAG.findall(asked):
        raise Stale(
            N_("This has changed meanwhile; its version is {version} now."), version=version,
            remedy=N_("Read it again, then repeat the change."),
        )  # fmt: skip
    return version


def tag(version: int, content: str) -> str:
    """The tag of one thing as it was told: its version, and what was said of it."""
    return f"{version}-{content}"
