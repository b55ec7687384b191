"""The way of an update as a table: which step leads from where to where, who may take it, and what is asked of whom."""

from __future__ import annotations

from dataclasses import dataclass

from uptake.i18n import N_
from uptake.i18n import day as in_words
from uptake.i18n import gettext as _
from uptake.models.progress import Update

OPEN = ("draft", "submitted", "confirmed", "approved")
STATES = {
    "draft": N_("Draft"), "submitted": N_("Submitted"), "confirmed": N_("Confirmed"), "approved": N_("Approved"),
    "published": N_("Published"), "withdrawn": N_("Withdrawn"),
}  # fmt: skip
STEPS = {
    "drafted": N_("Begun"), "submitted": N_("Submitted"), "confirmed": N_("Confirmed by the institution"),
    "approved": N_("Approved by the coordinator"), "published": N_("Published"), "returned": N_("Sent back"),
    "withdrawn": N_("Withdrawn"), "restored": N_("Taken up again"), "handed_over": N_("Handed over"),
}  # fmt: skip
ASKED = {
    "draft": N_("Say what was done, then submit it."),
    "returned": N_("It was sent back to you: correct it, then submit it again."),
    "submitted": N_("Confirm that this is the word of your institution."),
    "confirmed": N_("Approve it for publication."),
    "approved": N_("It is approved and waits: publish it now, or leave it waiting."),
    "withdrawn": N_("It was withdrawn: take it up again where it is still needed."),
}
WAITING = {
    "draft": N_("A draft: {institution} has not submitted it yet."),
    "returned": N_("Sent back: {institution} has to correct it."),
    "submitted": N_("It waits for the validator of {institution}."),
    "confirmed": N_("It waits for the coordinator's approval."),
    "approved": N_("It is approved and waits to be published."),
    "withdrawn": N_("It was withdrawn."),
    "published": N_("It is published."),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One step that somebody may take: from where to where, who may, what it is called, whom it is told.

    Any one of ``actions`` allows it. ``switch`` names the setting that leaves the step to nobody.
    """

    name: str
    source: str
    target: str
    actions: tuple[str, ...]
    step: str
    button: str
    tells: str = ""
    notice: str = ""
    switch: str = ""
    comment: bool = False


MOVES = (
    Move("submit", "draft", "submitted", ("update.submit",), "submitted", N_("Submit"), "validators", "update_to_confirm"),
    Move("confirm", "submitted", "confirmed", ("update.confirm",), "confirmed", N_("Confirm"), "coordinators",
         "update_to_approve", switch="confirm_updates"),
    Move("approve", "confirmed", "approved", ("update.approve",), "approved", N_("Approve"), switch="approve_updates"),
    Move("publish", "approved", "published", ("update.publish",), "published", N_("Publish now"), "author", "update_published"),
    Move("return", "submitted", "draft", ("update.confirm", "update.approve"), "returned", N_("Send back"), "author",
         "update_returned", comment=True),
    Move("return", "confirmed", "draft", ("update.approve",), "returned", N_("Send back"), "author", "update_returned",
         comment=True),
    Move("return", "approved", "draft", ("update.publish",), "returned", N_("Send back"), "author", "update_returned",
         comment=True),
    *(Move("withdraw", state, "withdrawn", ("update.withdraw",), "withdrawn", N_("Withdraw")) for state in (*OPEN, "published")),
    Move("restore", "withdrawn", "draft", ("update.withdraw",), "restored", N_("Take up again")),
)  # fmt: skip
FORWARD = {move.source: move for move in MOVES if move.name in {"submit", "confirm", "approve", "publish"}}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked now, in one sentence, and the move that answers it where this person may make it."""

    sentence: str
    move: Move | None = None


def asked(update: Update, moves: list[Move], institution: str) -> Ask:
    """What an update asks of somebody who may make these moves with it."""
    name = "returned" if update.state == "draft" and update.returned else update.state
    forward = next((move for move in moves if move == FORWARD.get(update.state) or move.name == "restore"), None)
    sentence = _(ASKED[name]) if forward else _(WAITING[name], institution=institution)
    return Ask(f"{sentence} {held(update)}".strip(), forward)


def held(update: Update) -> str:
    """Until when an approved update is held back, in words."""
    if update.state != "approved":
        return ""
    if update.gate:
        return _("It is held until the set “{name}” is released.", name=update.gate)
    return _("It is held until {day}.", day=in_words(update.publish_on)) if update.publish_on else ""
