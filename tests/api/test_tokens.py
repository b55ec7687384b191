"""Tokens: made on a page of the account, shown once, known only by their hash, and good for nothing when their time is over."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.audit import AuditEntry
from uptake.models.people import User
from uptake.models.tokens import ApiToken
from uptake.services.people import accounts, api_tokens, erasure
from uptake.testing.api import Program
from uptake.testing.people import make_person, signed_in, token_of


def test_a_token_is_made_shown_once_used_seen_and_revoked(app: Flask) -> None:
    person = make_person("coordinator")
    browser = signed_in(app, person)
    form = {"csrf_token": token_of(browser), "name": "Dashboard", "days": "30", "scopes": ["read", "updates:write"]}
    refused = browser.post("/account/tokens", data={**form, "name": " ", "scopes": "everything"})
    assert refused.status_code == 422
    assert refused.text.count('class="error"') == 2
    page = browser.post("/account/tokens", data=form)
    assert page.headers["Cache-Control"] == "no-store"
    secret = re.findall(r"upt_[\w-]{43}", page.text)[0]
    assert secret not in browser.get("/account/tokens").text
    row = session().scalars(select(ApiToken)).one()
    assert secret not in repr((row.token, row.hint, row.name))

    program = Program(app)
    program.token = secret
    assert program.get("imports").status_code == 200
    session().expire_all()
    assert session().scalars(select(ApiToken.used)).one() is not None
    shown = browser.get("/account/tokens").text
    assert "Dashboard" in shown
    assert "Never" not in shown

    browser.post(f"/account/tokens/{row.id}/revoke", data={"csrf_token": form["csrf_token"]})
    answer = program.get("mechanisms")
    assert (answer.status_code, answer.json["detail"]) == (401, "This token was revoked.")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    actions = session().scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("user.token"))).all()
    assert actions == ["user.token_make", "user.token_revoke"]
    assert secret not in str(session().scalars(select(AuditEntry.data)).all())

    stranger = signed_in(app, make_person("administrator"))
    theirs = {"csrf_token": token_of(stranger)}
    assert stranger.post(f"/account/tokens/{row.id}/revoke", data=theirs).status_code == 404


def test_a_token_that_counts_no_more_says_so(app: Flask) -> None:
    administrator = make_person("administrator")
    for end, said in (
        ("expire", "This token was valid until "), ("block", "The account of this token is closed."),
        ("erase", "This token is not known."), ("guess", "This token is not known."),
    ):  # fmt: skip
        person = make_person("coordinator")
        program = Program(app, person)
        assert program.get("imports").status_code == 200
        if end == "expire":
            with transaction() as current:
                current.scalars(select(ApiToken)).one().expires = datetime.now(UTC) - timedelta(seconds=1)
        elif end == "block":
            accounts.set_active(person.id or 0, False, person=administrator)
        elif end == "erase":
            erasure.erase(person.id or 0, person=administrator, reason="Asked for it.")
            assert session().scalars(select(ApiToken).where(ApiToken.user_id == person.id)).all() == []
        else:
            program.token = "upt_" + "A" * 43
        for path in ("imports", "recommendations", "nowhere"):
            answer = program.get(path)
            assert answer.status_code == 401, (
                "also where visitors may read: a program must learn that it counts no more"
            )
            assert answer.json["detail"].startswith(said)


def test_a_token_is_only_as_strong_as_its_owner_is_today(app: Flask) -> None:
    person = make_person("coordinator")
    program = Program(app, person)
    with transaction() as current:
        for membership in current.get_one(User, person.id).memberships:
            membership.until = datetime.now(UTC).date() - timedelta(days=1)
    assert program.get("imports").status_code == 403
    assert api_tokens.mine(session(), person=person)[0].state == "valid"
