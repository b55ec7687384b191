"""A report in a real browser: from a gap over what is taken in to a text that several people write."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from playwright.sync_api import Page, expect

from .conftest import Open
from .looking import check_pages

PAGES = ["/reports", "/reports/1", "/reports/1/gaps", "/reports/1/text", "/reports/1/circulate", "/reports/circulations/1",
         "/reports/new",
         "/reports/new?outline=treaty-bodies.replies",
         "/reports/sections/2", "/reports/sections/2/edit", "/reports/sections/2/settings",
         "/reports/sections/2/versions", "/reports/3", "/reports/published"]  # fmt: skip


def test_from_a_gap_to_the_text_of_a_section(signed_in_page: Open) -> None:
    coordinator = signed_in_page("coordinator", "/en/reports")
    coordinator.get_by_role("link", name="Mid-term report on the fourth cycle").click()
    coordinator.get_by_role("link", name="without information").click()
    group = coordinator.locator("section", has=coordinator.get_by_role("heading", name="Ministry of Justice"))
    group.get_by_role("button", name="Ask Ministry of Justice").click()
    expect(coordinator.locator(".notice.is-success")).to_contain_text("went out")

    focal = signed_in_page("focal", "/en/notices")
    expect(focal.locator("main")).to_contain_text("is missing in “Mid-term report on the fourth cycle")
    focal.goto("/en/reports")
    focal.get_by_role("region", name="Reports").get_by_role("link", name="Mid-term report").click()
    focal.get_by_role("link", name="Progress on supported recommendations").click()
    offer = focal.locator(".offer").filter(has_text="118.9")
    open_boxes = offer.locator('input[type="checkbox"]:not([disabled])')
    open_boxes.first.check()
    open_boxes.nth(1).check()
    focal.get_by_role("button", name="Take in what is ticked").click()
    expect(focal.locator(".report-text")).to_contain_text("Strengthen the Office of the Ombudsman")
    expect(focal.locator(".report-text")).to_contain_text("A bill amending the Ombudsman Act")

    focal.get_by_role("button", name="Edit the text").click()
    counter = focal.locator(".counter")
    before = int(re.sub(r"\D", "", (counter.text_content() or "").split(" ")[0]))
    editor = focal.get_by_role("textbox", name="Text")
    editor.press("Control+End")
    editor.press("Enter")
    focal.get_by_role("button", name="Bold").click()
    focal.keyboard.type("Four words more here")
    expect(counter).to_contain_text(f"{before + 4} words here")
    coordinator.goto("/en/reports/sections/2")
    expect(coordinator.locator(".notice")).to_contain_text("is editing since")
    focal.get_by_role("button", name="Save and close").click()
    expect(focal.locator(".report-text strong").last).to_have_text("Four words more here")
    expect(focal.locator(".report-text cite").first).to_be_visible()
    coordinator.goto("/en/reports/1/text")
    expect(coordinator.locator("article")).to_contain_text("Four words more here")
    expect(coordinator.locator("article .notes")).to_contain_text("Ministry of Justice, report of")
    coordinator.goto("/en/reports/1")
    word = docx.Document(saved(coordinator, "Word (DOCX)"))
    assert "Four words more here" in [run.text for one in word.paragraphs for run in one.runs]
    assert len(word.inline_shapes) == 2
    reader = pypdf.PdfReader(saved(coordinator, "PDF"))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Four words more here" in " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize(("language", "caption"), [("en", "by institution"), ("ar", "حسب المؤسسة")])
def test_a_picture_is_taken_in_and_goes_out_in_both_directions(
    signed_in_page: Open, language: str, caption: str
) -> None:
    page = signed_in_page("coordinator", f"/{language}/reports/new?outline=upr.mid-term")
    page.locator("#f-title").fill(f"Report {language}")
    page.locator("[name=mechanism]").select_option(index=1)
    page.locator("[name=language]").select_option(language)
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile(r"/reports/\d+$"))
    report = page.url
    page.locator(".outline tbody th a").first.click()
    page.locator('[value="progress-by-institution"]').check()
    page.locator('form[action$="/pictures"] button').click()
    figure = page.locator(".report-figure")
    expect(figure.locator("figcaption")).to_contain_text(caption)
    expect(figure.locator(".picture svg")).to_be_visible()
    figure.locator("summary").click()
    expect(figure.locator("tbody th").first).to_be_visible()
    page.locator('form[action$="/open"] button').click()
    expect(page.locator(".rich figure figcaption")).to_contain_text(caption)
    page.locator(".rich figcaption").press("End")
    page.keyboard.type(" 2026")
    page.locator('[name=do][value="done"]').click()
    expect(page.locator(".report-figure figcaption")).to_contain_text("2026")
    page.goto(report)
    with page.expect_download() as taken:
        page.locator('a[href$="report.docx"]').click()
    word = docx.Document(taken.value.path())
    assert len(word.inline_shapes) == 1
    (said,) = [one for one in word.paragraphs if one.style.name == "Caption" and "2026" in one.text]
    assert (said._p.pPr.find(qn("w:bidi")) is not None) == (language == "ar")


def test_what_is_written_behind_the_words_of_a_source_is_not_its_own(signed_in_page: Open) -> None:
    page = signed_in_page("coordinator", "/en/reports/new?outline=upr.mid-term")
    page.locator("#f-title").fill("Behind a source")
    page.locator("[name=mechanism]").select_option(index=1)
    page.locator("main form .btn-main").click()
    page.get_by_role("link", name="Progress on supported recommendations", exact=True).click()
    page.locator('.offer input[type="checkbox"]:not([disabled])').first.check()
    page.get_by_role("button", name="Take in what is ticked").click()
    source = page.locator(".report-text cite").inner_text()
    page.get_by_role("button", name="Edit the text").click()
    page.locator(".rich").press("Control+End")
    page.keyboard.type(" So do we.")
    page.keyboard.press("Enter")
    page.keyboard.type("A paragraph of ours.")
    page.locator(".rich cite").evaluate("cite => getSelection().collapse(cite.lastChild, cite.lastChild.length)")
    page.keyboard.press("Enter")
    page.keyboard.type("Between.")
    page.get_by_role("button", name="Table", exact=True).click()
    page.keyboard.type("In the first cell")
    page.get_by_role("button", name="Save and close").click()
    text = page.locator(".report-text")
    expect(text.locator("cite")).to_have_text([source])
    expect(text.locator("p:not([class])")).to_contain_text([source, "Between.", "So do we.", "A paragraph of ours."])
    expect(text.locator("th").first).to_have_text("In the first cell")


def saved(page: Page, name: str) -> Path:
    """The file behind a link."""
    with page.expect_download() as taken:
        page.get_by_role("link", name=name, exact=True).click()
    return taken.value.path()


def test_the_public_reads_a_report_until_it_is_withdrawn(visit: Open, signed_in_page: Open) -> None:
    visitor = visit("/en/")
    visitor.get_by_role("link", name="Human rights recommendations: briefing for parliament").click()
    expect(visitor.locator("article")).to_contain_text("Parliament is asked to take up the bills")
    expect(visitor.locator(".report-figure .picture svg")).to_be_visible()
    assert len(docx.Document(saved(visitor, "Word (DOCX)")).inline_shapes) == 1
    coordinator = signed_in_page("coordinator", "/en/reports/3")
    coordinator.get_by_text("Withdraw it from the public").click()
    coordinator.locator("#f-why").fill("The annex was of last year.")
    coordinator.get_by_role("button", name="Withdraw").click()
    expect(coordinator.locator("main")).to_contain_text("The annex was of last year.")
    public = visitor.url
    assert visit(public).locator("h1").text_content() == "This report was withdrawn"
    coordinator.get_by_role("button", name="Publish").click()
    expect(coordinator.locator(".notice.is-success")).to_contain_text("Everybody can read")
    assert visit(public).locator("h1").text_content() == "Human rights recommendations: briefing for parliament"


def test_pages_of_reports_pass_axe_in_both_directions_wide_and_narrow(signed_in_page: Open, axe: str) -> None:
    check_pages(partial(signed_in_page, "coordinator"), PAGES, {}, axe)
