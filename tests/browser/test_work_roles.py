"""What the other roles do in a real browser: assess, hand over, read without a button, invite."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect

from .conftest import Open, fact, here


def test_others_assess_beside_the_state_not_instead_of_it(
    signed_in_page: Open, visit: Open, path_of: Callable[[str], str]
) -> None:
    path = path_of("118.9")
    visitor = visit(path)
    claim = fact(visitor, 1).inner_text()
    page = signed_in_page("nhri", path)
    page.locator('a[href$="/assess"]').click()
    page.locator("#f-grade").select_option("simple:partly")
    page.locator("#f-text").fill("The fund is there; nobody was told of it.")
    page.locator('button[name="publish"]').click()
    expect(page.locator(".notice.is-success")).to_be_visible()
    visitor.reload()
    expect(fact(visitor, 3)).to_contain_text("The fund is there; nobody was told of it.")
    expect(fact(visitor, 3)).to_contain_text("Ombudsman")
    assert fact(visitor, 1).inner_text() == claim


def test_a_handover_moves_what_is_open_and_nothing_is_lost(signed_in_page: Open) -> None:
    leaving = signed_in_page("environment", "/work")
    waiting = leaving.locator(".work-what a").first.get_attribute("href")
    coordinator = signed_in_page("coordinator", "/institutions/MOENV")
    coordinator.get_by_role("link", name="Hand over Oren Valk").click()
    coordinator.get_by_label("Tove Marn").check()
    coordinator.get_by_role("button", name="Hand over everything").click()
    expect(coordinator.locator(".notice.is-success")).to_be_visible()
    successor = signed_in_page("environment-validator", "/work")
    expect(successor.locator(f'.work-what a[href="{waiting}"]').first).to_be_visible()
    successor.goto("/institutions/MOENV")
    expect(successor.locator(".said-list > li").first).to_be_visible()
    expect(successor.locator("table.seats").first).to_contain_text("Tove Marn")


def test_an_observer_reads_what_is_internal_and_has_no_button(
    signed_in_page: Open, path_of: Callable[[str], str]
) -> None:
    page = signed_in_page("observer", "/updates?state=published")
    page.locator(".update-row a").first.click()
    page.wait_for_url(re.compile(r"/updates/[0-9a-f-]{36}"))
    expect(page.locator("#way")).to_be_visible()
    for path in (here(page), path_of("118.8"), f"{path_of('118.8')}/responsibility", "/oversight", "/institutions/MOJ"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        acts = page.locator('main form[method="post"]:not([action$="/work/follows"])')
        expect(acts).to_have_count(0)
    assert page.request.get(f"/updates/new?r={path_of('118.8').rpartition('/')[2]}").status == 403


def test_an_invitation_makes_an_account(signed_in_page: Open, visit: Open, work_instance: Path) -> None:
    page = signed_in_page("admin", "/people/invite")
    page.locator("#f-email").fill("newcomer@mirava.example")
    page.get_by_role("radio", name=re.compile("^Focal point")).check()
    page.locator("#f-actor").select_option(label="Ministry of Labour and Fisheries")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator(".notice.is-success")).to_be_visible()
    link = re.search(r"https?://\S+/invitation/\S+", mail_to(work_instance, "newcomer@mirava.example"))
    assert link
    guest = visit(urlsplit(link[0]).path)
    guest.locator("#f-name").fill("Vera Lund")
    guest.locator("#f-password").fill("seven blue kites over water")
    guest.locator("#f-password_confirm").fill("seven blue kites over water")
    guest.locator("main .btn-main").click()
    guest.wait_for_url("**/work")
    expect(guest.locator("header")).to_contain_text("Vera Lund")
    expect(guest.locator("h1")).to_have_text("My work")


def mail_to(instance: Path, address: str) -> str:
    """The text of the mail that lies in the outbox for somebody."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.SMTP) for path in (instance / "outbox").glob("*.eml")]
    mail = next(mail for mail in mails if mail["To"] == address)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
