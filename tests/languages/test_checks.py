"""What is wrong with a translation is found, and what is right is let alone."""

from __future__ import annotations

import pytest
from uptake.languages.checks import faults
from uptake.languages.po import Entry

ONE, MANY = "{count} report by {name}", "{count} reports by {name}"


@pytest.mark.parametrize(
    ("msgid", "form", "code"),
    [
        ("{count} found", "{compte} trouvés", "placeholders"),
        ("{count} found", "trouvés", "placeholders"),
        ("{count} found", "{count} {count} trouvés", "placeholders"),
        ("{name} left", "{name.__class__} est parti", "placeholders"),
        ("{name} left", "{name!r} est parti", "placeholders"),
        ("{name} left", "{name est parti", "placeholders"),
        ("Home", "{} Accueil", "placeholders"),
        (" of ", "de", "blanks"),
        ("Home", "Accueil\n", "blanks"),
        ("<b>Home</b>", "Accueil", "markup"),
        ("Home", "<script>alert(1)</script>", "markup"),
        ("<b>Home</b>", '<b onclick="x">Accueil</b>', "markup"),
        ("Home", "Acc\x00ueil", "character"),
    ],
)
def test_a_fault_is_named(msgid: str, form: str, code: str) -> None:
    (fault,) = faults(Entry(msgid, None, (form,)), 2)
    assert fault.code == code
    assert "{" not in fault.message.format_map(fault.values).replace("{count}", "").replace("{name}", "")


@pytest.mark.parametrize(
    ("msgid", "form"),
    [
        ("{count} of {total}", "{total}, {count}"),
        (" of ", " de "),
        ("<b>{name}</b> left", "Il est parti, <b>{name}</b>"),
        ("less < more", "moins < plus"),
        ("Home", ""),
    ],
)
def test_a_sound_translation_has_none(msgid: str, form: str) -> None:
    assert faults(Entry(msgid, None, (form,)), 2) == []


@pytest.mark.parametrize(
    ("forms", "codes"),
    [
        (("{count} rapport de {name}", "{count} rapports de {name}"), []),
        (("un rapport de {name}", "{count} rapports de {name}"), []),
        (("{count} rapport de {name}", ""), ["plural"]),
        (("{count} rapport de {name}",), ["plural"]),
        (("{count} rapport de {name}",) * 3, ["plural"]),
        (("{count} rapport", "{count} rapports de {name}"), ["placeholders"]),
        (("{count} rapport de {name}", "{number} rapports de {name}"), ["placeholders"]),
    ],
)
def test_plural_forms_are_counted_and_each_is_looked_at(forms: tuple[str, ...], codes: list[str]) -> None:
    assert [fault.code for fault in faults(Entry(ONE, MANY, forms), 2)] == codes


def test_a_fault_tells_the_form_that_it_is_in() -> None:
    assert [fault.form for fault in faults(Entry(ONE, MANY, ("{count} {name}", "{x}")), 2)] == [1]


def test_an_unsure_translation_is_a_fault() -> None:
    assert [fault.code for fault in faults(Entry("Home", None, ("Accueil",), fuzzy=True), 2)] == ["fuzzy"]
