"""Catalogues made for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from uptake import i18n

Catalogue = Callable[..., Path]


@pytest.fixture(autouse=True)
def own_layers() -> Iterator[None]:
    """A test sets layers of its own; those of before come back."""
    before = i18n.layers()
    yield
    i18n.use_folders(before.folders, before.site)
    i18n.set_locale("en")


@pytest.fixture
def catalogue() -> Catalogue:
    """Writes a .po file: ``catalogue(folder, "fr", 'msgid …')``; gives the folder back."""

    def write(folder: Path, code: str, *entries: str, rule: str = "nplurals=2; plural=(n != 1);") -> Path:
        target = folder / code / "LC_MESSAGES" / "messages.po"
        target.parent.mkdir(parents=True, exist_ok=True)
        header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        plurals = f'"Plural-Forms: {rule}\\n"\n' if rule else ""
        target.write_text("\n\n".join((header + plurals, *entries)), encoding="utf-8")
        return folder

    return write
