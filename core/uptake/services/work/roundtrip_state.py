"""What stands in the register for each row of a spreadsheet: the institution's draft, else its newest update."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.models.progress import Evidence, Update, UpdateItem
from uptake.services.progress.update_fields import plain
from uptake.services.work.roundtrip_fields import FILL

Pair = tuple[int, int]


@dataclass(slots=True)
class Standing:
    """One update with its links; ``items`` counts the recommendations that it answers."""

    update: Update
    items: int = 1
    links: list[tuple[int, str]] = field(default_factory=list)

    @property
    def draft(self) -> bool:
        """Whether it can still be written on."""
        return self.update.state == "draft"

    @property
    def values(self) -> dict[str, str]:
        """What it says, as it stands in cells; the claim by its code."""
        found = {name: str(plain(getattr(self.update, name)) or "") for name in FILL if name != "evidence"}
        return found | {"evidence": "\n".join(address for _id, address in self.links)}


def standings(session: Session, pairs: Iterable[Pair]) -> dict[Pair, Standing]:
    """What stands for these recommendations × institutions: three queries for each few hundred."""
    wanted = set(pairs)
    found: dict[Pair, Standing] = {}
    for ids in chunks(sorted({recommendation for recommendation, _actor in wanted})):
        statement = (
            select(UpdateItem.recommendation_id, Update)
            .join(Update, Update.id == UpdateItem.update_id)
            .where(UpdateItem.recommendation_id.in_(ids), Update.state != "withdrawn")
            .order_by(Update.state == "draft", Update.id)
            .execution_options(populate_existing=True)
        )
        for recommendation, update in session.execute(statement):
            if (recommendation, update.actor_id) in wanted:
                found[recommendation, update.actor_id] = Standing(update)
    _add_details(session, found)
    return found


def _add_details(session: Session, found: dict[Pair, Standing]) -> None:
    by_update: defaultdict[int, list[Standing]] = defaultdict(list)
    for standing in found.values():
        by_update[standing.update.id].append(standing)
    for ids in chunks(sorted(by_update)):
        counts = select(UpdateItem.update_id, func.count()).where(UpdateItem.update_id.in_(ids))
        for id_, count in session.execute(counts.group_by(UpdateItem.update_id)):
            for standing in by_update[id_]:
                standing.items = count
        links = select(Evidence.update_id, Evidence.id, Evidence.address).where(
            Evidence.update_id.in_(ids), Evidence.kind == "link"
        )
        for id_, evidence, address in session.execute(links.order_by(Evidence.id)):
            for standing in by_update[id_]:
                standing.links.append((evidence, address or ""))
