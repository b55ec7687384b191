"""Names that come as data, not as words of the interface: they are there in the six languages of the United Nations and
in Portuguese."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from uptake import builtin
from uptake.hooks import loader
from uptake.services.progress.scales import scales

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru", "pt")
SCRIPTS = {"ar": r"[\u0600-\u06ff]", "ru": r"[\u0400-\u04ff]", "zh": r"[\u4e00-\u9fff]"}
ENGLISH = {"ohchr-themes-2013", "ohchr-themes-2014"}  # lists of old files, which nobody chooses from


@pytest.fixture(scope="module")
def names() -> dict[str, Mapping[str, str]]:
    """Each name that is data, by what it names."""
    return dict(_names())


def _names() -> Iterator[tuple[str, Mapping[str, str]]]:
    found = loader.load(builtin=[builtin])
    for mechanism in found.mechanisms.values():
        yield f"mechanism {mechanism.code}", mechanism.names
    for vocabulary in found.vocabularies.values():
        if vocabulary.code not in ENGLISH:
            yield f"vocabulary {vocabulary.code}", vocabulary.title
            for term in vocabulary.terms:
                yield f"{vocabulary.code} {term.code}", term.labels
    for scale in (*found.scales.values(), *scales().values()):
        yield f"scale {scale.code}", scale.names
        for code, grade in scale.grades.items():
            yield f"scale {scale.code} {code}", grade


def test_everything_that_is_named_has_its_name_in_each_language(names: dict[str, Mapping[str, str]]) -> None:
    assert [(what, code) for what, said in names.items() for code in LANGUAGES if not said.get(code, "").strip()] == []
    assert {"mechanism UPR", "mechanism CEDAW", "sdg 16", "sdg 16.3", "uhri-themes right-to-health"} <= names.keys()


def test_names_are_in_the_script_of_their_language(names: dict[str, Mapping[str, str]]) -> None:
    scripts = SCRIPTS.items()
    assert [
        (what, code) for what, said in names.items() for code, one in scripts if not re.search(one, said[code])
    ] == []


def test_no_two_terms_of_a_vocabulary_are_called_alike(names: dict[str, Mapping[str, str]]) -> None:
    called = Counter(
        (what.partition(" ")[0], code, said[code])
        for what, said in names.items()
        for code in LANGUAGES
        if not what.startswith(("scale", "vocabulary"))
    )
    assert [one for one, count in called.items() if count > 1] == []
