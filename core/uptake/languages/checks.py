"""What is wrong with a translation: placeholders, plural forms, outer blanks, markup, doubts, characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import NamedTuple

from uptake.errors import N_, fill
from uptake.languages.po import Entry
from uptake.texts import unprintable

_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_COUNT = "{count}"


class Fault(NamedTuple):
    """One thing that is wrong: words for people, with placeholders of their own. ``form`` is the plural form's number."""

    code: str
    message: str
    values: Mapping[str, object]
    form: int = 0

    def __str__(self) -> str:
        return fill(self.message, self.values)


def faults(entry: Entry, nplurals: int) -> list[Fault]:
    """What is wrong with an entry that has been translated; one that has not is no fault."""
    if not any(entry.forms):
        return []
    found = [Fault("fuzzy", N_("this is marked as unsure (fuzzy)"), {})] if entry.fuzzy else []
    if entry.plural is not None and (len(entry.forms) != nplurals or not all(entry.forms)):
        values = {"wanted": nplurals, "count": sum(map(bool, entry.forms))}
        found.append(Fault("plural", N_("the language has {wanted} plural forms, and {count} are given"), values))
    for number, form in enumerate(entry.forms):
        found += [fault._replace(form=number) for fault in _of_form(entry, form) if form]
    return found


def _of_form(entry: Entry, form: str) -> Iterator[Fault]:
    yield from _in_braces(entry, form)
    original = entry.text
    if (_before(form), _behind(form)) != (_before(original), _behind(original)):
        yield Fault("blanks", N_("blanks at the beginning or at the end are not those of the English message"), {})
    wanted = [sorted(_MARKUP.findall(text)) for text in _originals(entry)]
    if sorted(_MARKUP.findall(form)) not in wanted:
        yield _kept("markup", wanted[-1], N_("the markup must be {wanted}"), N_("there must be no markup"))
    bad = unprintable(form)
    if bad:
        yield Fault("character", N_("the character {code} can be shown by nothing"), {"code": bad})


def _in_braces(entry: Entry, form: str) -> Iterator[Fault]:
    """The very same placeholders, once each; ``{count}`` may be left to the words of a plural form."""
    wanted, given = placeholders(_originals(entry)[-1]), placeholders(form)
    if entry.plural is not None:
        wanted, given = Counter(set(wanted) - {_COUNT}), Counter(set(given) - {_COUNT} if _COUNT in wanted else given)
    if given != wanted:
        yield _kept(
            "placeholders", sorted(wanted), N_("the words in braces must be {wanted}"), N_("there must be no braces")
        )


def _kept(code: str, wanted: list[str], some: str, none: str) -> Fault:
    return Fault(code, some, {"wanted": " ".join(wanted)}) if wanted else Fault(code, none, {})


def placeholders(text: str) -> Counter[str]:
    """What a text has in braces; a text whose braces do not close holds one odd placeholder."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return Counter([text])
    return Counter(
        f"{{{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
        for _, name, spec, conversion in parts
        if name is not None
    )


def _originals(entry: Entry) -> list[str]:
    return [entry.text] if entry.plural is None else [entry.text, entry.plural]


def _before(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _behind(text: str) -> str:
    return text[len(text.rstrip()) :]
