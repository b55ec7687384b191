"""The pages that answer a form of those who work here: trials, previews, results, and forms shown again with mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from uptake.testing.roundtrip import fill

from .conftest import Open, here
from .looking import RULES

LIST = "Number,Recommendation,Country,Body\n1,Register every birth within a week,Mirava,CRC\n2,,Mirava,CRC\n"
PASTED = "99.1 Register every birth (Slovenia, Atlantis);\n99.2 Teach in Ossani (Peru);\nPage 12\n"


def look(page: Page, axe: str) -> None:
    """The page that is shown passes wide and light, and narrow and dark."""
    page.wait_for_load_state()
    page.evaluate(axe)
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    wrong: list[object] = []
    for width, scheme in ((1280, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        wrong += [(width, item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found]
        wide = page.evaluate("document.documentElement.scrollWidth")
        wrong += [("wider than the screen", wide)] if wide > width else []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert (page.url, wrong) == (page.url, [])


def test_pages_of_an_import_pass_axe(signed_in_page: Open, axe: str, tmp_path: Path) -> None:
    file = tmp_path / "births.csv"
    file.write_text(LIST)
    page = signed_in_page("coordinator", "/imports/new")
    page.locator("#f-file").set_input_files(file)
    page.locator("form[data-upload] .btn-main").click()
    page.wait_for_url("**/imports/files/*")
    waits = here(page)
    page.goto(page.url.partition("/imports/")[0] + "/imports/new")
    page.locator("#f-file").set_input_files(file)
    page.locator("form[data-upload] .btn-main").dblclick()
    page.wait_for_url("**/imports/files/*")
    assert here(page).partition("?")[0] == waits
    expect(page.get_by_text("You have uploaded this file already")).to_be_visible()
    look(page, axe)
    page.locator('select[name="column.1"]').select_option("")
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator(".error-summary")).to_be_visible()
    for column, meaning in enumerate(("key", "text", "state", "mechanism")):
        page.locator(f'select[name="column.{column}"]').select_option(meaning)
    page.locator("#f-name").fill("births")
    page.get_by_role("button", name="See what would change").click()
    page.wait_for_url("**/imports/jobs/*")
    expect(page.get_by_text("Step 3 of 3")).to_be_visible(timeout=30_000)
    look(page, axe)
    number = here(page).rpartition("/")[2]
    page.get_by_role("button", name="Import now").click()
    expect(page.locator("#f-skip_refused-1:invalid")).to_be_focused()
    page.locator("#f-skip_refused-1").check()
    page.get_by_role("button", name="Import now").click()
    page.wait_for_url(lambda address: not address.endswith(number))
    expect(page.locator("#job h1 ~ .notice")).to_be_visible(timeout=30_000)
    look(page, axe)
    page.goto("/jobs")
    page.locator("main table a, main li a").first.click()
    look(page, axe)


def test_pages_of_a_pasted_list_and_of_a_table_pass_axe(signed_in_page: Open, axe: str, tmp_path: Path) -> None:
    page = signed_in_page("coordinator", "/recommendations/paste")
    page.locator("#f-state").select_option("XMV")
    page.locator("#f-mechanism").select_option("UPR")
    page.locator("#f-symbol").fill("A/HRC/99/1")
    page.locator("#f-text").fill(PASTED)
    page.get_by_role("button", name="Read the list").click()
    expect(page.locator("ol.pasted > li")).to_have_count(2)
    look(page, axe)
    file = tmp_path / "institutions.csv"
    file.write_text(
        "code,kind,level,parent,name_en\nNEWONE,ministry,national,,A new one\nBAD,castle,national,,A castle\n"
    )
    page.goto("/institutions/table")
    page.locator("#f-file").set_input_files(file)
    page.get_by_role("button", name="Look at what it would change").click()
    expect(page.locator("ul.tally")).to_be_visible()
    look(page, axe)


def test_pages_of_a_change_of_many_pass_axe(signed_in_page: Open, axe: str) -> None:
    page = signed_in_page("coordinator", "/recommendations?q=children&position=supported")
    page.locator('.bulk-form button[name="scope"]').click()
    page.locator("#f-add_actor").select_option(label="Ministry of Finance")
    page.locator("#f-add_role").select_option("support")
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator('form[action$="/bulk/apply"]')).to_be_visible()
    look(page, axe)
    page.locator('form[action$="/bulk/apply"] .btn-main').click()
    page.wait_for_url(re.compile(r"/bulk/\d+$"))
    look(page, axe)
    page.locator('form[action$="/undo"] button').click()
    expect(page.locator(".notice").first).to_be_visible()


def test_pages_of_a_report_pass_axe(
    signed_in_page: Open, axe: str, path_of: Callable[[str], str], tmp_path: Path
) -> None:
    page = signed_in_page("focal", f"/updates/new?r={path_of('118.57').rpartition('/')[2]}")
    page.locator("#f-claim").select_option("stalled")
    page.locator("#f-done").fill("Nothing yet.")
    page.locator('button[name="do"][value="submit"]').click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, axe)
    page.goto("/work/spreadsheet")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as XLSX").click()
    file = tmp_path / "mine.xlsx"
    file.write_bytes(fill(Path(started.value.path()).read_bytes(), {(2, "done"): "Said in a sheet."}))
    page.locator("#f-file").set_input_files(file)
    page.get_by_role("button", name="See what would change").click()
    page.wait_for_url(re.compile(r"/work/spreadsheet/\S+$"))
    look(page, axe)
    page.get_by_role("button", name="Save as drafts").click()
    expect(page.locator(".notice.is-success").first).to_be_visible()
    look(page, axe)


def test_two_who_write_at_once_see_both_versions(signed_in_page: Open, axe: str) -> None:
    first, second = (signed_in_page("coordinator", "/institutions/NSO/edit") for _ in range(2))
    for page, phone in ((first, "+1 555 0100"), (second, "+1 555 0199")):
        page.locator("#f-phone").fill(phone)
        page.locator("main form .btn-main").first.click()
    expect(second.locator("main")).to_contain_text("+1 555 0100")
    expect(second.locator("#f-phone")).to_have_value("+1 555 0199")
    look(second, axe)


def test_a_refused_sign_in_passes_axe(visit: Open, axe: str) -> None:
    page = visit("/sign-in")
    page.locator("#f-email").fill("nobody@mirava.example")
    page.locator("#f-password").fill("not the password")
    page.locator("main .btn-main").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, axe)
