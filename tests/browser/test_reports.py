"""A report in a real browser: from a gap over what is taken in to a text that several people write."""

from __future__ import annotations

import re
from functools import partial

from playwright.sync_api import expect

from .conftest import Open
from .looking import check_pages

PAGES = ["/reports", "/reports/1", "/reports/1/gaps", "/reports/1/text", "/reports/1/circulate", "/reports/circulations/1",
         "/reports/new",
         "/reports/new?outline=treaty-bodies.replies",
         "/reports/sections/2", "/reports/sections/2/edit", "/reports/sections/2/settings",
         "/reports/sections/2/versions"]  # fmt: skip


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


def test_pages_of_reports_pass_axe_in_both_directions_wide_and_narrow(signed_in_page: Open, axe: str) -> None:
    check_pages(partial(signed_in_page, "coordinator"), PAGES, {}, axe)
