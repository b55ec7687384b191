"""What the commands for translations do with an instance's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from babel import UnknownLocaleError
from babel.messages.plurals import get_plural

from uptake.commands.base import Context, open_app
from uptake.errors import Invalid
from uptake.languages.exchange import Proposal
from uptake.languages.layers import ONE_AND_MANY
from uptake.languages.po import Entry, PoFile
from uptake.services.permissions import SYSTEM
from uptake.services.translating import interface_words
from uptake.services.translating.interface_list import own_file, shown_file

_CODE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*")


def export_of_site(context: Context, language: str, *, own: bool) -> PoFile:
    """All words of a language as the site says them, or only its own."""
    with open_app(context).app_context():
        return (own_file if own else shown_file)(language, person=SYSTEM)


def import_into_site(context: Context, language: str, offered: Iterable[Entry], *, dry_run: bool) -> list[Proposal]:
    """Take a translator's file into the site's own words."""
    with open_app(context).app_context():
        return interface_words.take_in(language, offered, dry_run=dry_run, person=SYSTEM)


def start_on_site(context: Context, language: str) -> Path:
    """Begin a language that no pack has."""
    if not _CODE.fullmatch(language):
        raise Invalid("{code} is no code of a language.", remedy="Use one such as sm or pt_BR.", code=language)
    with open_app(context).app_context():
        return interface_words.start(language, _plurals(language), person=SYSTEM)


def _plurals(language: str) -> str:
    """The plural rule that gettext's users have agreed on, where CLDR knows the language."""
    try:
        return str(get_plural(language).plural_forms)
    except UnknownLocaleError:
        return ONE_AND_MANY
