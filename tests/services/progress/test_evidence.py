"""Evidence is added to drafts by those who write them, once each, and kept ever after."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.documents import Document
from uptake.models.progress import Evidence, StoredFile, Update
from uptake.services.permissions import Person
from uptake.services.progress import evidence
from uptake.testing.files import GIF, HTML, PDF
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor
from uptake.testing.progress import make_update

ADDRESS = "https://gazette.example.org/2026/5?x=1#top"


class Scene:
    """A draft of the ministry of justice, its author, and others."""

    def __init__(self, person_with: PersonWith) -> None:
        justice, health = make_actor("MOJ"), make_actor("MOH")
        self.author = person_with("focal_point", actor=justice.id)
        self.colleague = person_with("member", actor=justice.id)
        self.validator = person_with("validator", actor=justice.id)
        self.stranger = person_with("focal_point", actor=health.id)
        self.observer = person_with("observer")
        self.draft = make_update(justice, self.author)
        self.uuid = self.draft.uuid

    def put(self, state: str) -> None:
        with transaction() as current:
            current.get_one(Update, self.draft.id).state = state

    def file(self, data: bytes = PDF, name: str = "a.pdf", person: Person | None = None) -> Evidence:
        return evidence.add_file(self.uuid, io.BytesIO(data), name, person=person or self.author)


@pytest.fixture
def scene(app: Flask, person_with: PersonWith) -> Scene:
    return Scene(person_with)


def kinds(scene: Scene) -> list[str]:
    return [item.kind for item in evidence.of(session(), [scene.draft.id])[scene.draft.id]]


def test_file_link_and_document_stand_behind_the_draft(scene: Scene) -> None:
    with transaction() as current:
        current.add(Document(uuid=uuid4(), key="A/HRC/99/1", symbol="A/HRC/99/1", title="Report"))
    scene.file()
    evidence.add_link(scene.uuid, ADDRESS, "Gazette", person=scene.colleague)
    evidence.add_document(scene.uuid, " a/hrc/99/1 ", person=scene.author)
    file, link, document = evidence.of(session(), [scene.draft.id])[scene.draft.id]
    assert (file.title, file.media_type, file.size) == ("a.pdf", "application/pdf", len(PDF))
    assert file.href.endswith("/a.pdf")
    assert (link.title, link.href) == ("Gazette", ADDRESS)
    assert (document.title, document.href[:11]) == ("A/HRC/99/1 · Report", "/documents/")
    actions = list(session().scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["evidence.add"] * 3


def test_the_same_again_is_there_once(scene: Scene) -> None:
    assert scene.file().id == scene.file(name="b.pdf").id
    links = {evidence.add_link(scene.uuid, ADDRESS, person=scene.author).id for _ in range(3)}
    assert len(links) == 1
    assert kinds(scene) == ["file", "link"]


@pytest.mark.parametrize("who", ["stranger", "validator", "observer"])
def test_others_add_and_remove_nothing(scene: Scene, who: str) -> None:
    one, other = scene.file(), getattr(scene, who)
    acts: list[Callable[[], object]] = [
        lambda: scene.file(GIF, "x.gif", person=other),
        lambda: evidence.add_link(scene.uuid, ADDRESS, person=other),
        lambda: evidence.add_document(scene.uuid, "A/1", person=other),
        lambda: evidence.remove(scene.uuid, one.id, person=other),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert kinds(scene) == ["file"]


def test_a_stranger_is_refused_before_the_file_is_read(scene: Scene) -> None:
    class Untouched:
        def read(self, size: int, /) -> bytes:
            raise AssertionError("the file was read")

    with pytest.raises(Refused):
        evidence.add_file(scene.uuid, Untouched(), "a.pdf", person=scene.stranger)


@pytest.mark.parametrize("state", ["submitted", "confirmed", "approved", "published", "withdrawn"])
def test_once_it_is_no_draft_its_evidence_stays(scene: Scene, state: str) -> None:
    one = scene.file()
    scene.put(state)
    with pytest.raises(Conflict, match="no longer a draft"):
        scene.file(GIF, "x.gif")
    with pytest.raises(Conflict):
        evidence.remove(scene.uuid, one.id, person=scene.author)
    assert kinds(scene) == ["file"]
    assert not evidence.panel(session(), scene.uuid, person=scene.author).editable


def test_removed_from_a_draft_it_is_gone_and_twice_is_no_error(scene: Scene) -> None:
    one = scene.file()
    for _ in range(2):
        evidence.remove(scene.uuid, one.id, person=scene.author)
    assert kinds(scene) == []
    assert session().scalar(select(func.count()).select_from(StoredFile)) == 0


def test_evidence_of_another_update_is_not_removed_through_ones_own(scene: Scene, person_with: PersonWith) -> None:
    other = make_update(make_actor("MOE"))
    with transaction() as current:
        hidden = Evidence(update_id=other.id, kind="link", title="x", address=ADDRESS, created=other.created)
        current.add(hidden)
    evidence.remove(scene.uuid, hidden.id, person=scene.author)
    assert len(evidence.of(session(), [other.id])[other.id]) == 1


@pytest.mark.parametrize("address", [
    "", "gazette.example.org", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x.org/a", "https://",
    "https://user:pass@x.org/", "http://x.org/a b", "http://x.org/\x00", "https://x.org\\@evil.org", "http://[::1", "//x.org",
    "https://x.org:99999/", "https://x.org/" + "a" * 2000, " JAVASCRIPT:alert(1)",
])  # fmt: skip
def test_only_addresses_of_the_web_are_links(scene: Scene, address: str) -> None:
    with pytest.raises(Invalid) as caught:
        evidence.add_link(scene.uuid, address, person=scene.author)
    assert list(caught.value.fields) == ["address"]


def test_an_unknown_document_and_a_wrong_file_are_told_at_their_field(scene: Scene) -> None:
    with pytest.raises(Invalid) as caught:
        evidence.add_document(scene.uuid, "A/HRC/0/0", person=scene.author)
    assert "symbol" in caught.value.fields
    with pytest.raises(Invalid) as caught:
        scene.file(HTML, "a.pdf")
    assert "file" in caught.value.fields
    with pytest.raises(Invalid) as caught:
        evidence.add_link(scene.uuid, ADDRESS, "x" * 301, person=scene.author)
    assert "title" in caught.value.fields


def test_there_is_a_most(scene: Scene) -> None:
    with transaction() as current:
        current.add_all(
            Evidence(
                update_id=scene.draft.id,
                kind="link",
                title="x",
                address=f"https://x.org/{n}",
                created=scene.draft.created,
            )
            for n in range(evidence.MOST)
        )
    with pytest.raises(Invalid, match="at most 50"):
        evidence.add_link(scene.uuid, ADDRESS, person=scene.author)


def test_an_update_that_does_not_exist_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        evidence.add_link(uuid4(), ADDRESS, person=scene.author)
