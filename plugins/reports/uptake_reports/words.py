"""What codes are called on pages, in notices and in tables."""

from __future__ import annotations

from uptake.toolkit import N_, NC_

STATUSES = {
    "draft": N_("Being written"), "circulated": N_("Sent round for remarks"), "approved": NC_("report", "Approved"),
    "frozen": N_("Frozen"),
}  # fmt: skip
POSITIONS = {
    "supported": N_("Supported"), "supported_in_part": N_("Supported in part"), "noted": N_("Noted"), "pending": N_("Pending"),
}  # fmt: skip
