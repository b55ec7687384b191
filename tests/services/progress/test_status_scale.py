"""The status scale: it comes complete, a site may word it anew and switch values off, and nothing undoes that."""

from __future__ import annotations

import pytest
from flask import Flask
from uptake.app import registry
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.i18n import set_locale
from uptake.models.audit import AuditEntry
from uptake.models.progress import StatusValue
from uptake.services.permissions import NOBODY
from uptake.services.plugins.reference import load_reference
from uptake.services.progress.status_scale import NAMES, RULES, change_value, claimable, scale
from uptake.testing.fixtures import PersonWith

AS_IT_COMES = {"name": "", "rule": "", "active": True}


def test_every_value_has_a_name_and_a_written_rule(app: Flask) -> None:
    found = scale(session())
    assert list(found) == list(NAMES) == list(RULES)
    assert all(status.name and status.rule.endswith(".") for status in found.values())


def test_the_values_follow_the_rules_of_the_field(app: Flask) -> None:
    found = scale(session())
    ranks = [
        found[code].rank or 0 for code in ("not_started", "planned", "in_progress", "substantially_done", "implemented")
    ]
    assert ranks == sorted(ranks)
    assert [code for code, status in found.items() if status.needs_evidence] == ["substantially_done", "implemented"]
    assert {code for code, status in found.items() if status.needs_reason} >= {"stalled", "not_planned", "regressed"}
    assert not found["continuous"].closes
    assert found["implemented"].closes


def test_nobody_claims_that_something_was_received(app: Flask) -> None:
    assert "received" not in {status.code for status in claimable(scale(session()))}


def test_a_site_renames_and_rewords_a_value_in_one_language(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    change_value("stalled", "fr", "Au point mort", "Rien ne bouge.", True, AS_IT_COMES, person=coordinator)
    set_locale("fr")
    assert (scale(session())["stalled"].name, scale(session())["stalled"].rule) == ("Au point mort", "Rien ne bouge.")
    set_locale("en")
    assert scale(session())["stalled"].name == "Stalled"
    entry = session().query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry is not None
    assert entry.action == "status_scale.edit"
    assert entry.data == {"language": "fr", "name": ["", "Au point mort"], "rule": ["", "Rien ne bouge."]}


def test_empty_words_give_back_those_that_come_with_it(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    change_value("planned", "en", "Intended", "", True, AS_IT_COMES, person=coordinator)
    change_value("planned", "en", "", "", True, {**AS_IT_COMES, "name": "Intended"}, person=coordinator)
    assert scale(session())["planned"].name == "Planned"


def test_what_is_switched_off_can_no_longer_be_claimed(app: Flask, person_with: PersonWith) -> None:
    change_value("regressed", "en", "", "", False, AS_IT_COMES, person=person_with("administrator"))
    assert "regressed" not in {status.code for status in claimable(scale(session()))}
    assert "regressed" in scale(session())


def test_an_upgrade_keeps_what_the_site_has_chosen(app: Flask, person_with: PersonWith) -> None:
    change_value("planned", "en", "Intended", "", False, AS_IT_COMES, person=person_with("coordinator"))
    with transaction() as current:
        current.delete(current.get(StatusValue, "stalled"))
        value = current.get(StatusValue, "implemented")
        assert value is not None
        value.needs_evidence = False
    load_reference(registry(app))
    found = scale(session())
    assert (found["planned"].name, found["planned"].active) == ("Intended", False)
    assert found["stalled"].active
    assert found["implemented"].needs_evidence


def test_two_who_word_the_same_value_do_not_overwrite_each_other(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    change_value("planned", "en", "Intended", "", True, AS_IT_COMES, person=coordinator)
    with pytest.raises(Conflict):
        change_value("planned", "en", "Foreseen", "", True, AS_IT_COMES, person=coordinator)
    assert scale(session())["planned"].name == "Intended"


@pytest.mark.parametrize(
    ("code", "name", "rule", "active", "field"),
    [
        ("planned", "x" * 81, "", True, "name"),
        ("planned", "", "x" * 1001, True, "rule"),
        ("planned", "a\x00b", "", True, "name"),
        ("received", "", "", False, "active"),
    ],
)
def test_wrong_words_are_refused_at_their_field(
    app: Flask, person_with: PersonWith, code: str, name: str, rule: str, active: bool, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        change_value(code, "en", name, rule, active, AS_IT_COMES, person=person_with("coordinator"))
    assert list(caught.value.fields) == [field]


def test_a_value_that_is_not_there_is_not_found(app: Flask, person_with: PersonWith) -> None:
    with pytest.raises(NotFound):
        change_value("finished", "en", "", "", True, AS_IT_COMES, person=person_with("coordinator"))


def test_only_those_who_may_change_the_workflow_change_the_scale(app: Flask, person_with: PersonWith) -> None:
    for person in (NOBODY, person_with("observer")):
        with pytest.raises(Refused):
            change_value("planned", "en", "Intended", "", True, AS_IT_COMES, person=person)
