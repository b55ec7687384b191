"""How far an action has come: effort, which is another thing than whether a recommendation is implemented."""

from __future__ import annotations

from uptake.toolkit import N_

STATES = {
    "not_started": N_("Not started"),
    "under_way": N_("Under way"),
    "done": N_("Done"),
    "dropped": N_("Dropped"),
}
WITHDRAWN = "withdrawn"  # entered by mistake: no longer shown, kept with its trace
UNFINISHED = ("not_started", "under_way")
