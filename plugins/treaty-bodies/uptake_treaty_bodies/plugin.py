"""Uptake plugin: UN treaty bodies: their scales of grades, their treaties' articles in matrices, the reports they are sent."""

from __future__ import annotations

import json
from importlib.resources import files

from flask import Blueprint
from uptake.toolkit import N_, GradeScale, MenuEntry, ReportOutline, hookimpl, read_outlines

from uptake_treaty_bodies import views

SCALES = files("uptake_treaty_bodies.data").joinpath("scales.json")


@hookimpl
def register_scales() -> list[GradeScale]:
    """The scales of the Human Rights Committee and of the Committee on Enforced Disappearances."""
    return [
        GradeScale(
            code=one["code"],
            by=tuple(one["by"]),
            names=one["names"],
            grades={grade["code"]: grade["names"] for grade in one["grades"]},
            mechanisms=tuple(one["mechanisms"]),
            source=one["source"],
        )
        for one in json.loads(SCALES.read_text("utf-8"))["scales"]
    ]


@hookimpl
def register_pages() -> list[Blueprint]:
    """The pages under /treaty-bodies."""
    return [views.blueprint]


@hookimpl
def register_menu() -> list[MenuEntry]:
    """Treaties stand in the main menu, for every visitor."""
    return [MenuEntry("/treaty-bodies", N_("Treaties"))]


@hookimpl
def register_report_sections() -> list[ReportOutline]:
    """Periodic reports by article, replies, follow-up reports and the common core document."""
    return read_outlines(files("uptake_treaty_bodies.data").joinpath("outlines.json"))
