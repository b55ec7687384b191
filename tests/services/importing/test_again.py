"""A later export: what changed is journalled, what vanished is marked, what people decided stays."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from uptake.db import session, transaction
from uptake.hooks.kinds import Draft, TagDraft
from uptake.models.imports import ImportChange
from uptake.models.recommendations import ExternalId, Position, Recommendation, RecommendationText
from uptake.models.vocabularies import Tag, Term
from uptake.services.importing.run import ImportReport
from uptake.services.importing.undo import undo_import
from uptake.services.permissions import SYSTEM
from uptake.services.recommendations import history
from uptake.services.recommendations.editing import edit_facts, set_position, set_tag, set_text

Make = Callable[..., dict[str, Any]]
Import = Callable[..., ImportReport]


def codes(report: ImportReport) -> set[str]:
    return {str(one["code"]) for one in report.findings}


def missing() -> set[str]:
    session().rollback()
    return {
        key[-2:] for key in session().scalars(select(ExternalId.value).where(ExternalId.missing_since.is_not(None)))
    }


def one() -> Recommendation:
    session().rollback()
    return session().scalars(select(Recommendation).order_by(Recommendation.id)).first()  # type: ignore[return-value]


def texts() -> dict[str, str]:
    return dict(session().execute(select(RecommendationText.language, RecommendationText.cleaned)).all())


def test_a_changed_record_counts_as_changed_and_the_journal_keeps_the_old(record: Make, import_records: Import) -> None:
    import_records([record(1), record(2)])
    version = one().version
    report = import_records([record(1, Text="1.Close every shelter."), record(2)])
    assert (report.changed, report.same, report.new) == (1, 1, 0)
    assert (texts_of(1), one().version) == ("Close every shelter.", version + 1)
    [change] = session().scalars(select(ImportChange))
    assert change.run_id == report.run
    assert "Give every shelter number 1 a budget of its own." in str(change.before)


def texts_of(id_: int) -> str:
    return (
        session().scalars(select(RecommendationText.cleaned).where(RecommendationText.recommendation_id == id_)).one()
    )


def test_what_a_later_record_no_longer_says_is_gone_from_its_unresolved_labels(
    record: Make, import_records: Import
) -> None:
    import_records([record(Countries=["Ruritania"], Symbol="X/1", Body="- CEDAW")])
    assert one().unresolved == {"states": ["Ruritania"]}
    import_records([record(Countries=["Slovenia"], Symbol="X/1", Body="- CEDAW")])
    assert (one().unresolved, one().state_id is not None) == (None, True)


def test_what_left_a_complete_file_is_marked_and_unmarked_when_it_is_back(record: Make, import_records: Import) -> None:
    import_records([record(number) for number in range(1, 6)])
    report = import_records([record(number) for number in range(1, 4)], complete=True)
    assert (report.vanished, missing()) == (2, {"04", "05"})
    assert "vanished" in codes(report)
    assert import_records([record(number) for number in range(1, 4)], complete=True).vanished == 0
    import_records([record(number) for number in range(1, 5)], complete=True)
    assert missing() == {"05"}
    assert session().scalar(select(func.count()).select_from(Recommendation)) == 5


def test_a_record_that_comes_back_changed_is_no_longer_marked(record: Make, import_records: Import) -> None:
    import_records([record(1), record(2)])
    import_records([record(1)], complete=True)
    import_records([record(1), record(2, Text="2.Other words.")], complete=True)
    assert missing() == set()


def test_a_partial_file_marks_nothing(record: Make, import_records: Import) -> None:
    import_records([record(number) for number in range(1, 6)])
    report = import_records([record(1)], complete=False)
    assert (report.vanished, missing(), codes(report)) == (0, set(), {"partial-file"})


def test_only_records_of_the_states_asked_for_can_vanish(record: Make, import_records: Import) -> None:
    import_records([record(1), record(2), record(3, Countries=["Peru"], Symbol="CRC/C/PER/CO/6")])
    report = import_records([record(1)], complete=True, states=("SVN",))
    assert (report.vanished, missing()) == (1, {"02"})


def test_one_language_vanishing_leaves_the_others_unmarked(record: Make, import_records: Import) -> None:
    import_records([record(1), record(2)])
    import_records([record(1, Text="1.Un"), record(2, Text="2.Deux")], "fr")
    import_records([record(1, Text="1.Un")], "fr", complete=True)
    rows = session().execute(select(ExternalId.edition).where(ExternalId.missing_since.is_not(None)))
    assert [row[0] for row in rows] == ["fr"]


def test_edited_facts_survive_a_later_import(record: Make, import_records: Import) -> None:
    import_records([record()])
    day = datetime.date(2020, 1, 2)
    edit_facts(one().id, {"kind": "concern", "date": day, "paragraph": "9 b"}, actor="Ana", version=one().version)
    report = import_records([record(Text="2.Other words.", PublicationDate="2024-05-05T00:00:00")])
    assert report.changed == 1
    assert (one().kind, one().date, one().paragraph, one().order_key) == ("concern", day, "9 b", "00009.b")
    assert texts() == {"en": "Other words."}


def test_a_position_entered_by_a_person_outranks_a_later_one_of_the_feed(upr: Make, import_records: Import) -> None:
    import_records([upr()])
    set_position(one().id, "noted", actor="Ana", version=one().version, day=datetime.date(2001, 1, 1))
    import_records([upr(UprPositions=["Supported/Noted"])])
    assert one().position == "noted"
    history = set(session().scalars(select(Position.value)))
    assert history == {"noted", "supported_in_part"}


@pytest.mark.parametrize("other_source", [False, True])
def test_a_tag_that_a_person_took_off_stays_off(
    record: Make, import_records: Import, import_drafts: Import, other_source: bool
) -> None:
    import_records([record()])
    slug = (
        session().scalars(select(Term.slug).join(Tag, Tag.term_id == Term.id).where(Term.slug.like("%women%"))).first()
    )
    assert slug is not None
    set_tag(one().id, slug, on=False, actor="Ana", version=one().version)
    if other_source:
        report = import_drafts(
            "list",
            [
                Draft(
                    "row 2",
                    {"en": record()["Text"]},
                    states=["SVN"],
                    mechanism="CEDAW",
                    symbol="CEDAW/C/SVN/CO/7",
                    tags=[TagDraft("uhri-themes", "Violence against women")],
                )
            ],
        )
        assert report.matched == 1
    else:
        import_records([record(PublicationDateOnUhri="2024-01-01T00:00:00", Text="1.Other words.")])
    shown = select(Term.slug).join(Tag, Tag.term_id == Term.id).where(Tag.rejected.is_(False))
    assert slug not in set(session().scalars(shown))


def test_a_tag_that_a_person_put_on_or_confirmed_stays_on(record: Make, import_records: Import) -> None:
    import_records([record()])
    given, added = "violence-against-women", "death-penalty"
    slugs = list(session().scalars(select(Term.slug).join(Tag, Tag.term_id == Term.id)))
    confirmed = next(slug for slug in slugs if given in slug)
    new = session().scalars(select(Term.slug).where(Term.slug.like(f"%{added}%"))).first()
    assert new is not None
    set_tag(one().id, new, on=True, actor="Ana", version=one().version)
    set_tag(one().id, confirmed, on=True, actor="Ana", version=one().version)
    import_records([record(Themes=["Right to education"], Text="1.Other words.")])
    shown = set(session().scalars(select(Term.slug).join(Tag, Tag.term_id == Term.id).where(Tag.rejected.is_(False))))
    assert {new, confirmed} <= shown
    assert any("education" in slug for slug in shown)


def test_a_translation_by_a_person_survives_and_the_official_text_is_replaced(
    record: Make, import_records: Import
) -> None:
    import_records([record()])
    set_text(one().id, "sl", "Dajte vsakemu zavetišču svoj proračun.", actor="Ana", version=one().version)
    import_records([record(Text="1.Other words.")])
    assert texts() == {"en": "Other words.", "sl": "Dajte vsakemu zavetišču svoj proračun."}


def test_an_official_text_takes_the_place_of_a_machines_translation_which_stays_in_the_history(
    record: Make, import_records: Import
) -> None:
    import_records([record()])
    set_text(one().id, "fr", "Donnez un budget aux foyers.", actor="Ana", version=one().version)
    with transaction() as current:
        current.execute(update(RecommendationText).where(RecommendationText.language == "fr").values(origin="machine"))
    report = import_records([record(Text="1.Dotez chaque foyer d'un budget.")], "fr")
    row = session().scalars(select(RecommendationText).where(RecommendationText.language == "fr")).one()
    assert (row.cleaned, row.origin) == ("Dotez chaque foyer d'un budget.", "official")
    found = history.of_recommendation(session(), one().uuid, person=SYSTEM).changes[0]
    assert (found.action, found.run) == ("import.change", report.run)
    assert ["text.fr", "Donnez un budget aux foyers.", "Dotez chaque foyer d'un budget."] in found.fields
    undo_import(report.run)
    assert texts()["fr"] == "Donnez un budget aux foyers."


def test_a_persons_translation_stays_when_an_official_text_comes_and_the_run_says_so(
    record: Make, import_records: Import
) -> None:
    import_records([record()])
    set_text(one().id, "fr", "Donnez un budget aux foyers.", actor="Ana", version=one().version)
    report = import_records([record(Text="1.Dotez chaque foyer d'un budget.")], "fr")
    assert texts()["fr"] == "Donnez un budget aux foyers."
    kept = [found for found in report.findings if found["code"] == "official-text"]
    assert [(found["count"], found["values"]) for found in kept] == [(1, {"language": "fr"})]


def test_a_translation_of_a_text_that_the_feed_has_changed_is_outdated(record: Make, import_records: Import) -> None:
    import_records([record()])
    set_text(one().id, "sl", "Dajte vsakemu zavetišču svoj proračun.", actor="Ana", version=one().version)
    import_records([record(PublicationDate="2024-05-05T00:00:00")])
    outdated = select(RecommendationText.outdated).where(RecommendationText.language == "sl")
    assert session().scalars(outdated).one() is False
    import_records([record(Text="1.Other words.")])
    assert session().scalars(outdated.execution_options(populate_existing=True)).one() is True


def test_the_journal_of_a_run_from_before_the_mark_is_still_put_back(record: Make, import_records: Import) -> None:
    import_records([record()])
    report = import_records([record(Text="1.Other words.")])
    with transaction() as current:
        change = current.scalars(select(ImportChange)).one()
        before = dict(change.before if isinstance(change.before, dict) else json.loads(change.before))
        rows = before["children"]["recommendation_text"]
        before["children"]["recommendation_text"] = [row[:9] for row in rows]
        change.before = before
    undo_import(report.run)
    assert texts() == {"en": "Give every shelter number 1 a budget of its own."}
