"""Where a list goes on: signed, and bound to the list and its parameters, so that it can be used for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from uptake.errors import Invalid
from uptake.i18n import N_

SALT = "api/cursor/1"
NOT_ITS_OWN = frozenset({"cursor", "limit"})


def read(cursor: str | None) -> list[int] | None:
    """The place that a cursor of this very list holds. Raises ``Invalid`` for any other."""
    if not cursor:
        return None
    try:
        bound, *place = _signer().loads(cursor)
    except (BadSignature, ValueError, TypeError):
        raise _refused(N_("This cursor is none of ours, or was changed.")) from None
    if bound != _digest():
        raise _refused(N_("This cursor belongs to another list or other parameters."))
    return [int(number) for number in place]


def write(place: Sequence[int]) -> str:
    """A cursor of this list."""
    written = _signer().dumps([_digest(), *place])
    return written if isinstance(written, str) else written.decode()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SALT)


def _digest() -> str:
    """What was asked for, in a few letters."""
    pairs = sorted(pair for pair in request.args.items(multi=True) if pair[0] not in NOT_ITS_OWN)
    return sha256(repr((request.path, pairs)).encode("utf-8", "replace")).hexdigest()[:16]


def _refused(what: str) -> Invalid:
    return Invalid(
        N_("The list cannot go on from there."), fields={"cursor": what}, remedy=N_("Begin again without a cursor.")
    )
