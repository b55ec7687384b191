"""The short name of a browser, for people who want to know where they are signed in."""

from __future__ import annotations

import re

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
LONGEST = 60


def browser_name(agent: str) -> str:
    """``Firefox, Windows``; what cannot be read is cut short."""
    found = [next((name for mark, name in BROWSERS if re.search(rf"{mark}/\d", agent)), ""),
             next((name for mark, name in SYSTEMS if mark in agent), "")]  # fmt: skip
    return ", ".join(filter(None, found)) or agent[:LONGEST]
