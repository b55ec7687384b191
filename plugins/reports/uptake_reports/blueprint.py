"""The pages under /reports: one blueprint for the views of several modules, and what they have in common."""

from __future__ import annotations

from typing import TypeAlias

from flask import Blueprint, flash, redirect
from uptake.toolkit import Invalid, gettext, site
from werkzeug.wrappers import Response

View: TypeAlias = str | Response | tuple[str, int]

blueprint = Blueprint(
    "reports", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)


def saved(path: str, words: str = "") -> Response:
    """Say that it is done, and go there."""
    flash(words or gettext("Saved."), "success")
    return redirect(site(path), 303)


def refused(path: str, error: Invalid) -> Response:
    """Say what cannot be taken, and go there: for small forms that hold nothing worth keeping."""
    fields = " ".join(gettext(what, **error.values) for what in error.fields.values())
    flash(" ".join(filter(None, (gettext(error.message, **error.values), fields, gettext(error.remedy)))), "error")
    return redirect(site(path), 303)


def faults(error: Invalid) -> dict[str, str]:
    """What is wrong with each field, in the reader's language."""
    return {name: gettext(what, **error.values) for name, what in error.fields.items()}
