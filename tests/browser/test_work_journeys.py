"""The work of each role from hand to hand in a real browser, from a file to what a visitor reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open, fact, here

LIST = """Number,Recommendation,Country,Body
1,Open a shelter for {word} in every province of Mirava,Mirava,CEDAW
2,Publish the waiting times of {word} every quarter,Mirava,CEDAW
"""
MEANINGS = ("key", "text", "state", "mechanism")


def assign(page: Page, path: str, institution: str) -> None:
    """The coordinator gives a recommendation to an institution."""
    page.goto(f"{path}/responsibility")
    page.locator("#f-actor").select_option(label=institution)
    page.locator('form[action$="/assignments"] .btn-main').click()
    expect(page.locator(".notice.is-success")).to_be_visible()


def accept(page: Page, path: str) -> None:
    """The institution finds it under what is new on its own page, and accepts."""
    page.goto(f"{before(path, '/recommendations')}/work")
    page.locator('.work-tiles a[href="#new"]').click()
    page.goto(f"{before(path, '/recommendations')}/work/new")
    row = page.locator(".work-row").filter(has=page.locator(f'a[href="{path}"]'))
    row.locator('form[action$="/accept"] button').click()
    expect(page.locator(".notice.is-success")).to_be_visible()
    expect(page.locator(f'.work-row a[href="{path}"]')).to_have_count(0)


def before(path: str, part: str) -> str:
    """What stands before a part of an address: its language, if it names one."""
    return path.partition(part)[0]


def report(page: Page, path: str, done: str, evidence: Path) -> str:
    """The institution reports with a file behind it and hands it in; the address of the update."""
    page.goto(path)
    page.locator('.claim a[href*="/updates/new?r="]').click()
    page.locator("#f-done").fill(done)
    page.locator("#f-effect").fill("Two hundred people could stay in safety.")
    page.locator("#f-claim").select_option("implemented")
    page.locator('button[name="do"][value="evidence"]').click()
    page.wait_for_url("**/evidence")
    expect(page.locator("ul.evidence")).to_have_count(0)
    page.locator("#f-file").set_input_files(evidence)
    page.locator('form[action$="/evidence/files"] .btn-main').click()
    expect(page.locator("ul.evidence")).to_contain_text(evidence.name)
    page.locator(".crumbs a").click()
    take(page, "submit")
    return here(page)


def take(page: Page, name: str) -> None:
    """The one step that the page asks for."""
    page.locator(f'.ask-box form[action$="/{name}"] .btn-main').click()
    expect(page.locator(".notice.is-success")).to_be_visible()


def from_my_work(page: Page, section: str, address: str) -> None:
    """Go to an update from the list that asks for it."""
    page.goto(f"{before(address, '/updates')}/work/{section}")
    page.locator(f'.work-step a[href="{address}"]').click()
    page.wait_for_url(f"**{address}")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "decree.txt"
    path.write_text("Decree 14: a shelter in every province.\n")
    return path


def test_from_a_file_to_what_a_visitor_reads(signed_in_page: Open, visit: Open, evidence: Path, tmp_path: Path) -> None:
    coordinator = signed_in_page("coordinator", "/imports")
    bring_in(coordinator, tmp_path)
    coordinator.goto("/recommendations?q=shelter+lighthouse")
    coordinator.locator("article a").first.click()
    coordinator.wait_for_url(re.compile(r"/recommendations/[0-9a-f-]{36}"))
    path = here(coordinator)
    assign(coordinator, path, "Ministry of Justice")
    focal = signed_in_page("focal", "/work")
    accept(focal, path)
    visitor = visit(path)
    expect(fact(visitor, 1)).to_contain_text("Nothing recorded yet")
    address = report(focal, path, "Twelve shelters have opened.", evidence)
    validator = signed_in_page("validator", "/work")
    from_my_work(validator, "confirm", address)
    take(validator, "confirm")
    visitor.reload()
    expect(fact(visitor, 1)).to_contain_text("Nothing recorded yet")
    expect(visitor.get_by_text("Twelve shelters")).to_have_count(0)
    from_my_work(coordinator, "approve", address)
    take(coordinator, "approve")
    visitor.reload()
    five = [fact(visitor, number).inner_text() for number in range(5)]
    assert "Implemented" in five[1]
    expect(fact(visitor, 1).locator(".is-unverified")).to_have_count(0)
    assert not any("Implemented" in other for number, other in enumerate(five) if number != 1)
    expect(visitor.locator("#updates")).to_contain_text("Twelve shelters have opened.")
    with visitor.expect_download() as started:
        visitor.locator("#updates ul.evidence a").click()
    assert Path(started.value.path()).read_text() == evidence.read_text()


def bring_in(page: Page, folder: Path) -> None:
    """The coordinator imports a list: upload, mapping, trial, confirmation; the worker beside the server does it."""
    file = folder / "list.csv"
    file.write_text(LIST.format(word="lighthouse keepers"))
    page.locator('.btn-main[href$="/imports/new"]').click()
    page.locator("#f-file").set_input_files(file)
    page.locator("form[data-upload] .btn-main").click()
    page.wait_for_url("**/imports/files/*")
    for number, meaning in enumerate(MEANINGS):
        page.locator(f'select[name="column.{number}"]').select_option(meaning)
    page.locator("#f-name").fill("lighthouse-list")
    page.get_by_role("button", name="See what would change").click()
    page.wait_for_url("**/imports/jobs/*")
    expect(page.get_by_text("Step 3 of 3")).to_be_visible(timeout=30_000)
    expect(page.locator("dl.tally > div").first).to_contain_text("2")
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("The import is done.")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(
    ("paragraph", "language", "scripts", "keys_of", "institution"),
    [("118.6", "", False, ("focal", "validator"), "Ministry of Justice"),
     ("118.14", "/ar", True, ("interior", "interior-validator"), "Ministry of the Interior")],
    ids=["without-scripts", "arabic"],
)  # fmt: skip
def test_an_update_goes_its_way(
    paragraph: str, language: str, scripts: bool, keys_of: tuple[str, str], institution: str,
    signed_in_page: Open, visit: Open, evidence: Path, path_of: Callable[[str], str],
) -> None:  # fmt: skip
    path = language + path_of(paragraph)
    assign(signed_in_page("coordinator", "/work"), path_of(paragraph), institution)
    writer = signed_in_page(keys_of[0], f"{language}/work", java_script_enabled=scripts)
    accept(writer, path)
    done = f"A shelter has opened, as paragraph {paragraph} asks."
    address = report(writer, path, done, evidence)
    validator = signed_in_page(keys_of[1], f"{language}/work", java_script_enabled=scripts)
    from_my_work(validator, "confirm", address)
    take(validator, "confirm")
    coordinator = signed_in_page("coordinator", f"{language}/work", java_script_enabled=scripts)
    from_my_work(coordinator, "approve", address)
    take(coordinator, "approve")
    visitor = visit(path, java_script_enabled=scripts)
    expect(fact(visitor, 1).locator(".badge-status.is-implemented")).to_be_visible()
    expect(visitor.locator("#updates")).to_contain_text(done)
    if language:
        expect(visitor.locator("html")).to_have_attribute("dir", "rtl")


def test_an_update_is_sent_back_once_and_its_author_reads_why(
    signed_in_page: Open, evidence: Path, path_of: Callable[[str], str]
) -> None:
    path = path_of("118.24")
    assign(signed_in_page("coordinator", "/work"), path, "Ministry of Justice")
    focal = signed_in_page("focal", "/work")
    accept(focal, path)
    address = report(focal, path, "Something was done.", evidence)
    validator = signed_in_page("validator", address)
    validator.locator("details.send-back summary").click()
    validator.locator("#f-comment").fill("Say how many courts, and since when.")
    validator.locator("details.send-back button").click()
    expect(validator.locator(".notice.is-success")).to_be_visible()
    focal.goto("/work")
    expect(focal.locator(".is-returned")).to_contain_text("Say how many courts")
    focal.locator(f'.work-step a[href="{address}/edit"]').click()
    expect(focal.locator("#f-done")).to_have_value("Something was done.")
    focal.locator("#f-done").fill("Nine courts, since March.")
    focal.locator('button[name="do"][value="submit"]').click()
    expect(focal.locator(".badge-state")).to_contain_text("Submitted")
    validator.goto(address)
    take(validator, "confirm")
    steps = validator.locator(".timeline > li")
    expect(steps.filter(has_text="Submitted")).to_have_count(2)
    expect(steps.filter(has_text="Sent back")).to_have_count(1)


def test_a_double_click_and_the_way_back_hand_in_once(signed_in_page: Open, path_of: Callable[[str], str]) -> None:
    path = path_of("118.25")
    assign(signed_in_page("coordinator", "/work"), path, "Ministry of Justice")
    focal = signed_in_page("focal", "/work")
    accept(focal, path)
    focal.goto(path)
    focal.locator('.claim a[href*="/updates/new?r="]').click()
    focal.locator("#f-done").fill("Clicked twice by a hasty hand.")
    focal.locator('button[name="do"][value="submit"]').dblclick()
    focal.wait_for_url(re.compile(r"/updates/[0-9a-f-]{36}$"))
    expect(focal.locator(".timeline > li").filter(has_text="Submitted")).to_have_count(1)
    address = here(focal)
    focal.go_back()
    focal.wait_for_url("**/updates/new?**")
    focal.goto("/updates?state=submitted")
    expect(focal.locator(f'a[href="{address}"]')).to_have_count(1)
    validator = signed_in_page("validator", address)
    validator.locator('.ask-box form[action$="/confirm"] .btn-main').dblclick()
    expect(validator.locator(".timeline > li").filter(has_text="Confirmed")).to_have_count(1)
