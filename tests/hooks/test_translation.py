"""A machine translates only where the site allows it; what it says is marked, and no plugin can break or stop the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from uptake.app import build, registry
from uptake.db import session
from uptake.errors import AppError, Conflict, Invalid, Refused
from uptake.hooks.calls import machine_translation
from uptake.models.audit import AuditEntry
from uptake.services import site_settings
from uptake.services.permissions import SYSTEM
from uptake.services.plugins import plugin_faults
from uptake.services.translating import desk, machine
from uptake.services.translating.items import HUMAN, MACHINE, Item
from uptake.services.translating.kinds import find
from uptake.settings import Settings
from uptake.testing.databases import close
from uptake.testing.people import make_person
from uptake.testing.reporting import Scene

BODIES = {
    "good": "return [f'{target}: {text}' for text in texts]",
    "none": "return None",
    "raises": "raise RuntimeError('no words')",
    "short": "return texts[1:]",
    "wrong": "return [7] * len(texts)",
    "text": "return 'one text'",
    "slow": "import time; time.sleep(30)",
    "empty": "return [''] * len(texts)",
}


@pytest.fixture
def start(settings: Settings, make_plugin: Any, tmp_path: Path) -> Iterator[Any]:
    """Starts the site with plugins that answer so: ``start("raises", "good")``; machines are allowed."""
    made: list[Flask] = []

    def run(*bodies: str, allowed: bool = True) -> Scene:
        for number, body in enumerate(bodies):
            make_plugin(
                f"mt{number}", f"@hookimpl\ndef lookup_translation(texts, source, target):\n    {BODIES[body]}\n"
            )
        app = build(settings)
        made.append(app)
        app.app_context().push()
        if allowed:
            site_settings.change({"machine_translation": True}, person=SYSTEM)
        scene = Scene()
        scene.app = app  # type: ignore[attr-defined]
        return scene

    yield run
    for _ in made:
        close()


def ask(scene: Any, language: str = "et") -> Item:
    item = find(session(), "recommendation", str(scene.one), person=scene.coordinator)
    machine.translate(registry(scene.app), "recommendation", item.key, language, source="en",
                      stamps=item.stamps(language, "en"), person=scene.coordinator)  # fmt: skip
    session().rollback()
    return find(session(), "recommendation", item.key, person=scene.coordinator)


def test_what_a_machine_says_is_kept_marked_and_recorded(start: Any) -> None:
    scene = start("good")
    item = ask(scene)
    assert (item.state("et"), item.texts("et")["text"][:4]) == (MACHINE, "et: ")
    entry = session().query(AuditEntry).filter_by(action="recommendation.translate_machine").one()
    assert (entry.reason, entry.data["origin.et"]) == ("mt0", [None, "machine"])


def test_nothing_is_asked_where_the_site_does_not_allow_it(start: Any) -> None:
    scene = start("good", allowed=False)
    assert not machine.offered(session(), registry(scene.app))
    with pytest.raises(Refused, match="does not ask"):
        ask(scene)


def test_a_machine_never_writes_over_a_person_or_an_official_text(start: Any) -> None:
    scene = start("good")
    item = find(session(), "recommendation", str(scene.one), person=scene.coordinator)
    desk.save("recommendation", item.key, "et", {"text": "Inimese tekst."}, source="en",
              stamps=item.stamps("et", "en"), person=scene.coordinator)  # fmt: skip
    for language, said in (("et", "person has translated"), ("en", "official")):
        with pytest.raises(Conflict, match=said):
            ask(scene, language)
    session().rollback()
    assert find(session(), "recommendation", item.key, person=scene.coordinator).state("et") == HUMAN


@pytest.mark.parametrize("wrong", ["raises", "short", "wrong", "text"])
def test_a_plugin_that_fails_is_named_and_the_next_one_asked(start: Any, wrong: str) -> None:
    scene = start(wrong, "good")
    assert ask(scene).state("et") == MACHINE
    plugin_faults.write_down(session(), registry(scene.app))
    assert [fault.place for fault in plugin_faults.recent(session(), "mt0")] == ["lookup_translation"]


@pytest.mark.parametrize("wrong", ["none", "raises", "empty"])
def test_without_an_answer_the_translator_is_told(start: Any, wrong: str) -> None:
    scene = start(wrong)
    with pytest.raises(Invalid) as caught:
        ask(scene)
    assert isinstance(caught.value, AppError)
    session().rollback()
    assert "et" not in find(session(), "recommendation", str(scene.one), person=scene.coordinator).versions


def test_a_plugin_that_takes_too_long_is_given_up(start: Any) -> None:
    scene = start("slow", "good")
    answer = machine_translation(registry(scene.app), ["Yes"], "en", "et", patience=0.2)
    assert answer == ("mt1", ["et: Yes"])
    plugin_faults.write_down(session(), registry(scene.app))
    [fault] = plugin_faults.recent(session(), "mt0")
    assert "no answer in 0.2 seconds" in fault.message


def test_only_translators_ask(start: Any) -> None:
    scene = start("good")
    scene.coordinator = make_person("observer")
    with pytest.raises(Refused, match="role"):
        find(session(), "recommendation", str(scene.one), person=scene.coordinator)
