"""What a file says of itself, so that it is known again on the day on which it comes back."""

from __future__ import annotations

REPORT = "UptakeReport"
MADE = "UptakeMade"
