"""Every page that each role can reach, in the pseudo-locale: whatever is not marked there would be English everywhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from uptake import i18n
from uptake.app import build, registry
from uptake.db import session, transaction
from uptake.demo import work
from uptake.languages import checkout, po_write
from uptake.models.people import User
from uptake.models.vocabularies import Term
from uptake.services.people import letters
from uptake.services.permissions import load_person
from uptake.services.progress.scales import scales
from uptake.services.running.jobs import start
from uptake.services.telling import notice_words
from uptake.services.telling.notices import tell
from uptake.settings import Settings
from uptake.testing.databases import SqliteTemplate, close
from uptake.testing.demo import fill_demo, import_demo
from uptake.testing.jobs import run_jobs
from uptake.testing.mailbox import text_of
from uptake.testing.people import Browser
from werkzeug.test import TestResponse

from tests.web.seen_text import Known, untranslated
from tests.web.walking import (
    HALFWAY,
    Walker,
    add_webhook,
    invite,
    linked,
    mailed,
    make_package,
    pages,
    places,
    prepare,
    send_back,
    walk_reports,
    walk_with_files,
)

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "en_XA"
EACH = 2  # pages of one kind that are looked at
LEFT_OUT = {"security.logout", "account.end_others", "words.mode", "people.block"}
FILES = {
    "/imports/new": ("list.docx", b"PK no document"),
    "/imports/new ": ("list.csv", b"a\0b"),
    "/imports/new  ": ("export.json", b'[{"AnnotationId": 1'),
    "/institutions/table": ("table.csv", b"Code,Kind,Name in English\nX1,ministry,One\nX1,nothing,\n"),
    "/institutions/table ": ("table.csv", b"N1\nhere\n"),
    "/work/spreadsheet": ("mine.xlsx", b"no workbook"),
    "/translations/import": ("mine.xlf", b"<no"),
}


@dataclass(slots=True)
class Site:
    """An application with the demo country at work, and what of its texts is data."""

    app: Flask
    settings: Settings
    known: Known


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layer with the template as the code has it now."""
    folder = tmp_path_factory.mktemp("template")
    po_write.save(folder / "messages.pot", checkout.domains(ROOT)[0].extract())
    return folder


@pytest.fixture(scope="module")
def site(sqlite_template: SqliteTemplate, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo country at work, in the pseudo-locale."""
    instance = tmp_path_factory.mktemp("pseudo")
    with sqlite_template.copy(
        Settings(instance=instance, languages=("en", LANGUAGE), title="Mirava follows up", base_url="http://localhost")
    ) as given:
        app = build(given)
        app.testing = True
        app.test_client_class = Browser
        import_demo(app)
        fill_demo(app)
        i18n.use_folders([template], instance / "translations")
        with app.app_context():
            with transaction() as current:
                current.execute(update(User).values(language=LANGUAGE))
            yield Site(app, given, Known(session(), given.title, *_more(app)))
            close()


def _more(app: Flask) -> Iterator[str]:
    """Data that no table holds as it is shown."""
    yield from (plugin.name for plugin in registry(app).plugins)
    yield from registry(app).importers
    yield from (
        "zzzz",
        "torture OR",
        "uhri.ohchr.org",
        "upr-report-extracts",
        "PK no document",
        "code",
        "our-list",
        "unclosed token: line 1, column 0",
        "et non-discriminat",
    )  # fmt: skip; the last is cut by a mail
    for treaty in json.loads(files("uptake_treaty_bodies.data").joinpath("treaties.json").read_text("utf-8"))[
        "treaties"
    ]:
        yield from (f"{article['number']}: {article['titles']['en']}" for article in treaty["articles"])
    for term in session().scalars(select(Term)):
        yield from (f"{term.code} {label}" for label in (term.labels or {}).values())
    for scale in scales().values():
        yield from (scale.names["en"], *(names["en"] for names in scale.grades.values()))


@dataclass(slots=True)
class Reader:
    """Collects what is not translated: text → the first page that shows it."""

    known: Known
    found: dict[str, str] = field(default_factory=dict)

    def look(self, path: str, answer: TestResponse) -> None:
        for text in untranslated(answer.text, self.known):
            self.found.setdefault(text, path)


def test_every_text_of_every_page_and_mail_can_be_translated(site: Site) -> None:
    """One test, because only all roles together see every page; forms are sent last, for they change what there is."""
    app, reader = site.app, Reader(site.known)
    prepare(app)
    walkers = {key: Walker(app, key, LANGUAGE, EACH, reader.look) for key in ("visitor", HALFWAY, *work.SHOWN)}
    for walker in walkers.values():
        walker.walk()
    desk = walkers["coordinator"]
    walk_with_files(desk, app)
    walk_reports(desk)
    add_webhook(walkers["admin"])
    make_package(walkers["admin"], app)
    send_back(desk, "/work/spreadsheet.xlsx", "/work/spreadsheet")
    send_back(walkers["translator"], "/translations/export.xlf?kind=recommendation&language=fr", "/translations/import")
    for path, (name, content) in FILES.items():
        desk.send(path.strip(), file=(io.BytesIO(content), name))
    invite(desk)
    _write_every_mail(app)
    walkers["visitor"].walk(*linked(site.settings), "/invitation/none", "/reset-password/none", "/unsubscribe/none")
    for walker in walkers.values():
        walker.send_empty_forms(LEFT_OUT)
    seen = {view for walker in walkers.values() for view in walker.pages}
    assert sorted(pages(app) - seen) == []
    for one in mailed(site.settings):
        said = untranslated(f"<p>{escape(one['Subject'])}</p><p>{escape(text_of(one))}</p>", site.known)
        reader.found |= dict.fromkeys(said, f"mail: {one['Subject']}")
    assert reader.found == {}, "\n".join(f"{text!r} at {path}" for text, path in reader.found.items())


def _write_every_mail(app: Flask) -> None:
    """A mail of each kind that the site knows, and in it a notice of each kind."""
    current = session()
    user = current.scalars(select(User).where(User.email == work.address_of("focal"))).one()
    values = {"actor": next(iter(load_person(current, user.id).institutions)), "role": "focal_point", "days": 3,
              "day": "2026-03-04", "recommendation": places(current)["chosen"], "name": "zzzz"}  # fmt: skip
    with transaction() as current:
        for kind, sentence in notice_words._table.items():
            for count in (1, 2) if sentence.many else (1,):
                tell(current, [user.id], kind, "/work", values={**values, "count": count}, once=f"{kind}.{count}")
        start(current, "digests.send")
    run_jobs(app)
    letters.send_password_changed(user, "zzzz", "http://localhost/")
    letters.send_locked(user, "zzzz", "http://localhost/", 15)
    letters.send_email_changed(user, "old@mirava.example", "zzzz")
