"""Joins the rows of UPR Info that hold one recommendation by several States."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from uptake.toolkit import N_, Draft, Finding, PositionDraft, TagDraft, fold

from uptake_upr.sessions import cycle_of
from uptake_upr.upr_info_rows import Record, plain_text


@dataclass(slots=True)
class Group:
    """The rows of one text. The dictionaries keep the order of the file and drop repetitions."""

    first: Record
    senders: dict[str, str] = field(default_factory=dict)
    responses: dict[str, None] = field(default_factory=dict)
    actions: dict[str, None] = field(default_factory=dict)
    issues: dict[str, None] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    rows: int = 0

    def add(self, record: Record) -> None:
        self.rows += 1
        if record.sender in self.senders:
            self.repeated.append(record.where)
        self.senders.setdefault(record.sender, record.where)
        self.responses.setdefault(record.response)
        self.actions.setdefault(record.action)
        self.issues.update(dict.fromkeys(record.issues))

    def draft(self, language: str) -> Draft:
        first = self.first
        return Draft(
            where=first.where,
            texts={language: first.text},
            key=self._key(),
            raw=self._raw(),
            states=(first.state,),
            mechanism="UPR",
            kind=self._kind(),
            session=first.session,
            cycle=cycle_of(first.session),
            tags=tuple(self._tags()),
            positions=() if first.is_pledge else tuple(PositionDraft(raw) for raw in self.responses if raw),
            recommenders=self._recommenders(),
            rows=self.rows,
            findings=list(self._findings()),
        )

    def _kind(self) -> str:
        return "pledge" if self.first.is_pledge else "recommendation"

    def _recommenders(self) -> tuple[str, ...]:
        """A pledge has none: there the column repeats the State under review."""
        return () if self.first.is_pledge else tuple(label for label in self.senders if not _is_unknown(label))

    def _tags(self) -> Iterator[TagDraft]:
        for code in filter(None, self.actions):
            yield TagDraft("upr-info-action", code)
        for label in self.issues:
            yield TagDraft("upr-info-issues", label)

    def _key(self) -> str:
        """The same for the same recommendation in every form of the export, which has no ids of its own."""
        parts = [self._kind(), fold(self.first.state), self.first.session or "", self.first.words]
        return blake2b("|".join(parts).encode(), digest_size=20).hexdigest()

    def _raw(self) -> bytes:
        first = self.first
        lists = (self.senders, self.responses, self.actions, self.issues)
        content = [first.state, first.session, plain_text(first.text), *(list(values) for values in lists)]
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def _findings(self) -> Iterator[Finding]:
        where = self.first.where
        if not self.first.session:
            yield Finding(where, "session-unread", "The session is missing or no number; the cycle stays unknown.")
        for what, values in (("responses", self.responses), ("action categories", self.actions)):
            if len(values) > 1:
                message = N_("The rows of this text have different {what}: {values}; all were kept.")
                yield Finding(where, "rows-differ", message, {"what": what, "values": ", ".join(values)})
        if self.repeated:
            message = N_("The same State stands again with the same text in {places}.")
            yield Finding(where, "row-repeated", message, {"places": ", ".join(self.repeated)}, "info")
        if any(map(_is_unknown, self.senders)):
            yield Finding(where, "sender-unknown", "The file says no recommending State.", severity="info")


def _is_unknown(label: str) -> bool:
    return fold(label) in {"", "unknown"}
