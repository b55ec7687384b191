"""Things that a body names, by the names that everybody uses."""

from __future__ import annotations

from uuid import UUID

from uptake.db import session
from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.services.actors import institutions
from uptake.services.lists.cards import ids_of


def institution_id(code: str) -> int:
    """The number of an institution. Raises ``Invalid`` at its field."""
    try:
        return institutions.find(session(), code).id
    except NotFound:
        raise Invalid(
            N_("There is no such institution."),
            fields={"institution": N_("Use the code of an institution of the list.")},
        ) from None


def recommendation_id(uuid: UUID) -> int:
    """The number of a recommendation. Raises ``Invalid`` at its field."""
    found = ids_of(session(), [uuid]).get(uuid)
    if found is None:
        raise Invalid(
            N_("There is no such recommendation."), fields={"recommendation": N_("Use the id of one of the list.")}
        )
    return found
